import { describe, expect, it } from "vitest";
import { checkRecipe } from "../../../compiler/check-recipe.ts";
import { emitProgram } from "../../../compiler/emit/index.ts";
import { memoryHost } from "../../../compiler/program/index.ts";
import { library, runtimeTypes } from "./library.ts";
import { studyFiles } from "./study.ts";

const study = studyFiles();

/** The program of the study, with some of its files at other places. */
function build(moved: Readonly<Record<string, string>> = {}, changed: Readonly<Record<string, string>> = {}) {
  const files = Object.entries({ ...study, ...changed }).map(([name, text]) => [
    moved[name] ?? `/study/${name}`,
    text,
  ]);
  const { recipes, diagnostics } = checkRecipe(memoryHost(Object.fromEntries(files)), "/study/study.lavis", {
    library,
  });
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
  const [recipe] = recipes;
  if (!recipe) throw new Error("the study has no recipe");
  return emitProgram(recipe, { outputFolder: "/study/out", workingFolder: "/" }, runtimeTypes);
}

const scripts = (program: ReadonlyMap<string, string>) =>
  [...program.keys()].filter((name) => name.endsWith(".js") && name !== "run.js");

describe("a program with components of the user's own", () => {
  it("makes each of its module, whose types are those of its file", () => {
    const run = build().get("run.ts");
    expect(run).toContain(
      'model: ownModel<typeof import("./components/captioner.js")>("pooled_captioner", here("./components/captioner.js"), {',
    );
    expect(run).toContain('train: ownTextProcessor<typeof import("./components/plain.js")>("plain", ');
    expect(run).toContain('images: here("../images"),');
    expect(run).toContain("grey: 0.1,");
  });

  it("has the same bytes each time", () => {
    expect([...build()]).toEqual([...build()]);
  });

  it("holds their JavaScript, with a map to the TypeScript", () => {
    const program = build();
    expect(program.get("components/plain.js")).toBe(
      "/** Lower case, without what stands at the ends. */\nexport function create() {\n    return (text) => text.trim().toLowerCase();\n}\n//# sourceMappingURL=plain.js.map\n",
    );
    expect(JSON.parse(program.get("components/plain.js.map") ?? "")).toMatchObject({
      version: 3,
      file: "plain.js",
      sources: ["../../plain.ts"],
    });
  });

  it("keeps the folders that files have among each other, and their imports", () => {
    const drawings = (study["drawings.ts"] ?? "")
      .replace(
        'import type { Drawing } from "./drawing.ts"',
        'import { type Drawing, first } from "../shared/drawing.ts"',
      )
      .replace('rowAt(index).says[0] ?? ""', "first(rowAt(index))");
    const drawing = `${study["drawing.ts"]}\nexport const first = ({ says }: Drawing): string => says[0] ?? "";\n`;
    const recipe = (study["study.lavis"] ?? "").replace("./drawings.ts", "../data/drawings.ts");
    const program = build(
      { "drawings.ts": "/data/drawings.ts", "drawing.ts": "/shared/drawing.ts" },
      { "drawings.ts": drawings, "drawing.ts": drawing, "study.lavis": recipe },
    );
    expect(scripts(program)).toEqual([
      "components/data/drawings.js",
      "components/shared/drawing.js",
      "components/study/captioner.js",
      "components/study/plain.js",
      "components/study/square.js",
      "components/study/word_overlap.js",
    ]);
    expect(program.get("components/data/drawings.js")).toContain(
      'import { first } from "../shared/drawing.js";',
    );
    expect(JSON.parse(program.get("components/shared/drawing.js.map") ?? "").sources).toEqual([
      "../../../../shared/drawing.ts",
    ]);
  });

  it("has none of them where the recipe has none", () => {
    const plain =
      "recipe r {\n  task captioning\n  model blip_caption.tiny\n  dataset emoji_caption\n  run { device = cpu }\n}\n";
    const { recipes } = checkRecipe(memoryHost({ "/r.lavis": plain }), "/r.lavis");
    const [recipe] = recipes;
    if (!recipe) throw new Error("the recipe is wrong");
    const program = emitProgram(recipe, { outputFolder: "/out", workingFolder: "/" }, runtimeTypes);
    expect(scripts(program)).toEqual([]);
  });
});
