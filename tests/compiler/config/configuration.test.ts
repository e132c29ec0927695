import Ajv from "ajv";
import { describe, expect, it } from "vitest";
import {
  ConfigurationError,
  Configurations,
  configurationKeys,
  configurationSchema,
  matchesGlob,
  readConfiguration,
} from "../../../compiler/config/index.ts";
import { lintRules } from "../../../compiler/lint/index.ts";
import { memoryHost } from "../../../compiler/program/index.ts";

const read = (text: string) => readConfiguration(text, "lavisc.json", "/project");
function problemsOf(text: string): string[] {
  try {
    read(text);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.hint.split("\n  ");
    throw error;
  }
}

describe("reading lavisc.json", () => {
  it("fills in what is not given", () => {
    expect(read("{}")).toEqual({
      path: "lavisc.json",
      folder: "/project",
      levels: new Map(),
      overrides: "all",
      inlineSuppression: true,
      deviceMemory: undefined,
      baseline: undefined,
      files: ["**/*.lavis"],
      ignore: [],
    });
  });

  it("reads every key, rules by slug or code", () => {
    const text = JSON.stringify({
      $schema: "./lavisc.schema.json",
      rules: { "unused-let": "off", LV4002: "error" },
      overrides: "params-only",
      inlineSuppression: false,
      deviceMemory: "24GB",
      baseline: "known.json",
      files: ["recipes/*.lavis"],
      ignore: ["old"],
    });
    expect(read(text)).toMatchObject({
      levels: new Map([
        ["LV4012", "off"],
        ["LV4002", "error"],
      ]),
      overrides: "params-only",
      inlineSuppression: false,
      deviceMemory: 24e9,
      baseline: "known.json",
      files: ["recipes/*.lavis"],
      ignore: ["old"],
    });
  });

  it.each([
    ["80GB", 80e9],
    ["1.5 TB", 1.5e12],
    ["11_264MB", 11_264e6],
    ["512B", 512],
  ])("reads the device's memory: %s", (deviceMemory, bytes) => {
    expect(read(JSON.stringify({ deviceMemory })).deviceMemory).toBe(bytes);
    expect(new Ajv.default().validate(configurationSchema([]), { deviceMemory })).toBe(true);
  });

  it.each(["24", "24GiB", "-1GB", "0GB", "GB", "", " 1GB"])("refuses as the device's memory: %s", (text) => {
    expect(problemsOf(JSON.stringify({ deviceMemory: text }))).toEqual([
      "lavisc.json:1:17: `deviceMemory` takes a size such as `24GB`",
    ]);
  });

  it("refuses a number as the device's memory, which has no unit", () => {
    expect(problemsOf('{"deviceMemory": 24}')).toHaveLength(1);
  });

  it.each([
    ['{ "rulse": {} }', "1:3: there is no key `rulse`. Did you mean `rules`?"],
    [
      '{ "xyz": 1 }',
      "1:3: there is no key `xyz`. There is `rules`, `overrides`, `inlineSuppression`, `deviceMemory`, `baseline`, `files` and `ignore`.",
    ],
    ['{ "rules": [] }', "1:12: `rules` takes an object from rules to `off`, `warn` or `error`"],
    [
      '{ "rules": { "unused-lte": "off" } }',
      "1:14: there is no rule `unused-lte`. Did you mean `unused-let`?",
    ],
    ['{ "rules": { "LV3006": "off" } }', "1:14: `LV3006` is an error of the language, which has no level"],
    [
      '{ "rules": { "unused-let": "warning" } }',
      "1:28: `unused-let` takes `off`, `warn` or `error`. Did you mean `warn`?",
    ],
    ['{ "rules": { "unused-let": 0 } }', "1:28: `unused-let` takes `off`, `warn` or `error`"],
    ['{ "rules": { "unused-let": "off", "LV4012": "off" } }', "1:35: the rule `unused-let` is given twice"],
    ['{ "overrides": "none" }', "1:16: `overrides` takes `all` or `params-only`"],
    ['{ "inlineSuppression": "no" }', "1:24: `inlineSuppression` takes `true` or `false`"],
    ['{ "baseline": "" }', "1:15: `baseline` takes a path"],
    ['{ "files": "*.lavis" }', "1:12: `files` takes a list of patterns in brackets"],
    ['{ "ignore": [1] }', "1:14: each of `ignore` is a pattern in quotes"],
    ['{ "files": [], "files": [] }', "1:16: `files` is given twice"],
    ["[]", "1:1: expected an object in braces"],
    ["", "1:1: expected a value, found the end of the file"],
    ['{\n  "files": [],\n}', "3:1: expected a key in double quotes, found `}`"],
    ["{ files: [] }", "1:3: expected a key in double quotes, found `f`"],
    ["{} {}", "1:4: expected the end of the file, found `{`"],
    ['{ "a" 1 }', "1:7: expected `:`, found `1`"],
    ['{ "a": tru }', "1:8: expected a value, found `t`"],
    ['{ "a": 01 }', "1:8: expected a value, found `0`"],
    ['{ "a": "x\n" }', '1:8: expected a string on one line, with its closing quote, found `"`'],
    ['{ "a": "\\q" }', '1:8: expected a string with valid escapes, found `"`'],
    [`${"[".repeat(200)}`, "1:102: nested too deeply"],
  ])("refuses %s", (text, problem) => {
    expect(problemsOf(text)).toEqual([`lavisc.json:${problem}`]);
  });

  it("says all that is wrong at once", () => {
    expect(problemsOf('{ "a": 1, "overrides": 2, "rules": { "b": "off" } }')).toHaveLength(3);
  });

  it("skips a byte order mark, and reads nested values of keys that it refuses", () => {
    expect(read('\ufeff{ "files": ["a"] }').files).toEqual(["a"]);
    expect(problemsOf('{ "a": { "b": [1.5e3, -2, null, false, "\\u00e9"] } }')).toHaveLength(1);
  });
});

describe("finding lavisc.json", () => {
  const files = {
    "/lavisc.json": '{ "overrides": "params-only" }',
    "/a/b/lavisc.json": "{}",
    "/a/c/x.lavis": "",
  };
  it("takes the nearest one above a file", () => {
    const configurations = new Configurations(memoryHost(files));
    expect(configurations.ofFile("/a/c/x.lavis")).toMatchObject({ folder: "/", overrides: "params-only" });
    expect(configurations.ofFile("/a/b/d/y.lavis")).toMatchObject({ folder: "/a/b", overrides: "all" });
    expect(configurations.ofFile("/a/b/y.lavis")).toBe(configurations.ofFile("/a/b/d/z.lavis"));
  });

  it("does without", () => {
    expect(new Configurations(memoryHost({})).ofFile("/x/y.lavis").path).toBeUndefined();
  });

  it("does not go past one that cannot be read", () => {
    const host = { ...memoryHost(files), readFile: () => ({ problem: "may not be read by you" }) };
    expect(() => new Configurations(host).ofFile("/x.lavis")).toThrow(ConfigurationError);
  });
});

it.each([
  ["a.lavis", "*.lavis", true],
  ["deep/er/a.lavis", "*.lavis", true],
  ["deep/a.lavis", "./*.lavis", true],
  ["deep/a.lavis", "/*.lavis", false],
  ["recipes/a.lavis", "recipes/*.lavis", true],
  ["recipes/b/a.lavis", "recipes/*.lavis", false],
  ["recipes/b/a.lavis", "recipes/**/*.lavis", true],
  ["recipes/a.lavis", "recipes/**/*.lavis", true],
  ["old/a.lavis", "old", true],
  ["older/a.lavis", "old", false],
  ["x/old/a.lavis", "old/", true],
  ["a/b.lavis", "{a,c}/b.lavis", true],
  ["d/b.lavis", "{a,c}/b.lavis", false],
  ["a1.lavis", "a?.lavis", true],
  ["a+(1).lavis", "a+(1).lavis", true],
  ["axlavis", "a.lavis", false],
  ["a/b/c.lavis", "a/**", true],
])("the path %s and the pattern %s", (path, pattern, matches) => {
  expect(matchesGlob(path, pattern)).toBe(matches);
});

describe("the JSON schema of lavisc.json", () => {
  const names = lintRules.flatMap(({ slug, code }) => [slug, code]);
  const isValid = new Ajv.default({ strict: true }).compile(configurationSchema(names));
  it("takes what the reader takes", () => {
    const examples = Object.fromEntries(
      Object.entries(configurationKeys).map(([key, { example }]) => [key, example]),
    );
    expect(isValid(examples)).toBe(true);
    expect(problemsOf(JSON.stringify(examples))).toEqual([]);
  });

  it.each([
    { rulse: {} },
    { rules: { "unused-lte": "off" } },
    { overrides: "none" },
    { files: [1] },
    { baseline: "" },
  ])("refuses what the reader refuses: %j", (value) => {
    expect(isValid(value)).toBe(false);
    expect(problemsOf(JSON.stringify(value))).not.toEqual([]);
  });
});
