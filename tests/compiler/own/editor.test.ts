import { describe, expect, it } from "vitest";
import { analyse } from "../../../compiler/lsp/analysis.ts";
import { complete } from "../../../compiler/lsp/features/completion/index.ts";
import { definition } from "../../../compiler/lsp/features/definition.ts";
import { diagnosticsByFile } from "../../../compiler/lsp/features/diagnostics.ts";
import { hover } from "../../../compiler/lsp/features/hover.ts";
import { memoryHost } from "../../../compiler/program/index.ts";
import { library } from "./library.ts";
import { studyFiles } from "./study.ts";

const study = studyFiles();
const files = Object.fromEntries(Object.entries(study).map(([name, text]) => [`/${name}`, text]));

/** The study with a `▮` for the cursor in a stretch of it that stands there once. */
function at(marked: string, changed: Readonly<Record<string, string>> = {}) {
  const plain = marked.replace("▮", "");
  const whole = study["study.lavis"] ?? "";
  expect(whole.split(plain)).toHaveLength(2);
  const text = whole.replace(plain, () => marked);
  const offset = text.indexOf("▮");
  const source = { ...files, ...changed, "/study.lavis": text.replace("▮", "") };
  const analysis = analyse(memoryHost(source), "/study.lavis", { library });
  if (!analysis) throw new Error("the study cannot be read");
  return { analysis, offset };
}

/** The line of TypeScript that a definition leads to. */
function leadsTo(marked: string): string | undefined {
  const { analysis, offset } = at(marked);
  const found = definition(analysis, offset);
  return (
    found && `${found.path}: ${found.source.lineText(found.source.positionAt(found.span.start).line).trim()}`
  );
}

const says = (marked: string): string => {
  const { analysis, offset } = at(marked);
  const contents = hover(analysis, offset)?.contents;
  return typeof contents === "object" && "value" in contents ? contents.value : "";
};

function labels(marked: string): readonly string[] {
  const { analysis, offset } = at(marked);
  const readFolder = () => [
    ...Object.keys(study).map((name) => ({ name, isFolder: false })),
    { name: "types.d.ts", isFolder: false },
    { name: "more", isFolder: true },
  ];
  const request = { source: analysis.source, offset, known: analysis, readFolder, snippets: false };
  return complete(request).map(({ label }) => label);
}

describe("an editor", () => {
  it("goes from a key to the TypeScript property, at any depth", () => {
    expect(leadsTo("wid▮th = 48")).toBe("/captioner.ts: width: Count;");
    expect(leadsTo("anno▮tations {")).toBe("/drawings.ts: annotations: Record<string, Path>;");
    expect(leadsTo("gr▮ey = 0.1")).toBe("/square.ts: grey: number;");
    expect(leadsTo("square(gr▮ey = 0)")).toBe("/square.ts: grey: number;");
  });

  it("goes from the name and the file of a component, and from its use, to `create`", () => {
    const create = "/square.ts: export function create({ image_size, grey }: Options): VisionProcessor {";
    expect(leadsTo("vis_processor squ▮are from")).toBe(create);
    expect(leadsTo('"./squ▮are.ts"')).toBe(create);
    expect(leadsTo("train = squ▮are")).toBe(create);
    expect(leadsTo("pooled_▮captioner from")).toMatch(/^\/captioner\.ts: export async function create/);
  });

  it("says of keys and components what their comments say", () => {
    expect(says("wid▮th = 48")).toContain("Width of all states.");
    expect(says("wid▮th = 48")).toContain("Default: `32`");
    expect(says("wid▮th = 48")).toContain("at least 1");
    expect(says("wid▮th = 48")).toContain("`model.width = 48` — study.lavis:10");
    expect(says("pooled_▮captioner from")).toContain("Captions from the mean of an image's patches");
    expect(says("vis_processor squ▮are from")).toContain("Squeezes the picture into a square.");
    expect(says("train = squ▮are")).toContain("- From square.ts");
    expect(says("vis_▮processor square from")).toContain("A processor of your own");
  });

  it("completes keys, processors and files", () => {
    expect(labels("    ▮width = 48")).toEqual(
      expect.arrayContaining(["patch_size", "image_size", "finetuned"]),
    );
    expect(labels("{ gre▮y = 0.1 }")).toContain("grey");
    expect(labels("train = squ▮are")).toEqual(expect.arrayContaining(["square", "blip_image_train"]));
    const offered = labels('"./squ▮are.ts"');
    expect(offered).toEqual(expect.arrayContaining(["captioner.ts", "square.ts", "more/"]));
    expect(offered).not.toContain("study.lavis");
    expect(offered).not.toContain("types.d.ts");
  });

  it("shows what is wrong with a TypeScript file in that file", () => {
    const broken = { "/plain.ts": `${study["plain.ts"]}const a: number = "a";\nexport { a };\n` };
    const { analysis } = at("wid▮th = 48", broken);
    const byFile = diagnosticsByFile(analysis, { uriOf: (path) => path, explanationOf: () => undefined });
    expect(byFile.get("/study.lavis")).toEqual([]);
    expect(byFile.get("/plain.ts")).toMatchObject([
      { code: "LV2304", range: { start: { line: 6, character: 6 } } },
    ]);
  });
});
