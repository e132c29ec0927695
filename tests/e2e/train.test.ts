import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeData, tensorsOf } from "../runtime/train/fixture.ts";
import { cleanEnvironment } from "../runtime/train/program.ts";
import { tinyCaptioner } from "./tiny-recipe.ts";

const bundle = fileURLToPath(new URL("../../dist/lavisc.js", import.meta.url));
if (!existsSync(bundle)) throw new Error('the command line is not built: run "npm run build" first');

/** A recipe beside the data of `makeData`. */
const recipe = `lavis 1

/// Passes over the data.
param epochs: count = 2

recipe shapes {
  ${tinyCaptioner}
  dataset coco_caption {
    build_info {
      images = "images"
      annotations {
${["train", "val", "test"].map((split) => `        ${split} = "${split}.json"`).join("\n")}
      }
    }
  }
  schedule constant_lr {
    init_lr = 1e-3
    max_epoch = epochs
  }
  run {
    batch_size_train = 4
    batch_size_eval = 4
    device = cpu
    engine = wasm
    threads = 1
    num_workers = 1
    log_freq = 1
    save_freq = 1
    output_dir = "output"
  }
}
`;

let folder: string;
const node = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    env: cleanEnvironment(),
  });
  return { code: status, lines: stdout.trimEnd().split("\n"), error: stderr };
};
beforeAll(async () => {
  folder = await makeData();
  writeFileSync(join(folder, "shapes.lavis"), recipe);
  expect(node(bundle, "shapes.lavis", "-o", "out")).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a compiled recipe", () => {
  it("trains, validates and tests, in plain lines", () => {
    const { code, lines, error } = node("out/run.js", "--ui", "plain");
    expect({ code, error }).toEqual({ code: 0, error: "" });
    const text = lines.join("\n");
    for (const part of [
      /^starting opening the engine wasm$/m,
      /^shapes \(.*shapes\.lavis\): captioning with blip_caption\.tiny, 52\.\d K parameters$/m,
      /^epoch 2\/2 {2}?step 6\/6 {2}loss \d\.\d{4}.* lr 1\.00e-3|epoch 2\/2 step 6\/6 {2}loss/m,
      /^val \(epoch 1\): .*best so far$/m,
      /^test \(best weights\): .*CIDEr/m,
      /^ {2}3: .* {2}\| {2}a black/m,
      /^finished after 6 steps, .*output/m,
    ]) {
      expect(text).toMatch(part);
    }
  });

  it("goes on from a checkpoint to the weights of a run that never stopped, on the command line's terms", () => {
    const json = (...args: string[]) => {
      const { code, lines, error } = node("out/run.js", "--ui=json", ...args);
      expect({ code, error }).toEqual({ code: 0, error: "" });
      const events = lines.map((line) => JSON.parse(line));
      return { events, folder: events.find(({ type }) => type === "start").outputDir as string };
    };
    const short = json("--epochs", "1");
    const resumed = json("--epochs", "2", "--resume", join(short.folder, "checkpoints", "epoch_1"));
    const whole = json();
    expect(resumed.events.filter(({ type }) => type === "step")).toHaveLength(3);
    const last = (run: { folder: string }) => tensorsOf(join(run.folder, "checkpoints/epoch_2"));
    expect(last(resumed)).toEqual(last(whole));
    expect(JSON.parse(readFileSync(join(short.folder, "run.json"), "utf8"))).toMatchObject({
      params: { epochs: 1 },
      schedule: { options: { max_epoch: 1 } },
    });
  });

  it("lists its flags and refuses others", () => {
    const help = node("out/run.js", "--help");
    expect(help).toMatchObject({ code: 0, error: "" });
    expect(help.lines.join("\n")).toMatch(/--epochs[\s\S]*--ui[\s\S]*--resume[\s\S]*--help/);
    expect(node("out/run.js", "--epoch", "3")).toMatchObject({
      code: 2,
      error: "error: unknown flag --epoch\n  did you mean --epochs?\n",
    });
  });
});
