import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { studyFiles } from "../compiler/own/study.ts";
import { makeData } from "../runtime/train/fixture.ts";
import { cleanEnvironment } from "../runtime/train/program.ts";

const bundle = fileURLToPath(new URL("../../dist/lavisc.js", import.meta.url));
if (!existsSync(bundle)) throw new Error('the command line is not built: run "npm run build" first');

let folder: string;
const node = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    env: cleanEnvironment(),
  });
  return { code: status, out: stdout, error: stderr };
};
const build = (...args: string[]) =>
  node(bundle, "study.lavis", "-o", "out", "--set", "run.engine=wasm", "--set", "run.threads=1", ...args);

/** The pictures of `makeData` in the form of the page's dataset, and the page's files beside them. */
beforeAll(async () => {
  folder = await makeData();
  for (const split of ["train", "val"]) {
    const rows: { readonly image: string; readonly caption: string | string[] }[] = JSON.parse(
      readFileSync(join(folder, `${split}.json`), "utf8"),
    );
    const drawings = rows.map(({ image, caption }) => ({ file: image, says: [caption].flat() }));
    writeFileSync(join(folder, `${split}_drawings.json`), JSON.stringify(drawings));
  }
  for (const [name, text] of Object.entries(studyFiles())) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the components of docs/components.md", () => {
  it("are built beside the program, byte for byte alike each time", () => {
    expect(build()).toMatchObject({ code: 0 });
    const manifest = () => JSON.parse(readFileSync(join(folder, "out/lavisc-manifest.json"), "utf8"));
    const first = manifest();
    expect(Object.keys(first.sources)).toEqual(expect.arrayContaining(["../captioner.ts", "../drawing.ts"]));
    expect(Object.keys(first.files)).toEqual(
      expect.arrayContaining(["components/captioner.js", "components/drawings.js.map", "run.js"]),
    );
    expect(build()).toMatchObject({ code: 0 });
    expect(manifest()).toEqual(first);
  });

  it("train: model, task, data and both processors, with loader threads", () => {
    const { code, out, error } = node("out/run.js", "--ui", "json");
    expect({ code, error }).toEqual({ code: 0, error: "" });
    const events: { type: string; [key: string]: unknown }[] = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const of = (type: string) => events.filter((event) => event.type === type);
    expect(of("start")).toMatchObject([{ model: "pooled_captioner", task: "word_overlap" }]);
    const losses = of("step").map(({ losses }) => (losses as { loss: number }).loss);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 2);
    const { metrics, samples } = of("evaluated").at(-1) as unknown as {
      readonly metrics: { readonly overlap: number };
      readonly samples: readonly { readonly prediction: string }[];
    };
    expect(metrics.overlap).toBeGreaterThan(0.5);
    expect(samples[0]?.prediction).toMatch(/^a black (circle|square|stripe) on /);
  });

  it("fail with their own message where `create` does", () => {
    const text = (studyFiles()["captioner.ts"] ?? "").replace(
      "const tokenizer = BertTokenizer",
      'if (options.width > 1) throw new Error("too wide");\n  const tokenizer = BertTokenizer',
    );
    writeFileSync(join(folder, "captioner.ts"), text);
    expect(build()).toMatchObject({ code: 0 });
    const { code, out, error } = node("out/run.js", "--ui", "plain");
    expect(code).toBe(1);
    expect(error).toMatch(/create of model pooled_captioner \(captioner\.js\) failed: too wide/);
    expect(out + error).not.toMatch(/internal error/);
  });

  it.each([
    ["the model", "captioner.ts", "    const { inputIds, shape }"],
    ["the dataset", "drawings.ts", "      const drawing = drawings[index];"],
    ["the text processor", "plain.ts", "  return (text) => text.trim()"],
    ["the task", "word_overlap.ts", "    const lengths = {"],
  ])("fail with the file and line of %s that threw", (_, file, at) => {
    const whole = studyFiles()[file] ?? "";
    const line = whole.slice(0, whole.indexOf(at)).split("\n").length;
    const thrower = 'if (Number("1") === 1) throw new TypeError("on purpose");';
    const broken =
      file === "plain.ts"
        ? whole.replace("(text) => text.trim().toLowerCase();", `(text) => { ${thrower} return text; };`)
        : whole.replace(at, `${thrower} ${at}`);
    writeFileSync(join(folder, "captioner.ts"), studyFiles()["captioner.ts"] ?? "");
    writeFileSync(join(folder, file), broken);
    expect(build()).toMatchObject({ code: 0 });
    const { code, error } = node("out/run.js", "--ui", "plain");
    writeFileSync(join(folder, file), whole);
    expect(code).toBe(1);
    expect(error).toContain(join(folder, `${file}:${line}:`));
    expect(error).toContain("on purpose");
    expect(error).not.toContain("internal error");
  });

  it("leave nothing behind that the next build does not have", () => {
    const recipe = (studyFiles()["study.lavis"] ?? "")
      .replace('  text_processor plain from "./plain.ts"\n', "")
      .replace("{ train = plain, eval = plain }", "{ train = blip_caption, eval = blip_caption }");
    writeFileSync(join(folder, "study.lavis"), recipe);
    expect(existsSync(join(folder, "out/components/plain.js"))).toBe(true);
    expect(build()).toMatchObject({ code: 0 });
    expect(existsSync(join(folder, "out/components/plain.js"))).toBe(false);
    expect(existsSync(join(folder, "out/components/square.js"))).toBe(true);
  });
});
