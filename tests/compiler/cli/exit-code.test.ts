import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../../compiler/cli/checking.ts";
import type { Diagnostic, Severity } from "../../../grammar/index.ts";
import { badRecipe, goodRecipe, workspace } from "./lavisc.ts";

const about = (severity: Severity): Diagnostic => ({
  code: "LV4001",
  slug: "made-up",
  severity,
  message: "made up",
  path: "a.lavis",
  span: { start: 0, end: 1 },
  labels: [],
  notes: [],
  fixes: [],
});

it.each<[readonly Severity[], number | undefined, number]>([
  [[], undefined, 0],
  [["info", "info"], 0, 0],
  [["warning", "warning"], undefined, 0],
  [["warning", "warning"], 2, 0],
  [["warning", "warning"], 1, 1],
  [["warning"], 0, 1],
  [["error"], undefined, 1],
  [["error"], 5, 1],
])("%j with --max-warnings %s exits with %i", (severities, maxWarnings, code) => {
  expect(exitCodeOf({ diagnostics: severities.map(about) }, maxWarnings)).toBe(code);
});

/** The commands that read recipes, and what they exit with: for one without mistakes, for one with an error, and for one that is empty. */
const reading: readonly [command: string, good: number, bad: number, empty: number][] = [
  ["build", 0, 1, 2],
  ["check", 0, 1, 0],
  ["lint", 0, 1, 0],
  ["fmt", 0, 0, 0],
  ["explain", 0, 1, 2],
  ["plan", 0, 1, 2],
];

describe.each(reading)("lavisc %s", (command, good, bad, empty) => {
  it("exits by what it finds in a file", async () => {
    const files = { "good.lavis": goodRecipe, "bad.lavis": badRecipe, "empty.lavis": "lavis 1\n" };
    const { lavisc } = workspace(files);
    const codeOf = async (file: string) => (await lavisc([command, file])).code;
    expect([await codeOf("good.lavis"), await codeOf("bad.lavis"), await codeOf("empty.lavis")]).toEqual([
      good,
      bad,
      empty,
    ]);
  });

  it("exits by what it finds in standard input, which has a name though none is given", async () => {
    const { lavisc } = workspace({});
    expect((await lavisc([command, "-"], goodRecipe)).code).toBe(good);
    const { code, error } = await lavisc([command, "-"], badRecipe);
    expect(code).toBe(bad);
    if (bad !== 0) expect(error).toContain("--> <stdin>:12:5");
    const named = await lavisc([command, "-", "--stdin-filename", "r/a.lavis"], badRecipe);
    if (bad !== 0) expect(named.error).toContain("--> r/a.lavis:12:5");
  });

  it("exits with 2 where a file is not there, is a folder without recipes, or is no text", async () => {
    const { lavisc, folder } = workspace({ "folder/readme.md": "" });
    writeFileSync(join(folder, "latin.lavis"), Buffer.from("// caf\xe9\n", "latin1"));
    for (const file of ["none.lavis", "folder", "latin.lavis"])
      expect(await lavisc([command, file]), file).toMatchObject({
        code: 2,
        out: "",
        error: expect.stringMatching(/^error: /),
      });
  });

  it.each([
    ["no JSON", "{", "lavisc.json:1:2: expected"],
    ["a rule that there is not", '{ "rules": { "unused-lte": "off" } }', "Did you mean `unused-let`?"],
  ])("exits with 2 where lavisc.json has %s, unless it only formats", async (_, text, says) => {
    const { lavisc } = workspace({ "a.lavis": goodRecipe, "lavisc.json": text });
    const { code, error } = await lavisc([command, "a.lavis"]);
    if (command === "fmt") expect(code).toBe(0);
    else expect({ code, error }).toEqual({ code: 2, error: expect.stringContaining(says) });
  });
});
