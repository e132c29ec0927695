import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSafetensors } from "../../../runtime/checkpoint/safetensors.ts";
import {
  type Changes,
  failure,
  finished,
  logOf,
  makeData,
  pointed,
  tinyRecipe,
  trainTiny,
} from "./fixture.ts";

let data: string;
beforeAll(async () => {
  data = await makeData();
});
afterAll(() => rmSync(data, { recursive: true }));

const run = (changes: Changes = {}) => finished(tinyRecipe(data, changes));

describe("a run's folder", () => {
  it("has the recipe, the log in full precision, results of each split, and checkpoints", async () => {
    const { folder, steps, of, events } = await run({
      optimizer: { grad_clip_norm: 0.1 },
      run: { valid_splits: ["val", "test"] },
    });
    expect(readdirSync(folder).sort()).toEqual(["checkpoints", "log.jsonl", "result", "run.json"]);
    expect(JSON.parse(readFileSync(join(folder, "run.json"), "utf8"))).toMatchObject({
      name: "tiny",
      model: { name: "blip_caption", variant: "tiny", options: { vit_depth: 1, vit_drop_path_rate: 0 } },
      run: { batch_size_train: 4, seed: 42, val_freq: 1 },
    });
    expect(readdirSync(join(folder, "result")).sort()).toEqual(
      ["val_epoch1", "val_epoch2", "test_epoch1", "test_epoch2", "test_epochbest"]
        .map((n) => `${n}.json`)
        .sort(),
    );
    const results = JSON.parse(readFileSync(join(folder, "result/test_epochbest.json"), "utf8"));
    expect(results.map(({ image_id }: { image_id: number }) => image_id)).toEqual([3, 4, 5]);

    const log = logOf(folder);
    expect(log.filter(({ type }) => type === "step")).toEqual(JSON.parse(JSON.stringify(steps)));
    expect(log.map(({ type }) => type)).toEqual(
      events.map(({ type }) => type).filter((type) => type !== "evaluate_progress"),
    );
    expect(log[0]).toMatchObject({ type: "phase", phase: "starting", detail: "opening the engine wasm" });
    const [first] = steps;
    expect(String(first?.losses.loss).length).toBeGreaterThan(12);
    expect(first?.gradNorm).toBeGreaterThan(0.1);
    expect(of("done")[0]).toMatchObject({ outcome: "finished", step: 6, outputDir: folder });
  });

  it("follows the schedule at each step", async () => {
    const { steps } = await run({ run: { valid_splits: [], test_splits: [] } });
    const cosine = (step: number) => 1e-4 + (2e-3 - 1e-4) * 0.5 * (1 + Math.cos((Math.PI * (step - 2)) / 3));
    const expected = [5e-4, 1.25e-3, cosine(2), cosine(3), cosine(4), 1e-4];
    expect(steps.map(({ lr }) => lr)).toEqual(expected.map((lr) => expect.closeTo(lr, 12)));
  });

  it("learns", async () => {
    const { steps } = await run({
      schedule: { max_epoch: 10, init_lr: 1e-2 },
      run: { valid_splits: [], test_splits: [] },
    });
    const losses = steps.map(({ losses }) => losses.loss ?? Number.NaN);
    expect(losses.at(-1)).toBeLessThan(0.6 * (losses[0] ?? 0));
  });
});

describe("a frozen part of the model", () => {
  it("has in every checkpoint the weights that it started with, and the rest learns", async () => {
    const weightsAfter = async (max_epoch: number) => {
      const { folder } = await run({
        model: { freeze: "visual_encoder" },
        schedule: { max_epoch },
        run: { valid_splits: [], test_splits: [] },
      });
      const file = openSafetensors(
        join(folder, "checkpoints", pointed(folder, "latest"), "model.safetensors"),
      );
      try {
        return new Map(
          [...file.tensors.keys()].map((name) => [name, Buffer.from(file.read(name).data.buffer)]),
        );
      } finally {
        file.close();
      }
    };
    const [one, two] = [await weightsAfter(1), await weightsAfter(2)];
    const isSame = (name: string) => one.get(name)?.equals(two.get(name) ?? Buffer.alloc(0)) ?? false;
    const frozen = [...one.keys()].filter((name) => name.startsWith("visual_encoder."));
    expect(frozen.length).toBeGreaterThan(10);
    expect(frozen.filter((name) => !isSame(name))).toEqual([]);
    expect(isSame("text_decoder.bert.embeddings.word_embeddings.weight")).toBe(false);
  });
});

describe("a result that cannot be written", () => {
  it("ends the run with what the file system says", async () => {
    const { code, of } = await trainTiny(tinyRecipe(data), (event) => {
      if (event.type !== "start") return;
      const folder = join(event.outputDir, "result");
      rmSync(folder, { recursive: true });
      writeFileSync(folder, "a file in the way");
    });
    expect(code).toBe(1);
    expect(of("failed")).toMatchObject([
      {
        message: expect.stringMatching(/val_epoch1\.json cannot be written: E(EXIST|NOTDIR)/),
        hint: expect.stringContaining("make room"),
      },
    ]);
  });
});

describe("a pause", () => {
  it("holds the next step until it is over; a checkpoint can be asked for meanwhile", async () => {
    const whole = await run({ run: { test_splits: [] } });
    const said: string[] = [];
    const paused = await trainTiny(tinyRecipe(data, { run: { test_splits: [] } }), (event, control) => {
      if (event.type === "phase") said.push(event.phase);
      if (event.type === "step" && event.step === 1) {
        control.receive({ type: "pause" });
        setTimeout(() => control.receive({ type: "checkpoint" }), 20);
      }
      if (event.type === "checkpoint" && event.reason === "asked") {
        said.push("checkpoint");
        setTimeout(() => control.receive({ type: "resume" }), 20);
      }
    });
    expect(said.slice(3)).toEqual(
      "training paused checkpoint paused training validating training validating".split(" "),
    );
    expect(paused.steps.map(({ losses }) => losses)).toEqual(whole.steps.map(({ losses }) => losses));
  });

  it("holds an evaluation too, and ends when the run is stopped", async () => {
    const { of, events } = await trainTiny(tinyRecipe(data), (event, control) => {
      if (event.type === "evaluate_progress") control.receive({ type: "pause" });
      if (event.type === "phase" && event.phase === "paused") {
        setTimeout(() => control.receive({ type: "stop" }), 20);
      }
    });
    expect(of("evaluated")).toEqual([]);
    expect(events.at(-1)).toMatchObject({ type: "done", outcome: "stopped", step: 3 });
  });
});

describe("a checkpoint that is asked for in a test", () => {
  it("is declined in words, once, and the test goes on", async () => {
    const recipe = tinyRecipe(data, { schedule: { max_epoch: 1 } });
    let isAsked = false;
    const { of, code } = await trainTiny(recipe, (event, control) => {
      if (event.type !== "evaluate_progress" || event.split !== "test" || isAsked) return;
      isAsked = true;
      control.receive({ type: "checkpoint" });
    });
    expect(code).toBe(0);
    expect(of("message")).toMatchObject([
      { level: "warning", text: "no checkpoint is written while testing: a test changes no weights" },
    ]);
    expect(of("checkpoint").map(({ reason }) => reason)).toEqual(["best"]);
    expect(of("evaluated").at(-1)).toMatchObject({ split: "test" });
  });
});

describe("a stop", () => {
  it("while the run is starting ends it without a folder", async () => {
    const output = join(data, "never");
    const { code, events } = await trainTiny(
      tinyRecipe(data, { run: { output_dir: output } }),
      (event, control) => {
        if (event.type === "phase" && event.detail?.startsWith("building")) control.receive({ type: "stop" });
      },
    );
    expect(code).toBe(0);
    expect(events.at(-1)).toMatchObject({ type: "done", outcome: "stopped", step: 0 });
    expect(existsSync(output)).toBe(false);
  });

  it("by a signal says so in the exit code", async () => {
    const { code, of } = await trainTiny(tinyRecipe(data), (event, control) => {
      if (event.type === "step") control.stop("SIGTERM");
    });
    expect(code).toBe(143);
    expect(of("done")[0]?.resumeFrom).toMatch(/checkpoints\/step_1$/);
  });
});

describe("an evaluation only", () => {
  it("evaluates each split once with the weights that were loaded, and says what became of them", async () => {
    const trained = await run({ run: { test_splits: [] } });
    const finetuned = join(
      trained.folder,
      "checkpoints",
      pointed(trained.folder, "best"),
      "model.safetensors",
    );
    const changes = { model: { finetuned }, run: { evaluate: true, test_splits: ["val", "test"] } };
    const { of, steps, folder } = await run(changes);
    expect(steps).toEqual([]);
    expect(of("message").map(({ text }) => text)).toEqual([
      expect.stringMatching(/^loaded (\d+) of \1 tensors from .*model\.safetensors/),
    ]);
    expect(of("evaluated").map(({ split, epoch }) => [split, epoch])).toEqual([
      ["val", "loaded"],
      ["test", "loaded"],
    ]);
    const best = trained.of("evaluated").find(({ isBest }) => isBest);
    expect(of("evaluated")[0]?.metrics).toEqual(best?.metrics);
    expect(readdirSync(join(folder, "checkpoints"))).toEqual([]);
  });

  it("of random weights is refused", async () => {
    const recipe = tinyRecipe(data, { model: { load_finetuned: false }, run: { evaluate: true } });
    expect(await failure(recipe)).toMatchObject({ message: expect.stringContaining("loads no weights") });
    const unnamed = tinyRecipe(data, { run: { evaluate: true } });
    expect(await failure(unnamed)).toMatchObject({ message: expect.stringContaining("names no weights") });
  });

  it("of weights of something else is refused", async () => {
    const trained = await run({ run: { valid_splits: [], test_splits: [] } });
    const finetuned = join(trained.folder, "checkpoints/epoch_2/optimizer.safetensors");
    const recipe = tinyRecipe(data, { model: { finetuned }, run: { evaluate: true } });
    expect(await failure(recipe)).toMatchObject({
      message: expect.stringMatching(/none of the tensors of .*optimizer\.safetensors is one of the model's/),
    });
  });
});
