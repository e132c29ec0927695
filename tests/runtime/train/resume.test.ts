import { cpSync, existsSync, readFileSync, realpathSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Control } from "../../../runtime/train/control.ts";
import type { Stamped } from "../../../runtime/train/events.ts";
import {
  type Changes,
  type Ended,
  lastState,
  learned,
  makeData,
  pointed,
  resumeFrom,
  stopAfter,
  tensorsOf,
  tinyRecipe,
  trainTiny,
} from "./fixture.ts";

let data: string;
beforeAll(async () => {
  data = await makeData();
});
afterAll(() => rmSync(data, { recursive: true }));

type OnEvent = (event: Stamped, control: Control) => void;
const run = (changes: Changes = {}, onEvent?: OnEvent) => trainTiny(tinyRecipe(data, changes), onEvent);
const resumed = (checkpoint: string | undefined, changes: Changes = {}, onEvent?: OnEvent) =>
  run({ ...changes, run: { ...changes.run, resume_ckpt_path: checkpoint ?? "missing" } }, onEvent);

const onSecondValidationBatch: OnEvent = (event, control) => {
  if (event.type === "evaluate_progress" && event.split === "val" && control.stopReason === undefined) {
    control.receive({ type: "stop" });
  }
};

const settings: Record<string, { readonly changes: Changes; readonly stops: Record<string, OnEvent> }> = {
  "epochs, with accumulation that does not divide them, clipping and threads": {
    changes: {
      optimizer: { grad_clip_norm: 0.5 },
      run: { accum_grad_iters: 2, num_workers: 1 },
    },
    stops: { "at the first step": stopAfter(1), "at an epoch's last step": stopAfter(2) },
  },
  "epochs, with two validation splits": {
    changes: { run: { valid_splits: ["val", "test"], test_splits: [] } },
    stops: {
      "in mid-epoch": stopAfter(4),
      "within the validation of an epoch": onSecondValidationBatch,
      "between two validation splits": (event, control) => {
        if (event.type === "evaluated") control.receive({ type: "stop" });
      },
    },
  },
  "iterations in inner epochs that cross passes": {
    changes: { schedule: { max_iters: 8, iters_per_inner_epoch: 5 }, run: { test_splits: [] } },
    stops: { "in the second pass": stopAfter(4), "in the last inner epoch": stopAfter(7) },
  },
};

describe.each(Object.entries(settings))("a run of %s", (_, { changes, stops }) => {
  let whole: Ended;
  beforeAll(async () => {
    whole = await run(changes);
    expect(whole.of("failed")).toEqual([]);
  });

  it.each(Object.entries(stops))("stopped %s goes on as if it never was", async (_, stop) => {
    const first = await run(changes, stop);
    const second = await resumed(resumeFrom(first), changes);
    expect(second.of("message")).toEqual([]);
    const stoppedAt = first.steps.length;
    expect([...first.steps, ...second.steps].map(({ step }) => step)).toEqual(
      whole.steps.map(({ step }) => step),
    );
    expect(second.of("start")[0]?.startStep).toBe(stoppedAt);
    // What an evaluation that was cut off gave is given again.
    const again = learned(second);
    const expected = learned(whole);
    expect(again).toEqual(expected.slice(expected.length - again.length));
    expect(lastState(second)).toEqual(lastState(whole));
  });
});

describe("resuming", () => {
  let stopped: string;
  beforeAll(async () => {
    stopped = resumeFrom(await run({}, stopAfter(5)));
  });
  const folder = () => join(stopped, "../..");

  it("goes on through several stops", async () => {
    const first = resumeFrom(await run({}, stopAfter(2)));
    const second = resumeFrom(await resumed(first, {}, stopAfter(3)));
    const last = await resumed(second);
    const whole = await run();
    expect(learned(last)).toEqual(learned(whole).slice(-learned(last).length));
    expect(lastState(last)).toEqual(lastState(whole));
  });

  it("of a test that was stopped tests again, and trains no step", async () => {
    const first = await run({}, (event, control) => {
      if (event.type === "phase" && event.phase === "testing") control.receive({ type: "stop" });
    });
    const second = await resumed(resumeFrom(first));
    expect(second.steps).toEqual([]);
    expect(second.of("evaluated").map(({ split, epoch }) => [split, epoch])).toEqual([["test", "best"]]);
  });

  it("takes the best checkpoint over, for the test and to be compared with", async () => {
    const run = await resumed(stopped);
    expect(run.of("evaluated").map(({ split, isBest }) => [split, isBest])).toEqual([
      ["val", false],
      ["test", undefined],
    ]);
    expect(pointed(run.folder, "best")).toBe("epoch_1");
    expect(tensorsOf(join(run.folder, "checkpoints/epoch_1"))).toEqual(
      tensorsOf(join(folder(), "checkpoints/epoch_1")),
    );
  });

  it("takes a best checkpoint for the best that a kill kept from being named so", async () => {
    const changes = { run: { output_dir: join(data, "unnamed"), save_freq: 1 } };
    const whole = await run(changes, (event, control) => {
      if (event.type === "step" && event.step === 2) control.receive({ type: "checkpoint" });
    });
    const best = pointed(whole.folder, "best");
    writeFileSync(join(whole.folder, "checkpoints", "best"), "step_2");
    const rest = await resumed(join(whole.folder, "checkpoints", best), changes);
    expect(pointed(rest.folder, "best")).toBe(best);
    const test = ({ of }: typeof whole) => of("evaluated").filter(({ epoch }) => epoch === "best");
    expect(test(rest).map(({ metrics }) => metrics)).toEqual(test(whole).map(({ metrics }) => metrics));
  });

  it.each(["checkpoints/latest", "checkpoints", "."])(
    "takes a run's folder or its pointer for the last checkpoint: %s",
    async (place) => {
      const { of, steps } = await resumed(join(folder(), place), {}, stopAfter(6));
      expect(of("start")[0]?.startStep).toBe(5);
      expect(steps.map(({ step }) => step)).toEqual([6]);
    },
  );

  it("takes the output folder's `latest` for the run that was the last before it", async () => {
    const output = join(data, "lately");
    const first = resumeFrom(await run({ run: { output_dir: output } }, stopAfter(5)));
    const changes = { run: { output_dir: output } };
    const second = await resumed(join(output, "latest"), changes, stopAfter(6));
    expect(second.of("start")[0]?.startStep).toBe(5);
    const { run: recorded } = JSON.parse(readFileSync(join(second.folder, "run.json"), "utf8"));
    expect(recorded.resume_ckpt_path).toBe(realpathSync(first));
  });

  it("from nothing leaves no run's folder behind", async () => {
    const output = join(data, "none");
    const { code } = await resumed(join(data, "absent"), { run: { output_dir: output } });
    expect([code, existsSync(output)]).toEqual([1, false]);
  });

  it("with another recipe says so and takes the new one", async () => {
    const { of, steps } = await resumed(stopped, { optimizer: { weight_decay: 0.5 }, run: { seed: 7 } });
    expect(of("message").map(({ level, text }) => [level, text])).toEqual([
      ["warning", expect.stringContaining("the recipe is not the one that wrote the checkpoint")],
      ["warning", expect.stringContaining("the seed is not the checkpoint's")],
    ]);
    expect(steps).toHaveLength(1);
  });

  it("says nothing of changes that change nothing", async () => {
    const { of } = await resumed(stopped, { run: { log_freq: 1, output_dir: join(data, "elsewhere") } });
    expect(of("message")).toEqual([]);
  });

  it("with another batch size begins the epoch anew", async () => {
    const { of, steps } = await resumed(stopped, { run: { batch_size_train: 3 } });
    expect(of("message").map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/4 steps of 3 samples now.*epoch 2 begins anew/),
    );
    expect(steps.map(({ epoch, stepInEpoch, step }) => [epoch, stepInEpoch, step])).toEqual([
      [2, 1, 5],
      [2, 2, 6],
      [2, 3, 7],
      [2, 4, 8],
    ]);
  });

  it("chosen by another metric seeks the best anew", async () => {
    const { of } = await resumed(stopped, { task: { select: "ROUGE_L" } });
    expect(of("message").map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/\(epoch 1, agg_metrics .*\) was not chosen by ROUGE_L: the best is sought anew/),
    );
    expect(of("evaluated")[0]).toMatchObject({ epoch: 2, select: "ROUGE_L", isBest: true });
  });

  describe("refuses", () => {
    let copy: string;
    const checkpoint = () => join(copy, "checkpoints/step_5");
    beforeAll(() => {
      copy = join(data, "copy");
    });
    const refused = async (place: string, changes: Changes = {}) => {
      const { code, of, steps } = await resumed(place, changes);
      expect({ code, steps }).toEqual({ code: 1, steps: [] });
      const [failed] = of("failed");
      expect(failed?.stack).toBeUndefined();
      return failed?.message;
    };
    const spoil = (act: () => void) => {
      rmSync(copy, { recursive: true, force: true });
      cpSync(folder(), copy, { recursive: true });
      act();
    };

    it("a folder that is no checkpoint", async () => {
      expect(await refused(join(data, "images"))).toMatch(/images is no checkpoint of lavis/);
      expect(await refused(join(data, "absent"))).toMatch(/absent is no checkpoint of lavis/);
    });

    it("a checkpoint that was cut off", async () => {
      spoil(() => truncateSync(join(checkpoint(), "optimizer.safetensors"), 1000));
      expect(await refused(checkpoint())).toMatch(/optimizer\.safetensors is damaged: it has 1000 bytes/);
    });

    it("a checkpoint of which a bit is another", async () => {
      spoil(() => {
        const file = join(checkpoint(), "model.safetensors");
        const bytes = readFileSync(file);
        bytes[bytes.length - 5]! ^= 1;
        writeFileSync(file, bytes);
      });
      expect(await refused(checkpoint())).toMatch(
        /model\.safetensors is damaged: its content is not what was/,
      );
    });

    it("a damaged manifest", async () => {
      spoil(() => writeFileSync(join(checkpoint(), "state.json"), "{"));
      expect(await refused(checkpoint())).toMatch(/state\.json is not a valid checkpoint manifest/);
    });

    it("a damaged best checkpoint, before it trains", async () => {
      spoil(() => truncateSync(join(copy, "checkpoints/epoch_1/model.safetensors"), 10));
      expect(await refused(checkpoint())).toMatch(/epoch_1\/model\.safetensors is damaged/);
    });

    it("a checkpoint without the optimizer's state", async () => {
      spoil(() => {
        const file = join(checkpoint(), "state.json");
        const manifest = JSON.parse(readFileSync(file, "utf8"));
        delete manifest.files["optimizer.safetensors"];
        writeFileSync(file, JSON.stringify(manifest));
      });
      expect(await refused(checkpoint())).toMatch(/holds weights only/);
    });

    it("a checkpoint of another model, with the names that differ", async () => {
      const message = await refused(stopped, { model: { text_num_layers: 2, vit_embed_dim: 16 } });
      expect(message).toMatch(/the weights do not fit the model[\s\S]*missing[\s\S]*of another shape/);
    });

    it("to evaluate only", async () => {
      expect(await refused(stopped, { run: { evaluate: true } })).toMatch(/nothing to resume/);
    });
  });

  it("without the best checkpoint beside it seeks the best anew", async () => {
    const alone = join(data, "alone/step_5");
    cpSync(stopped, alone, { recursive: true });
    const { of } = await resumed(alone);
    expect(of("message").map(({ text }) => text)).toEqual([
      expect.stringMatching(/best checkpoint so far \(epoch 1, .*is not beside .*alone\/step_5/),
    ]);
    expect(of("evaluated")[0]).toMatchObject({ epoch: 2, isBest: true });
  });
});
