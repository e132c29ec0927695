import { describe, expect, it } from "vitest";
import { Refusals } from "../../../compiler/import-yaml/refusals.ts";
import { readYaml } from "../../../compiler/import-yaml/yaml/read.ts";
import { SourceText } from "../../../grammar/index.ts";
import { yamlData } from "./lavis-merge.ts";

/** Why a text is refused: code, line and message. */
function refusal(text: string): string | undefined {
  const refusals = new Refusals(new SourceText(text));
  const file = readYaml(refusals);
  expect(file === undefined).toBe(!refusals.isEmpty);
  const [first] = refusals.all();
  return first && `${first.code} ${refusals.source.positionAt(first.span.start).line}: ${first.message}`;
}

describe("scalars are what PyYAML with OmegaConf's loader makes of them", () => {
  it.each([
    ["1e-5", 0.00001],
    ["1E5", 100000],
    ["1.e3", 1000],
    [".5", 0.5],
    [".5e-3", 0.0005],
    // PyYAML wants a sign in the exponent where no digit stands before the point.
    [".5e3", ".5e3"],
    ["+3", 3],
    ["1_000", 1000],
    ["0x1f", 31],
    ["0b101", 5],
    ["017", 15],
    ["0o17", "0o17"],
    ["08", "08"],
    ["1:30", 90],
    ["1:30.5", 90.5],
    ["-.inf", Number.NEGATIVE_INFINITY],
    [".nan", Number.NaN],
    ["2024-01-01", "2024-01-01"],
  ] as const)("the number or text %s", (text, value) => {
    expect(yamlData(`a: ${text}`)).toEqual({ a: value });
  });

  it.each(["yes", "Yes", "on", "ON", "true", "TRUE"])("%s is true", (text) => {
    expect(yamlData(`a: ${text}`)).toEqual({ a: true });
  });

  it.each(["no", "Off", "False"])("%s is false", (text) => {
    expect(yamlData(`a: ${text}`)).toEqual({ a: false });
  });

  it.each(["~", "null", "Null", "NULL", ""])("%j is nothing", (text) => {
    expect(yamlData(`a: ${text}\nb: 1`)).toEqual({ a: null, b: 1 });
  });

  it.each(["y", "N", "oN", "nULL", "'yes'", '"1e-5"'])("%s is a text", (text) => {
    expect(yamlData(`a: ${text}`)).toEqual({ a: text.replace(/['"]/g, "") });
  });

  it("takes YAML's own tags at their word", () => {
    expect(yamlData('a: !!str 5\nb: !!int "5"\nc: !!float 1')).toEqual({ a: "5", b: 5, c: 1 });
  });
});

describe("structure", () => {
  it("unfolds aliases and merge keys; own keys win, and earlier sources", () => {
    const text = "a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\nc: {<<: [{z: 1}, {z: 2, w: 4}]}\nd: *a";
    expect(yamlData(text)).toEqual({
      a: { x: 1, y: 2 },
      b: { y: 3, x: 1 },
      c: { z: 1, w: 4 },
      d: { x: 1, y: 2 },
    });
  });

  it("reads brackets over lines of any indentation, with comments in them", () => {
    const text = 'run:\n  a: {\n"x y": 1, # one\n  b: [1,\n2]\n}\n  c: 3\n';
    expect(yamlData(text)).toEqual({ run: { a: { "x y": 1, b: [1, 2] }, c: 3 } });
  });

  it.each([
    ["quotes", "a: \"x\ny\"\nb: 'p\n\n\tq'\n", { a: "x y", b: "p\nq" }],
    ["quotes in brackets", 'a:\n  b: [\n"x\ny", 2]\n', { a: { b: ["x y", 2] } }],
    ["a line break that is escaped", 'a:\n  b: "x\\\ny"\n', { a: { b: "xy" } }],
    [
      "several, in places of one file",
      "a: [\n1]\nb: {\nc: 2}\nd: 'x\ny'\n",
      { a: [1], b: { c: 2 }, d: "x y" },
    ],
  ])("reads %s over lines of any indentation", (_, text, data) => {
    expect(yamlData(text)).toEqual(data);
  });

  it("takes a comment that stands right behind a bracket or quote for one", () => {
    const text = 'a: [1, # one\n"x"# two\n]# three\nb: "y"#four\nc: {# five\n  d: z#no\n# six\n}\n';
    expect(yamlData(text)).toEqual({ a: [1, "x"], b: "y", c: { d: "z#no" } });
    const file = readYaml(new Refusals(new SourceText(text)));
    const [a, b] = file?.root.kind === "map" ? file.root.entries : [];
    expect(a?.trivia.trailing.concat(a.trivia.leading).map((one) => one.text)).toEqual([
      " one",
      " two",
      " three",
    ]);
    expect(b?.trivia.trailing.map((one) => [one.text, text.slice(one.offset, one.offset + 5)])).toEqual([
      ["four", "#four"],
    ]);
  });

  it("shows what is wrong behind such lines where it stands", () => {
    expect(refusal("a: [\n1,\n2]# x\nb: 1\nb: 2\n")).toBe("LV5003 5: `b` stands twice in this mapping");
  });

  it("knows anchors of keys, a key of a number twice, and `!` for nothing", () => {
    expect(yamlData("&a k: v\nb: *a\n1: x\n1: y\nc: ! 5\n")).toEqual({ k: "v", b: "k", 1: "y", c: 5 });
  });

  it("ends a block text as the file ends", () => {
    expect(yamlData("a: |\n  x")).toEqual({ a: "x" });
    expect(yamlData("a: |\n  x\n")).toEqual({ a: "x\n" });
    expect(yamlData("a: >-\n  x\n  y\n\nb: |+\n  z\n\n")).toEqual({ a: "x y", b: "z\n\n" });
  });

  it.each(["\n", "\r\n", "\r"])("reads a file with a byte order mark and lines that end with %j", (end) => {
    const lines = ["\ufeffa: 1", "b:", "  - x", "c: [", "1,", "  2", "]", 'd: "x', '  y"', ""];
    expect(yamlData(lines.join(end))).toEqual({ a: 1, b: ["x"], c: [1, 2], d: "x y" });
  });

  it("reads brackets over 20,000 badly indented lines in linear time", () => {
    const lines = (count: number) =>
      Array.from({ length: count }, (_, at) => `a${at}: [\n${at}]# c`).join("\n");
    const millisecondsOf = (count: number): number => {
      const text = lines(count);
      const start = performance.now();
      expect(Object.keys(yamlData(text) ?? {})).toHaveLength(count);
      return performance.now() - start;
    };
    millisecondsOf(500);
    // Quadratic would be sixteen times as long for four times the lines.
    expect(millisecondsOf(10_000)).toBeLessThan(10 * Math.max(20, millisecondsOf(2_500)));
  });
});

describe("what LAVIS cannot read is refused with its line", () => {
  it.each([
    ["nothing", "", "LV5002 1: this file holds no configuration"],
    ["only comments", "# a\n\n# b\n", "LV5002 1: this file holds no configuration"],
    [
      "a tab before a value",
      "a: 1\nb:\t2\n",
      "LV5001 2: this is not valid YAML: a tab stands where only spaces may",
    ],
    ["a tab as indentation", "a:\n\tb: 2\n", "LV5001 2: this is not valid YAML: "],
    ["a bracket that stays open", "a: 1\nb: [1\nc: 2\n", "LV5001 3: this is not valid YAML: "],
    ["a quote that stays open", "a: 1\nb: 'x\n", "LV5001 2: this is not valid YAML: "],
    ["a line that is indented too far", "a:\n  b: 1\n   c: 2\n", "LV5001 2: this is not valid YAML: "],
    ["a text that needs quotes", "a: 1\nb: @x\n", "LV5001 2: this is not valid YAML: a text that starts"],
    ["a second document", "a: 1\n---\nb: 2\n", "LV5001 2: this is not valid YAML: a second document"],
    ["a key that stands twice", "a:\n  b: 1\n  c: 2\n  b: 3\n", "LV5003 4: `b` stands twice in this mapping"],
    ["an alias without an anchor", "a: *x\n", "LV5004 1: `*x` cannot be read: there is no anchor"],
    ["an alias before its anchor", "a: *x\nb: &x 1\n", "LV5004 1: `*x` cannot be read: there is no anchor"],
    [
      "an alias inside of its anchor",
      "a: &x\n  b: *x\n",
      "LV5004 2: `*x` cannot be read: it contains itself",
    ],
    ["a tag of Python's", "a: !!python/object:os.system x\n", "LV5004 1: this value cannot be read: "],
    ["a tag that does not fit", "a: !!int x\n", "LV5004 1: this value cannot be read: it does not fit"],
    ["a key that is a list", "? [a]\n: 1\n", "LV5004 1: this key cannot be read: keys must be plain"],
    ["a key that is nothing", ": 1\n", "LV5004 1: this key cannot be read: keys must be plain texts"],
    ["a null key", "a: 1\n~: 2\n", "LV5004 2: this key cannot be read: keys must be plain texts"],
    ["a sign of PyYAML's", "a: =\n", "LV5004 1: `=` cannot be read: PyYAML takes it for a sign of its own"],
    ["a merge as a value", "a: <<\n", "LV5004 1: `<<` cannot be read: "],
    ["a name that no anchor can have", "a: &x.y 1\n", "LV5004 1: `&x.y` cannot be read: names of anchors"],
    [
      "a control character",
      'a: 1\nb: "x\u0007"\n',
      "LV5001 2: this is not valid YAML: the control character U+0007",
    ],
    [
      "a document's mark in quotes",
      'a: "x\n---\ny"\n',
      "LV5001 1: this is not valid YAML: something that was",
    ],
    [
      "brackets without end",
      `a: 1\nb: ${"[".repeat(5000)}${"]".repeat(5000)}\n`,
      "LV5004 2: this value cannot be read: more than 100 mappings and lists lie in each other here",
    ],
    [
      "blocks without end",
      Array.from({ length: 3000 }, (_, depth) => `${" ".repeat(depth)}a:\n`).join(""),
      "this value cannot be read: more than 100 mappings and lists lie in each other here",
    ],
    ["a merge of no mapping", "a: 1\n<<: 5\n", "LV5004 2: `<<` cannot be read: it merges mappings"],
  ])("%s", (_, text, message) => {
    expect(refusal(text)).toContain(message);
  });

  it("but no file for its length", () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => `k${at}: {a: [1, 2, {b: c}]}`);
    expect(refusal(lines.join("\n"))).toBeUndefined();
  });

  it("aliases of aliases that unfold to more than a configuration can be", () => {
    const levels = Array.from({ length: 12 }, (_, at) => `a${at}: &a${at} [${"*aX, ".repeat(9)}1]`);
    const text = levels.map((line, at) => (at === 0 ? "a0: &a0 [1]" : line.replaceAll("aX", `a${at - 1}`)));
    expect(refusal(text.join("\n"))).toContain("it unfolds to more than a configuration can be");
  });
});
