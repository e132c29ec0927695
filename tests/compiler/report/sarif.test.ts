import { readFileSync } from "node:fs";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { allMessages, explainCode } from "../../../compiler/explain/index.ts";
import { sarifReport } from "../../../compiler/report/sarif.ts";
import { type Diagnostic, type DiagnosticCode, SourceText } from "../../../grammar/index.ts";
import { badRecipe, goodRecipe, workspace } from "../cli/lavisc.ts";

const schemaPath = new URL("../../fixtures/sarif/sarif-2.1.0-rtm.5.json", import.meta.url);
const ajv = new Ajv.default({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const isSarif = ajv.compile(JSON.parse(readFileSync(schemaPath, "utf8")));

const unused = goodRecipe.replace("recipe emoji", "let size = 3\n\nrecipe emoji");
const ignored = unused.replace("let size", "// lavisc-ignore unused-let: for later\nlet size");

/** The log of `lavisc lint --format sarif`, which is valid. */
async function sarifOf(files: Readonly<Record<string, string>>, ...argv: readonly string[]) {
  const { lavisc, folder } = workspace(files);
  const { out, error } = await lavisc(["lint", ".", "--format", "sarif", ...argv]);
  expect(error).toBe("");
  const log = JSON.parse(out);
  expect(isSarif(log), JSON.stringify(isSarif.errors)).toBe(true);
  return { run: log.runs[0], text: out, folder };
}

describe("the SARIF report", () => {
  it("is valid without results", async () => {
    const { run } = await sarifOf({ "a.lavis": goodRecipe });
    expect(run).toMatchObject({
      columnKind: "utf16CodeUnits",
      results: [],
      tool: { driver: { name: "lavisc" } },
    });
  });

  it("has results with a place, a fix, and a rule that helps", async () => {
    const { run } = await sarifOf({ "my recipes/ä.lavis": badRecipe });
    const { rules } = run.tool.driver;
    expect(run.results).toHaveLength(1);
    const [result] = run.results;
    expect(rules[result.ruleIndex]).toMatchObject({
      id: "LV2009",
      name: "UnknownKey",
      help: {
        text: expect.stringContaining("LAVIS reads options by name"),
        markdown: expect.stringContaining("```lavis"),
      },
    });
    expect(result.locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: "my%20recipes/%C3%A4.lavis", uriBaseId: "%SRCROOT%" },
      region: {
        startLine: 12,
        startColumn: 5,
        endLine: 12,
        endColumn: 14,
        charOffset: badRecipe.indexOf("max_epohc"),
        charLength: 9,
      },
    });
    const [replacement] = result.fixes[0].artifactChanges[0].replacements;
    expect(replacement).toMatchObject({
      insertedContent: { text: "max_epoch" },
      deletedRegion: { charLength: 9 },
    });
    expect(result.fixes[0].properties).toEqual({ applicability: "unsafe" });
    expect(result).not.toHaveProperty("suppressions");
  });

  it("tells everything about every code itself, and leads to no address that is not there", () => {
    const source = new SourceText("lavis 1\n", "a.lavis");
    const codes = Object.keys(allMessages) as DiagnosticCode[];
    const diagnostics = codes.map((code): Diagnostic => {
      const { slug = "", severity = "error" } = allMessages[code] ?? {};
      const place = { path: "a.lavis", span: { start: 0, end: 5 }, labels: [], notes: [], fixes: [] };
      return { code, slug, severity, message: "wrong", ...place };
    });
    const log = JSON.parse(
      sarifReport({ diagnostics, sources: new Map([["a.lavis", source]]), numFiles: 1 }),
    );
    expect(isSarif(log), JSON.stringify(isSarif.errors)).toBe(true);
    const { rules } = log.runs[0].tool.driver;
    expect(rules.map((rule: { id: string }) => rule.id)).toEqual([...codes].sort());
    for (const rule of rules) {
      const explanation = explainCode(rule.id)?.explanation;
      expect(rule.help).toEqual({ text: explanation, markdown: explanation });
      expect(rule.fullDescription.text.length).toBeGreaterThan(40);
      expect(rule).not.toHaveProperty("helpUri");
    }
  });

  it("names no folder of the machine, and is the same wherever it runs", async () => {
    const [first, second] = [
      await sarifOf({ "a.lavis": badRecipe }),
      await sarifOf({ "a.lavis": badRecipe }),
    ];
    expect(first.text).toBe(second.text);
    expect(first.text).not.toContain(first.folder);
  });

  it("has fingerprints that stay when lines move", async () => {
    const of = async (text: string) => {
      const { run } = await sarifOf({ "a.lavis": text });
      return run.results.map((result: { partialFingerprints: unknown }) => result.partialFingerprints);
    };
    const before = await of(unused);
    expect(before).toHaveLength(1);
    expect(await of(`// A comment.\n\n${unused}`)).toEqual(before);
    expect(await of(unused.replace("size = 3", "length = 3"))).not.toEqual(before);
  });

  it("says of results that a comment or a baseline ignores why they are ignored", async () => {
    const { run } = await sarifOf({ "a.lavis": ignored, "b.lavis": unused });
    const suppressions = run.results.map((result: { suppressions: unknown }) => result.suppressions);
    expect(suppressions).toEqual([[], [{ kind: "inSource", justification: "for later" }]]);
    const { lavisc } = workspace({ "a.lavis": unused });
    await lavisc(["lint", "--baseline", "known.json", "--write-baseline"]);
    const { out } = await lavisc(["lint", "--baseline", "known.json", "--format", "sarif"]);
    expect(isSarif(JSON.parse(out))).toBe(true);
    expect(JSON.parse(out).runs[0].results[0].suppressions[0].kind).toBe("external");
  });

  it("has labels as related locations, also in other files", async () => {
    const { run } = await sarifOf({
      "a.lavis": 'import { rate } from "lib/shared.lavis"\nparam rate: number = 2\n',
      "lib/shared.lavis": "let rate = 1\n",
    });
    expect(run.results[0].relatedLocations[0].physicalLocation.artifactLocation.uri).toMatch(/\.lavis$/);
  });
});
