// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the recipes under test have interpolations.

import { describe, expect, it } from "vitest";
import { format, type Item, parse, type Recipe } from "../../grammar/index.ts";
import { brokenRecipe, check } from "./support.ts";

function itemsOf(text: string): readonly Item[] {
  const recipe = parse(text).tree.declarations.find((declaration) => declaration.kind === "recipe");
  return (recipe as Recipe).block.items;
}

describe("after a mistake", () => {
  it("every other line is still read", () => {
    const items = itemsOf(
      "recipe r {\n  seed 42\n  lr = = 3\n  a @ b\n  l = [1, 2\n  amp = True\n  device = cuda\n}",
    );
    const entries = items.flatMap((item) => (item.kind === "entry" ? [item.key.text] : []));
    expect(entries).toEqual(["seed", "lr", "l", "amp", "device"]);
  });

  it("each is told once, in the order of the text", () => {
    const lines = check(brokenRecipe).map((line) => Number.parseInt(line, 10));
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
    // Every line with a mistake is named; lines 1, 6, 17, 31 and others without one are not.
    const mistaken = [
      2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
    ];
    expect(mistaken.filter((line) => !lines.includes(line))).toEqual([]);
    expect(lines.filter((line) => [1, 6, 17, 31].includes(line))).toEqual([]);
  });

  it("a recipe whose brace is missing ends before the next declaration", () => {
    const text = "recipe a {\n  run {\n    seed = 1\n\n/// Doc.\nrecipe b {\n  seed = 2\n}";
    expect(check(text)).toEqual(["2:7 unclosed-bracket: `{` is never closed"]);
    expect(parse(text).tree.declarations).toMatchObject([
      { name: { text: "a" }, block: { items: [{ block: { items: [{ key: { text: "seed" } }] } }] } },
      { name: { text: "b" }, docs: [{ text: "Doc." }] },
    ]);
  });

  it("a brace too many does not end the recipe: what follows is still in it", () => {
    const text = "recipe a {\n  run { seed = 1 }}\n  model m.base {\n  }\n  task t\n}\nlet b = 1";
    expect(check(text)).toEqual(["2:19 unmatched-bracket: `}` closes nothing"]);
    expect(itemsOf(text).map((item) => item.kind)).toEqual(["section", "broken", "section", "section"]);
    expect(parse(text).tree.declarations).toHaveLength(2);
    expect(format(text)).toContain("run { seed = 1 }}\n");
  });

  it("nor does one whose opening partner is missing", () => {
    const text = "recipe a {\n  run\n    seed = 1\n  }\n  model m.base {\n  }\n}";
    expect(check(text)).toEqual(["4:3 unmatched-bracket: `}` closes nothing"]);
    expect(itemsOf(text).map((item) => item.kind)).toContain("section");
  });

  it("a section that really stands behind its recipe is told so", () => {
    expect(check("recipe a {\n}\nrun {\n}")).toHaveLength(1);
    expect(check("let a = 1\nrun {\n}\n}")).toEqual([
      "2:1 outside-recipe: the section `run` cannot stand outside a recipe",
      "4:1 unmatched-bracket: `}` closes nothing",
    ]);
  });

  it("a declaration inside a block is left out, and the block goes on", () => {
    const text = "recipe a {\n  let x = 1\n  param p: number {\n    y = 2\n  }\n  seed = 1\n}";
    expect(check(text).map((line) => line.split(":", 2).join(":"))).toEqual([
      "2:3 nested-declaration",
      "3:3 nested-declaration",
    ]);
    expect(itemsOf(text).map((item) => item.kind)).toEqual(["broken", "broken", "entry"]);
  });

  it("a list that is never closed does not swallow the section behind it", () => {
    const text = "recipe a {\n  l = [1,\n    2\n  model m.base {\n    seed = 1\n  }\n  use f\n}";
    expect(check(text)).toEqual(["2:7 unclosed-bracket: `[` is never closed"]);
    expect(itemsOf(text).map((item) => item.kind)).toEqual(["entry", "section", "use"]);
  });

  it.each([
    ["model m.", "missing-name: expected a name behind the dot, found the end of the line"],
    ["lr = a +", "missing-value: expected a value after `+`, found the end of the line"],
  ])("a line that breaks off does not swallow the section behind it: %s", (line, says) => {
    const text = `recipe a {\n  ${line}\n  dataset d\n  use f\n}`;
    expect(check(text)).toEqual([`2:${line.length + 3} ${says}`]);
    expect(itemsOf(text).slice(1)).toMatchObject([{ label: { text: "d" } }, { kind: "use" }]);
    const whole = "recipe a {\n  model m.\n    base {\n  }\n  lr = a +\n    b\n}";
    expect(check(whole)).toEqual([]);
  });

  it("a call that lacks a comma is not taken for one that is never closed", () => {
    expect(check("recipe a {\n  f = g(\n    a = 1\n    b = 2\n  )\n  c = 3\n}")).toEqual([
      "3:10 missing-comma: `,` is missing between these two arguments",
    ]);
  });

  it.each(['"${ {a}"', '"${ [ {a}"', '"a ${ { "${ [ }" }"'])(
    "a brace in a string closes nothing outside: %s",
    (value) => {
      const text = `recipe a {\n  b = ${value}\n  c = 3\n}\nlet d = 4`;
      expect(check(text)).toHaveLength(1);
      expect(itemsOf(text).map((item) => item.kind)).toEqual(["entry", "entry"]);
      expect(parse(text).tree.declarations).toHaveLength(2);
    },
  );

  it("brackets that nest too deep in a string end with it", () => {
    const text = `let a = "\${${"[".repeat(100)}}"\nlet b = 2`;
    expect(parse(text).tree.declarations).toHaveLength(2);
  });

  it("a fragment that lacks its kind does not take the next declaration's word for it", () => {
    const text = "fragment f for\nrecipe r {\n  seed = 1\n}";
    expect(parse(text).tree.declarations.map(({ kind }) => kind)).toEqual(["fragment", "recipe"]);
  });

  it("a second complaint about the same line is left out when the first explains it", () => {
    expect(check("recipe a {\n  b = $\n}")).toEqual([
      "2:7 unexpected-character: the character `$` has no meaning here",
    ]);
    expect(check("recipe a {\n  b = foo@bar/baz 3\n}")).toEqual([
      "2:10 unexpected-character: the character `@` has no meaning here",
    ]);
  });
});

describe("what no person writes", () => {
  it.each([
    ["brackets", "recipe r { a = "],
    ["operators", "let a = 1"],
  ])("is bounded: %s", (what, start) => {
    const text = start + (what === "brackets" ? "[" : " + 1").repeat(20_000);
    const complaint = /nesting-too-deep: (brackets|operators) are nested deeper than \d+ levels/;
    expect(check(text).filter((line) => complaint.test(line))).toHaveLength(1);
  });

  it.each([
    "(",
    "[",
    "{",
    '"${',
    "a{",
    "f(",
    "- ",
    '"',
    "'",
    "/*\n",
    "a = [\nb=",
    "import {\n",
    "recipe r {\n",
    "\\",
    "\u0000",
  ])("is read without failing: %j, three thousand times", (piece) => {
    expect(parse(piece.repeat(3_000)).diagnostics.length).toBeGreaterThan(0);
  });
});
