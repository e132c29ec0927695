import { describe, expect, it } from "vitest";
import { definition } from "../../../compiler/lsp/features/definition.ts";
import { highlights, references } from "../../../compiler/lsp/features/references.ts";
import { prepareRename, rename } from "../../../compiler/lsp/features/rename.ts";
import { applied, commonFile, edited, textIn, whole } from "./support.ts";

const files = { "/common.lavis": commonFile };
const at = (marked: string, text = whole) =>
  edited(
    text.replace(marked.replace("▮", ""), () => marked),
    files,
  );

function defined(marked: string, text = whole): string | undefined {
  const { analysis, offset } = at(marked, text);
  const place = definition(analysis, offset);
  if (!place) return undefined;
  const { line } = place.source.positionAt(place.span.start);
  return `${place.path}:${line} ${place.source.slice(place.span).split("\n")[0]}`.trim();
}

describe("definition", () => {
  it("leads to the declaration of a name, also in another file", () => {
    expect(defined("= peak▮_lr")).toBe("/r.lavis:6 peak_lr");
    expect(defined(`\${na▮me}`)).toBe("/r.lavis:8 name");
    expect(defined("extends ba▮se")).toBe("/r.lavis:10 base");
    expect(defined("use ▮quick")).toBe("/common.lavis:4 quick");
    expect(defined("{ data_▮root")).toBe("/common.lavis:2 data_root");
  });

  it("leads to the file of an import", () => {
    expect(defined('"common▮.lavis"')).toBe("/common.lavis:1");
    expect(defined('"gone▮.lavis"', 'import { a } from "gone.lavis"\n')).toBeUndefined();
  });

  it("leads from a section to where the recipe has it from", () => {
    const text = "recipe base {\n  task captioning\n}\nrecipe r extends base {\n  task { max_len = 9 }\n}\n";
    expect(defined("ta▮sk {", text)).toBe("/r.lavis:5 task { max_len = 9 }");
  });

  it("leads nowhere from what the catalogue declares", () => {
    expect(defined("device = c▮pu")).toBeUndefined();
  });
});

describe("references", () => {
  const found = (marked: string, includeDeclaration: boolean) => {
    const { analysis, offset } = at(marked);
    const places = references(analysis, offset, analysis.program.files.values(), includeDeclaration);
    return places.map(({ path, source, span }) => `${path}:${source.positionAt(span.start).line}`);
  };

  it("are in every file, with the declaration if asked for", () => {
    expect(found("use qu▮ick", true)).toEqual(["/r.lavis:3", "/r.lavis:29", "/common.lavis:4"]);
    expect(found("use qu▮ick", false)).toEqual(["/r.lavis:3", "/r.lavis:29"]);
    expect(found("device = c▮pu", true)).toEqual([]);
  });

  it("are highlighted in the document", () => {
    const { analysis, offset, text } = at("param peak▮_lr");
    expect(highlights(analysis, offset).map(({ range }) => textIn(text, range))).toEqual([
      "peak_lr",
      "peak_lr",
    ]);
  });
});

describe("rename", () => {
  function renamed(marked: string, newName: string, text = whole): Record<string, string> {
    const { analysis, offset } = at(marked, text);
    const all = rename(analysis, offset, newName, analysis.program.files.values());
    return Object.fromEntries(
      all.map(({ path, edits }) => [
        path,
        applied(analysis.program.files.get(path)?.source.text ?? "", edits),
      ]),
    );
  }

  it("changes a name wherever it stands, and nothing else", () => {
    expect(renamed("param peak▮_lr", "top_lr")).toEqual({
      "/r.lavis": whole.replaceAll("peak_lr", "top_lr"),
    });
    expect(renamed("let na▮me", "title")).toEqual({
      "/r.lavis": whole.replace("let name", "let title").replace(`\${name}`, `\${title}`),
    });
    expect(renamed("recipe ba▮se", "start")["/r.lavis"]).toContain("recipe emoji extends start");
  });

  it("changes imports and the file that declares the name", () => {
    expect(renamed("use qu▮ick", "fast")).toEqual({
      "/r.lavis": whole.replaceAll("quick", "fast"),
      "/common.lavis": commonFile.replace("quick", "fast"),
    });
  });

  it("says what would be renamed", () => {
    const { analysis, offset, text } = at("use qu▮ick");
    const prepared = prepareRename(analysis, offset);
    expect(prepared?.placeholder).toBe("quick");
    expect(prepared && textIn(text, prepared.range)).toBe("quick");
    const key = at("device▮ = cpu");
    expect(prepareRename(key.analysis, key.offset)).toBeUndefined();
  });

  it.each([
    ["2fast", "no name"],
    ["a-b", "no name"],
    ["", "no name"],
    ["recipe", "a word of the language"],
    ["resume", "a flag of every emitted program"],
    ["help", "a flag of every emitted program"],
    ["name", "r.lavis has a `name` already"],
    ["cpu", "`cpu` in line 13 of r.lavis would come to mean it"],
  ])("refuses %j: %s", (newName, why) => {
    expect(() => renamed("param peak▮_lr", newName)).toThrow(why);
  });

  it("refuses what is not declared in recipes", () => {
    expect(() => renamed("device▮ = cpu", "where")).toThrow("There is no name to rename here");
  });

  it("takes the name that is there already", () => {
    expect(renamed("let na▮me", "name")).toEqual({ "/r.lavis": whole });
  });
});
