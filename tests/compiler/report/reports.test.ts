import { describe, expect, it } from "vitest";
import { reporters } from "../../../compiler/report/index.ts";
import { colourStyle, plainStyle, wantsColour } from "../../../compiler/report/style.ts";
import { type Diagnostic, SourceText } from "../../../grammar/index.ts";

const recipe = new SourceText(
  [
    "recipe a {",
    "  task captioning { min_len = 20, max_len = 10 }",
    "",
    "  schedule constant_lr {",
    "\tinit_lr = 1",
    "    warm_steps = 5",
    "  }",
    "}",
    "",
  ].join("\n"),
  "recipes/a.lavis",
);
const common = new SourceText('let größe = "画像" + oops\n', "common.lavis");

const spanOf = (source: SourceText, text: string) => {
  const start = source.text.indexOf(text);
  return { start, end: start + text.length };
};

const unknownKey: Diagnostic = {
  code: "LV2003",
  slug: "unknown-option",
  severity: "error",
  message: "`schedule constant_lr` has no option `warm_steps`",
  path: recipe.path,
  span: spanOf(recipe, "warm_steps"),
  labels: [{ span: spanOf(recipe, "constant_lr"), message: "this schedule" }],
  notes: ["did you mean `warmup_steps`?", "its options are\nlisted by `lavisc explain`"],
  fixes: [
    {
      title: "write `warmup_steps`",
      applicability: "safe",
      edits: [{ span: spanOf(recipe, "warm_steps"), text: "warmup_steps" }],
    },
  ],
};

const lengths: Diagnostic = {
  code: "LV3010",
  slug: "min-len-above-max-len",
  severity: "warning",
  message: "`min_len` is not below `max_len`",
  path: recipe.path,
  span: spanOf(recipe, "min_len = 20"),
  labels: [{ span: spanOf(recipe, "max_len = 10"), message: "the longest caption" }],
  notes: [],
  fixes: [
    {
      title: "remove `max_len`",
      applicability: "unsafe",
      edits: [{ span: spanOf(recipe, ", max_len = 10"), text: "" }],
    },
  ],
};

const report = (...diagnostics: Diagnostic[]) => ({
  diagnostics,
  numFiles: 1,
  sources: new Map([recipe, common].map((source) => [source.path, source])),
});
const pretty = (...diagnostics: Diagnostic[]) => reporters.pretty(report(...diagnostics), plainStyle);

describe("the pretty report", () => {
  it("shows no more than are asked for, errors first, in the order of the text, and says how many there are", () => {
    const many = [lengths, unknownKey, lengths, unknownKey].map((one) => ({ ...one }));
    const shown = (maxShown: number) => reporters.pretty({ ...report(...many), maxShown }, plainStyle);
    const headlines = (text: string) => text.match(/^(?:error|warning)(?=\[)/gm);
    expect(headlines(shown(4))).toEqual(["warning", "error", "warning", "error"]);
    expect(shown(4)).not.toContain("more");
    expect(headlines(shown(3))).toEqual(["warning", "error", "error"]);
    expect(headlines(shown(1))).toEqual(["error"]);
    expect(shown(1)).toMatch(
      /\n3 more are not shown: --max-diagnostics=all shows them\n\n2 errors and 2 warnings in 1 file\n$/,
    );
  });

  it("costs as much for a finding on a line of millions of characters as on another", () => {
    const long = new SourceText(`let a = "${"x ".repeat(1_000_000)}" oops`, "long.lavis");
    const span = spanOf(long, "oops");
    const fixes = [{ title: "remove it", applicability: "safe", edits: [{ span, text: "" }] }] as const;
    const found = Array.from({ length: 2_000 }, () => ({
      ...unknownKey,
      path: long.path,
      span,
      labels: [],
      fixes,
    }));
    const sources = new Map([[long.path, long]]);
    const text = reporters.pretty({ diagnostics: found, sources, numFiles: 1 }, plainStyle);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThan(200);
    expect(text.match(/^ *1 \| …[x ]+" oops$/gm)).toHaveLength(2_000);
  });

  it("shows the place, labels, notes, the fix and the counts", () => {
    expect(pretty(unknownKey)).toMatchInlineSnapshot(`
      "error[LV2003]: \`schedule constant_lr\` has no option \`warm_steps\` (unknown-option)
       --> recipes/a.lavis:6:5
        |
      4 |   schedule constant_lr {
        |            ----------- this schedule
      5 |     init_lr = 1
      6 |     warm_steps = 5
        |     ^^^^^^^^^^
        = did you mean \`warmup_steps\`?
        = its options are
          listed by \`lavisc explain\`
      fix: write \`warmup_steps\`
      6 | -     warm_steps = 5
      6 | +     warmup_steps = 5

      1 error in 1 file
      "
    `);
  });

  it("shows several marks on one line, the rightmost label beside its underline", () => {
    expect(pretty(lengths)).toMatchInlineSnapshot(`
      "warning[LV3010]: \`min_len\` is not below \`max_len\` (min-len-above-max-len)
       --> recipes/a.lavis:2:21
        |
      2 |   task captioning { min_len = 20, max_len = 10 }
        |                     ^^^^^^^^^^^^  ------------ the longest caption
      fix: remove \`max_len\` (look at it before you take it)
      2 | -   task captioning { min_len = 20, max_len = 10 }
      2 | +   task captioning { min_len = 20 }

      1 warning in 1 file
      "
    `);
  });

  it("stacks labels that cannot stand side by side", () => {
    const labels = [
      { span: spanOf(recipe, "captioning"), message: "of this task" },
      { span: spanOf(recipe, "min_len"), message: "the shortest caption" },
    ];
    const { span } = lengths;
    expect(pretty({ ...lengths, span, labels, fixes: [] })).toMatchInlineSnapshot(`
      "warning[LV3010]: \`min_len\` is not below \`max_len\` (min-len-above-max-len)
       --> recipes/a.lavis:2:21
        |
      2 |   task captioning { min_len = 20, max_len = 10 }
        |        ----------   ^^^^^^^^^^^^
        |        |            |
        |        |            the shortest caption
        |        of this task

      1 warning in 1 file
      "
    `);
  });

  it("draws a span over several lines at its first and last one", () => {
    const { start } = spanOf(recipe, "schedule");
    const span = { start, end: spanOf(recipe, "  }\n").end - 1 };
    expect(pretty({ ...unknownKey, span, labels: [], notes: [], fixes: [] })).toMatchInlineSnapshot(`
      "error[LV2003]: \`schedule constant_lr\` has no option \`warm_steps\` (unknown-option)
       --> recipes/a.lavis:4:3
        |
      4 |   schedule constant_lr {
        |   ^^^^^^^^^^^^^^^^^^^^^^
       ...
      7 |   }
        |   ^

      1 error in 1 file
      "
    `);
  });

  it("points into other files, and counts the columns of wide characters", () => {
    const labels = [{ span: spanOf(common, "oops"), message: "defined here", path: common.path }];
    expect(pretty({ ...unknownKey, labels, notes: [], fixes: [] })).toMatchInlineSnapshot(`
      "error[LV2003]: \`schedule constant_lr\` has no option \`warm_steps\` (unknown-option)
       --> recipes/a.lavis:6:5
        |
      6 |     warm_steps = 5
        |     ^^^^^^^^^^
       ::: common.lavis:1:20
        |
      1 | let größe = "画像" + oops
        |                      ---- defined here

      1 error in 1 file
      "
    `);
  });

  it("points behind the end of a file", () => {
    const { length } = recipe.text;
    const span = { start: length, end: length };
    expect(pretty({ ...unknownKey, span, labels: [], notes: [], fixes: [] })).toContain(
      "recipes/a.lavis:9:1",
    );
  });

  it("shows tabs as spaces and keeps underlines below their text", () => {
    const span = spanOf(recipe, "init_lr");
    const lines = pretty({ ...unknownKey, span, labels: [], notes: [], fixes: [] }).split("\n");
    const line = lines.find((row) => row.includes("init_lr"));
    const underline = lines.find((row) => row.includes("^"));
    expect(underline?.indexOf("^")).toBe(line?.indexOf("init_lr"));
  });

  it("shows inserted and removed lines of a fix", () => {
    const line = spanOf(recipe, "    warm_steps = 5\n");
    const removal = { title: "remove it", applicability: "safe", edits: [{ span: line, text: "" }] } as const;
    expect(pretty({ ...unknownKey, labels: [], notes: [], fixes: [removal] })).toContain(
      "fix: remove it\n6 | -     warm_steps = 5\n",
    );
    const at = { start: line.end, end: line.end };
    const insertion = { ...removal, title: "add it", edits: [{ span: at, text: "    max_epoch = 5\n" }] };
    expect(pretty({ ...unknownKey, labels: [], notes: [], fixes: [insertion] })).toContain(
      "fix: add it\n7 | +     max_epoch = 5\n",
    );
  });

  it("says so when there is nothing to say", () => {
    expect(pretty()).toBe("no problems in 1 file\n");
  });

  it("takes colours away and back without changing the text", () => {
    const coloured = reporters.pretty(report(unknownKey, lengths), colourStyle);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes are what is removed
    expect(coloured.replaceAll(/\u001b\[[\d;]*m/g, "")).toBe(pretty(unknownKey, lengths));
    expect(coloured).toContain("\u001b[1;31merror[LV2003]");
  });
});

describe("colours", () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "" }, true],
    [false, { FORCE_COLOR: "1" }, true],
    [true, { FORCE_COLOR: "0" }, false],
    [true, { TERM: "dumb" }, false],
  ])("on a terminal: %s, with %j: %s", (isTerminal, environment, expected) => {
    expect(wantsColour(isTerminal, environment)).toBe(expected);
  });
});

describe("the JSON report", () => {
  it("holds places as offsets, lines and columns", () => {
    const value = JSON.parse(reporters.json(report(unknownKey, lengths)));
    expect(value.summary).toEqual({ files: 1, errors: 1, warnings: 1, hints: 0 });
    expect(value.diagnostics[0]).toMatchObject({
      code: "LV2003",
      path: "recipes/a.lavis",
      start: { line: 6, column: 5 },
      end: { line: 6, column: 15 },
      fixes: [{ applicability: "safe", edits: [{ path: "recipes/a.lavis", text: "warmup_steps" }] }],
    });
  });
});

describe("the GitHub report", () => {
  it("annotates lines, with what would break a command escaped", () => {
    const tricky = { ...lengths, message: "50% of\nall", path: "a,b:c.lavis", labels: [], fixes: [] };
    expect(reporters.github(report(unknownKey, tricky))).toMatchInlineSnapshot(`
      "::error file=recipes/a.lavis,line=6,endLine=6,col=5,endColumn=15,title=LV2003 unknown-option::\`schedule constant_lr\` has no option \`warm_steps\`%0Adid you mean \`warmup_steps\`?%0Aits options are%0Alisted by \`lavisc explain\`%0Afix: write \`warmup_steps\`
      ::warning file=a%2Cb%3Ac.lavis,line=1,endLine=1,col=1,endColumn=1,title=LV3010 min-len-above-max-len::50%25 of%0Aall
      1 error and 1 warning in 1 file
      "
    `);
  });
});
