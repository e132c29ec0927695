import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { format, parse, SourceText } from "../../grammar/index.ts";
import { brokenRecipe, check, commentedRecipe, wholeRecipe } from "./support.ts";

const folder = new URL("../compiler/import-yaml/configs/", import.meta.url).pathname;
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
  /\.ya?ml$/.test(name),
);

const codesOf = (text: string) => parse(text).diagnostics.map(({ code }) => code);

describe("a YAML file that is read as a recipe", () => {
  it("has examples", () => {
    expect(files.length).toBeGreaterThan(100);
  });

  it.each(files)("is told so once: %s", (name) => {
    const text = readFileSync(join(folder, name), "utf8");
    const isEmpty = text.replace(/^\s*#.*$/gm, "").trim() === "";
    if (!isEmpty) expect(codesOf(text)).toEqual(["LV1037"]);
  });

  it("is pointed at where it starts, with the command that turns it into a recipe", () => {
    const source = new SourceText("# A run.\n\nrun:\n  seed: 42\n  amp: True\n", "runs/a.yaml");
    const { diagnostics, tree } = parse(source);
    expect(diagnostics.map(({ message, notes, span }) => [message, notes, source.slice(span)])).toEqual([
      [
        "this is YAML, not a recipe",
        ["turn a configuration of LAVIS into a recipe: `lavisc import runs/a.yaml`"],
        "run:",
      ],
    ]);
    expect(tree.declarations).toEqual([]);
  });

  it.each([
    ["runs/a.lavis", "rename it to `runs/a.yaml`, then `lavisc import runs/a.yaml`"],
    ["<stdin>", "`lavisc import FILE.yaml`, or `lavisc import -` for standard input"],
  ])("%s is to be imported in a way that works", (path, how) => {
    const { diagnostics } = parse(new SourceText("run:\n  seed: 42\n", path));
    expect(diagnostics.map(({ notes }) => notes)).toEqual([
      [`turn a configuration of LAVIS into a recipe: ${how}`],
    ]);
  });

  it.each([
    "run:\n",
    "\ufeffmodel: # which\r\n  arch: blip_caption\r\n",
    "# Copyright\n\ndatasets:\n  coco_caption: {}\n",
    "---\nseed: 42\n",
    "%YAML 1.1\n---\nrun:\n  seed: 1\n...\n",
    '"model":\n  "arch": x\n',
    "run:\n  prompt: >\n    a text\n    over many\n    lines that\n    are no keys\n",
    '{"model": {"arch": "blip_caption"}, "run": {"task": "captioning"}}\n',
    '{\n  "model": {\n    "arch": "blip_caption"\n  }\n}\n',
  ])("is known by its start: %j", (text) => {
    expect(codesOf(text)).toEqual(["LV1037"]);
  });

  it("is left as it is by the formatter: its indentation means something", () => {
    const text = "run:\r\n    seed: 42\r\n    splits:\r\n    - val\r\n";
    expect(format(text)).toBe(text);
  });
});

describe("a recipe in which something is written as in YAML", () => {
  it.each([
    ["a colon", "recipe r {\n  run:\n    seed: 42\n    amp: true\n}\n"],
    ["the whole of it", wholeRecipe.replaceAll(" = ", ": ")],
    ["comments", commentedRecipe.replaceAll("//", "#")],
    ["all sorts of mistakes", brokenRecipe],
    ["a section and a declaration", "run:\n  seed: 42\n\nrecipe r {\n  task captioning\n}\n"],
    ["a key with a colon and a block", "model: blip_caption {\n}\n"],
    ["an import", 'import { a } from "b.lavis"\nrun:\n  seed: 42\n'],
  ])("stays a recipe: %s", (_, text) => {
    expect(codesOf(text)).not.toContain("LV1037");
    expect(codesOf(text).length).toBeGreaterThan(0);
  });

  it("is told of one line by itself", () => {
    expect(check("seed: 42\n").join()).not.toContain("yaml-file");
  });
});
