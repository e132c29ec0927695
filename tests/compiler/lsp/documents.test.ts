import { describe, expect, it } from "vitest";
import type { DocumentSymbol } from "vscode-languageserver";
import { DiagnosticCollector } from "../../../compiler/diagnostics/index.ts";
import { analyse } from "../../../compiler/lsp/analysis.ts";
import { codeActions, fixAllAction, fixAllKind } from "../../../compiler/lsp/features/code-actions.ts";
import { diagnosticsByFile } from "../../../compiler/lsp/features/diagnostics.ts";
import { foldingRanges } from "../../../compiler/lsp/features/folding.ts";
import { formatDocument, formatRange } from "../../../compiler/lsp/features/formatting.ts";
import { inlayHints } from "../../../compiler/lsp/features/inlay-hints.ts";
import { legend, semanticTokens, tokensOf } from "../../../compiler/lsp/features/semantic-tokens.ts";
import { documentSymbols } from "../../../compiler/lsp/features/symbols.ts";
import { loadProgram, memoryHost, type Program } from "../../../compiler/program/index.ts";
import { format, SourceText } from "../../../grammar/index.ts";
import { applied, commonFile, edited, textIn, whole } from "./support.ts";

const files = { "/common.lavis": commonFile };
const { analysis } = edited(whole, files);

describe("the recipe of these tests", () => {
  it("has no mistakes", () => {
    expect(analysis.diagnostics).toEqual([]);
  });
});

describe("document symbols", () => {
  const outline = (symbols: readonly DocumentSymbol[], depth = 0): string[] =>
    symbols.flatMap(({ name, detail, children = [] }) => [
      `${"  ".repeat(depth)}${name}: ${detail}`,
      ...outline(children, depth + 1),
    ]);

  it("are the outline of the file", () => {
    expect(outline(documentSymbols(analysis)).slice(0, 10)).toEqual([
      "peak_lr: param",
      "name: let",
      "base: recipe",
      "  task: captioning",
      "    max_len: 30tokens",
      "  model: blip_caption.tiny",
      "    image_size: 64px",
      "  run: ",
      "    device: cpu",
      "emoji: recipe extends base",
    ]);
  });

  it("leave out what has no name yet", () => {
    expect(outline(documentSymbols(edited("recipe {\n  = 1\n}\nlet = 2\nlet a = 3").analysis))).toEqual([
      "a: let",
    ]);
  });
});

describe("folding", () => {
  const folds = (text: string) =>
    foldingRanges(edited(text).analysis).map(({ startLine, endLine, kind }) => [startLine, endLine, kind]);

  it("keeps closing brackets visible", () => {
    expect(folds("recipe r {\n  run {\n    seed = 1\n  }\n}\n")).toEqual([
      [0, 3, undefined],
      [1, 2, undefined],
    ]);
    expect(folds("let a = [\n  1,\n  2,\n]\nlet b = [3]\n")).toEqual([[0, 2, undefined]]);
  });

  it("folds imports and comments of several lines", () => {
    expect(folds('import { a } from "a"\nimport { b } from "b"\n')).toEqual([[0, 1, "imports"]]);
    expect(folds("// a\n// b\nlet x = 1 // c\n// d\n\n/// e\nlet y = 1\n")).toEqual([[0, 1, "comment"]]);
  });
});

describe("formatting", () => {
  const messy = "recipe   r {\n  run { seed=1\n num_workers   =  2 }\n\n\n\n  task captioning\n}\n";

  it("gives what the formatter gives, whatever the line breaks", () => {
    for (const text of [messy, messy.replaceAll("\n", "\r\n")]) {
      const formatted = applied(text, formatDocument(new SourceText(text)));
      expect(formatted.replaceAll("\r\n", "\n")).toBe(format(messy));
      expect(formatted.includes("\r\n")).toBe(text.includes("\r\n"));
    }
  });

  it("leaves lines alone that are right", () => {
    expect(formatDocument(new SourceText(whole))).toEqual([]);
    const text = whole.replace("init_lr = peak_lr", "init_lr  =  peak_lr");
    const [edit, ...others] = formatDocument(new SourceText(text));
    expect(others).toEqual([]);
    expect(edit && textIn(text, edit.range)).toBe("    init_lr  =  peak_lr\n");
  });

  it("leaves a text with mistakes that cannot be understood as it is", () => {
    expect(formatDocument(new SourceText("recipe r {\n"))).toBeDefined();
  });

  it("changes only the lines of a range", () => {
    const text = "let a  = 1\nlet b = 2\nlet c  = 3\n";
    const range = { start: 0, end: 3 };
    expect(applied(text, formatRange(new SourceText(text), range))).toBe(
      "let a = 1\nlet b = 2\nlet c  = 3\n",
    );
    expect(formatRange(new SourceText(text), { start: 13, end: 15 })).toEqual([]);
  });

  it("changes more where half of a change would be another recipe", () => {
    // Lines that move are a line put in at one place and a line taken out at another.
    const moved = "recipe r {\n\n\ntask captioning { max_len = 30tokens }\n\n\n  run { device = cpu } }\n";
    for (const text of [messy, moved]) {
      const source = new SourceText(text);
      for (let start = 0; start < text.length; start++) {
        const result = applied(text, formatRange(source, { start, end: start }));
        expect(format(result), `at ${start}`).toBe(format(text));
      }
    }
  });
});

describe("semantic tokens", () => {
  it("tell what names are", () => {
    const found = tokensOf(analysis).map(({ span, type, modifiers }) =>
      [analysis.source.slice(span), type, ...modifiers].join(" "),
    );
    expect(found).toEqual(
      expect.arrayContaining([
        "peak_lr parameter declaration",
        "peak_lr parameter",
        "name variable declaration readonly",
        "quick function",
        "base class declaration",
        "model namespace",
        "tiny class defaultLibrary",
        "image_size property",
        "px type defaultLibrary",
        "cpu enumMember defaultLibrary",
        "blip_image_train class defaultLibrary",
        "number type defaultLibrary",
      ]),
    );
  });

  it("are sent in fives, each relative to the one before", () => {
    const { data } = semanticTokens(edited("let a = 1\nlet b = a\n").analysis);
    const variable = legend.tokenTypes.indexOf("variable");
    expect(data).toEqual([0, 4, 1, variable, 3, 1, 4, 1, variable, 3, 0, 4, 1, variable, 2]);
  });
});

describe("inlay hints", () => {
  const everywhere = { start: 0, end: whole.length };
  const hints = (mode: "inherited" | "all" | "off", range = everywhere) =>
    inlayHints(analysis, range, mode).map(({ position, label }) => [position.line + 1, label]);

  it("show what a section has from elsewhere", () => {
    const found = new Map(hints("inherited").map(([line, label]) => [line, String(label)]));
    expect(found.get(24)).toContain("warmup_lr = 2e-5");
    expect(found.get(28)).toMatch(/seed = 7.*device = cpu/);
    expect(found.get(17)).toBe("task captioning, model blip_caption.tiny, optimizer adamw");
  });

  it("show every default where that is wanted, with where it comes from", () => {
    const task = inlayHints(analysis, everywhere, "all").find(({ position }) => position.line === 10);
    expect(task?.label).toMatch(/^min_len = 5, num_beams = 3, .*… \d+ more$/);
    expect(task?.tooltip).toMatchObject({
      value: expect.stringContaining("- `min_len = 5` — default of task captioning"),
    });
  });

  it("are off where that is wanted, and only those of the range are made", () => {
    expect(hints("off")).toEqual([]);
    expect(hints("all", { start: 0, end: 10 })).toEqual([]);
  });
});

describe("diagnostics", () => {
  const addresses = { uriOf: (path: string) => `file://${path}`, explanationOf: () => undefined };

  it("are sorted by file, the document's own always among them", () => {
    const wrong = { "/common.lavis": commonFile.replace("seed = 7", "seed = true") };
    const byFile = diagnosticsByFile(edited(whole, wrong).analysis, addresses);
    expect([...byFile].map(([path, found]) => [path, found.map(({ code }) => code)])).toEqual([
      ["/r.lavis", []],
      ["/common.lavis", ["LV2101"]],
    ]);
  });

  it("count columns in UTF-16 units", () => {
    const { analysis: smiling } = edited('let a = "🙂" + x\n');
    const [found] = diagnosticsByFile(smiling, addresses).get("/r.lavis") ?? [];
    expect(found?.range).toEqual({ start: { line: 0, character: 15 }, end: { line: 0, character: 16 } });
  });

  it("lead to an explanation only where the client can show one", () => {
    const { analysis: unknown } = edited("let a = 1 + x\n");
    const shown = (explanationOf: (code: string) => string | undefined) =>
      diagnosticsByFile(unknown, { ...addresses, explanationOf }).get("/r.lavis")?.[0];
    expect(shown((code) => `explain:/${code}.md`)?.codeDescription).toEqual({ href: "explain:/LV2001.md" });
    expect(shown(() => undefined)).not.toHaveProperty("codeDescription");
  });

  it("say of what nothing uses that it may be faded", () => {
    const { analysis: unused } = edited(whole.replace("let name", "let unused = 1\nlet name"), files);
    expect(diagnosticsByFile(unused, addresses).get("/r.lavis")).toMatchObject([{ severity: 2, tags: [1] }]);
  });

  it("say how to repair it", () => {
    const { analysis: unknown } = edited(
      whole.replace("seed", "seed").replace("max_epoch", "max_epohc"),
      files,
    );
    const messages = [...diagnosticsByFile(unknown, addresses).values()].flat().map(({ message }) => message);
    expect(messages.join("\n")).toContain("Did you mean `max_epoch`?");
  });
});

describe("warnings", () => {
  const slugs = (text: string, others: Readonly<Record<string, string>>) =>
    edited(text, { ...files, ...others }).analysis.diagnostics.map(
      ({ slug, severity }) => `${severity} ${slug}`,
    );
  const unused = whole.replace("let name", "let unused = 1\nlet name");

  it("are there beside the errors", () => {
    expect(slugs(unused, {})).toEqual(["warning unused-let"]);
  });

  it("have the level, the ignored files and the baseline of the project", () => {
    const configured = (settings: object) => slugs(unused, { "/lavisc.json": JSON.stringify(settings) });
    expect(configured({ rules: { "unused-let": "error" } })).toEqual(["error unused-let"]);
    expect(configured({ rules: { "unused-let": "off" } })).toEqual([]);
    expect(configured({ ignore: ["*.lavis"] })).toEqual([]);
  });

  it("are left out where the configuration cannot be used, which is said", () => {
    const { analysis: troubled } = edited(unused, { ...files, "/lavisc.json": '{ "rulez": {} }' });
    expect(troubled.diagnostics).toEqual([]);
    expect(troubled.trouble).toContain("lavisc.json cannot be used");
    expect(troubled.trouble).toContain("there is no key `rulez`");
  });

  it("know what other files use", () => {
    const shared =
      "fragment f for run { seed = 1 }\nrecipe base { task captioning }\nrecipe r extends base {}\n";
    const user = 'import { f } from "r.lavis"\nfragment g for run { use f }\n';
    const host = memoryHost({ "/r.lavis": shared, "/user.lavis": user });
    const slugsWith = (importers: () => readonly Program[]) =>
      analyse(host, "/r.lavis", { importers })?.diagnostics.map(({ slug }) => slug) ?? [];
    const importing = loadProgram(host, "/user.lavis", new DiagnosticCollector());
    if ("problem" in importing) throw new Error(importing.problem);
    expect(slugsWith(() => [])).toContain("unused-fragment");
    expect(slugsWith(() => [importing])).not.toContain("unused-fragment");
  });
});

describe("code actions", () => {
  const actionsAt = (text: string, place: string) => {
    const { analysis: broken } = edited(text, files);
    const start = text.indexOf(place);
    return codeActions(broken, { start, end: start });
  };
  const done = (text: string, action: ReturnType<typeof actionsAt>[number] | undefined) =>
    applied(text, action?.files.find(({ path }) => path === "/r.lavis")?.edits ?? []);

  it("are the fixes of what is wrong there, safe ones preferred", () => {
    const text = whole.replace("evaluate", "evaluate").replace("device = cpu", "device = gpu");
    const [guess, ...others] = actionsAt(text, "gpu");
    expect(guess).toMatchObject({ kind: "quickfix", isPreferred: false, diagnostic: { code: "LV2106" } });
    expect(done(text, guess)).toBe(text.replace("gpu", "cuda"));
    expect(others).toEqual([]);
  });

  it("repair everything that is safe in one, in as many rounds as it takes", () => {
    const text = "# a\nlet x = 'b' # c\nlet y = True\n";
    const [all, ...others] = fixAllAction(edited(text).analysis);
    expect(all?.kind).toBe(fixAllKind);
    expect(done(text, all)).toBe('// a\nlet x = "b" // c\nlet y = true\n');
    expect(others).toEqual([]);
    expect(fixAllAction(edited(whole.replace("device = cpu", "device = gpu"), files).analysis)).toEqual([]);
  });

  it("ignore a warning by a comment above its item, for a reason that the author writes", () => {
    const text = whole.replace("let name", "let unused = 1\nlet name");
    const ignore = actionsAt(text, "unused").find(({ title }) => title.startsWith("Ignore"));
    const ignored = done(text, ignore);
    expect(ignored).toContain("// lavisc-ignore unused-let: \nlet unused = 1\n");
    const reasoned = edited(ignored.replace("unused-let: ", "unused-let: used soon"), files);
    expect(reasoned.analysis.diagnostics).toEqual([]);
  });

  it("are none where nothing is wrong", () => {
    expect(actionsAt(whole, "device")).toEqual([]);
    expect(fixAllAction(analysis)).toEqual([]);
  });
});
