import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeData } from "../runtime/train/fixture.ts";
import { cleanEnvironment } from "../runtime/train/program.ts";

const bundle = fileURLToPath(new URL("../../dist/lavisc.js", import.meta.url));
if (!existsSync(bundle)) throw new Error('the command line is not built: run "npm run build" first');
const sources = fileURLToPath(new URL("fields", import.meta.url));

const recipe = (fields: string): string => `recipe gauge {
  task reading_error from "./reading_error.ts"
  model gauge from "./gauge.ts"
  dataset shades from jsonl {
    images = "images"
    annotations { train = "train.jsonl", val = "val.jsonl" }
    columns { caption = none }
    ${fields}
    vis_processor { train = blip_image_eval, eval = blip_image_eval }
    text_processor { train = blip_caption, eval = blip_caption }
  }
  schedule constant_lr { init_lr = 5e-2, max_epoch = 12 }
  optimizer adamw { weight_decay = 0 }
  run {
    batch_size_train = 4
    batch_size_eval = 4
    test_splits = []
    device = cpu
    engine = wasm
    threads = 1
    num_workers = 1
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
  return { code: status, out: stdout, error: stderr };
};

/** The pictures of `makeData`, whose rows say how bright the background is, and what is to be seen. */
beforeAll(async () => {
  folder = await makeData();
  cpSync(sources, folder, { recursive: true });
  const shades = new Map<string, number>();
  for (const split of ["train", "val"]) {
    const rows: { readonly image: string; readonly caption: string | string[] }[] = JSON.parse(
      readFileSync(join(folder, `${split}.json`), "utf8"),
    );
    const lines = rows.map(({ image, caption }) => {
      const [text = ""] = [caption].flat();
      const colour = text.split(" ").at(-1) ?? "";
      if (!shades.has(colour)) shades.set(colour, shades.size / 4);
      return JSON.stringify({ image, brightness: shades.get(colour), words: text.split(" ") });
    });
    writeFileSync(join(folder, `${split}.jsonl`), `${lines.join("\n")}\n`);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("fields of the user's own", () => {
  it("must be named, by the word of the tags of model and task", () => {
    writeFileSync(join(folder, "gauge.lavis"), recipe('fields { shade = "brightness" }'));
    const { code, error } = node(bundle, "check", "gauge.lavis");
    expect(code).toBe(1);
    expect(error).toContain("dataset `shades` has no tags, which task `reading_error` reads");
  });

  it.each([
    ["one process", "1"],
    ["two processes that share each batch", "2"],
  ])("train and score a model, in %s", (_, size) => {
    writeFileSync(
      join(folder, "gauge.lavis"),
      recipe('fields { shade = "brightness", tags = "words" }').replace(
        "device = cpu",
        `device = cpu, world_size = ${size}`,
      ),
    );
    expect(node(bundle, "gauge.lavis", "-o", "out")).toMatchObject({ code: 0 });
    const { code, out, error } = node("out/run.js", "--ui", "json");
    expect({ code, error }).toEqual({ code: 0, error: "" });
    const events: { type: string; [key: string]: unknown }[] = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const losses = events
      .filter(({ type }) => type === "step")
      .map(({ losses }) => (losses as { readonly loss: number }).loss);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 2);
    const { metrics } = events.findLast(({ type }) => type === "evaluated") as unknown as {
      readonly metrics: { readonly error: number };
    };
    expect(metrics.error).toBeLessThan(0.3);
    expect(readingsIn(join(folder, "output"))[0]?.tags).toContain("black");
  });
});

/** What the last validation of the last run wrote. */
function readingsIn(output: string): readonly { readonly tags: readonly string[] }[] {
  const files = readdirSync(output, { recursive: true, encoding: "utf8" });
  const last = files
    .filter((name) => /val_epoch\d+\.json$/.test(name))
    .sort()
    .at(-1);
  return JSON.parse(readFileSync(join(output, last ?? ""), "utf8"));
}
