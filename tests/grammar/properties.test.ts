import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { childrenOf, format, type Node, parse, type Span, visit } from "../../grammar/index.ts";
import { brokenRecipe, commentedRecipe, meaning, wholeRecipe } from "./support.ts";

/** Pieces that break things, and pieces that do not. */
const pieces =
  "{ } [ ] ( ) \" ' ${ = == : , . - + * / | ? @ ; # 1 % x true use remove recipe param let from import \\ /* */ “".split(
    " ",
  );
const piece = fc.constantFrom(
  ...pieces,
  "\n",
  "\n\n",
  "\r\n",
  " ",
  "// c\n",
  "/// d\n",
  "# h\n",
  "a = 1\n",
  "b { c = 2 }\n",
);

interface Edit {
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
}

/** A recipe after a few edits that know nothing of the language, cut off somewhere or not. */
const mutant = fc
  .record({
    base: fc.constantFrom(wholeRecipe, commentedRecipe, brokenRecipe),
    edits: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        removed: fc.nat(8),
        inserted: fc.oneof(piece, fc.constant("")),
      }),
      { minLength: 0, maxLength: 4 },
    ),
    kept: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  })
  .map(({ base, edits, kept }) => edits.reduce(apply, base).slice(0, Math.ceil(kept * base.length) + 64));

function apply(text: string, { at, removed, inserted }: Edit): string {
  const start = Math.floor(at * text.length);
  return text.slice(0, start) + inserted + text.slice(start + removed);
}

/** A value of brackets, quotes and interpolations in any order: what is open in a string is closed around it. */
const tangle = fc
  .array(
    fc.constantFrom(
      '"',
      '"${',
      "${",
      "{",
      "}",
      '}"',
      "[",
      "]",
      "(",
      ")",
      "a",
      "b =",
      " ",
      ",",
      ".",
      "-",
      "'",
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(""));

const name = fc.constantFrom("seed", "amp", "run", "from", "use", "true", "a", "blip_caption");
const plainName = fc.constantFrom("cuda", "val", "a", "blip_caption", "x1");
const space = fc.constantFrom("", " ", "  ");
const gap = fc.constantFrom("", " ", "\n", " // c\n", "\n\n  // d\n");

/** Texts of expressions that are right, with space and comments where they may be. */
const { expression } = fc.letrec<{
  expression: string;
  list: string;
  call: string;
  sum: string;
  text: string;
}>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("1", "-2.5e-3", "57_600", "384px", "25%", "true", "none", '"a\\n"', "cuda", "a.b"),
    tie("list"),
    tie("call"),
    tie("sum"),
    tie("text"),
  ),
  list: fc
    .array(fc.tuple(tie("expression"), gap))
    .map((all) => `[${all.map(([one, after]) => one + after).join(",")}]`),
  call: fc
    .tuple(plainName, fc.array(fc.tuple(fc.option(name), tie("expression"), gap)))
    .map(
      ([callee, all]) =>
        `${callee}(${all.map(([key, one, after]) => `${key === null ? "" : `${key}=`}${one}${after}`).join(",")})`,
    ),
  sum: fc
    .tuple(tie("expression"), fc.constantFrom("+", " - ", "*", " / "), gap, tie("expression"))
    .map(([left, operator, after, right]) => `(${left}${operator}${after}${right})`),
  text: tie("expression").map((inner) => (/["\n]/.test(inner) ? '"t"' : `"a$\{${inner}}b"`)),
}));

/** Texts of blocks that are right. */
const { block } = fc.letrec<{ block: string; item: string }>((tie) => ({
  item: fc.oneof(
    { depthSize: "small" },
    fc.tuple(name, space, expression).map(([key, around, value]) => `${key}${around}=${around}${value}`),
    plainName.map((one) => `use ${one}`),
    plainName.map((one) => `remove ${one}`),
    fc.tuple(plainName, plainName).map(([kind, label]) => `remove ${kind} ${label}`),
    fc
      .tuple(plainName, fc.constantFrom("", " a", " a.b7", " clip.ViT-B-32"), tie("block"))
      .map((all) => all.join("")),
  ),
  block: fc
    .array(fc.tuple(tie("item"), fc.constantFrom("\n", ", ", "\n\n\n", " // c\n", ",\n/// d\n")), {
      maxLength: 5,
    })
    .map((all) => ` {${all.map(([one, after]) => one + after).join("")}}`),
}));
const recipe = fc
  .tuple(
    fc.constantFrom("", "lavis 1\n", "// c\n\n", 'import { a, b } from "c"\n'),
    fc.constantFrom("", "/// d\n", "let x = 1\n"),
    block,
  )
  .map(([header, before, body]) => `${header}${before}recipe r${body}`);

const commentsOf = (text: string) =>
  parse(text).tree.comments.map(({ style, text: words }) => [style, words]);
const codesOf = (text: string) => parse(text).diagnostics.map(({ code, message }) => [code, message]);

const keysOf = (text: string) => {
  const keys: string[] = [];
  visit(parse(text).tree, { entry: ({ key }) => keys.push(key.text) });
  return keys;
};

/** Every span of the tree, of the diagnostics, their labels and their edits that is none of the text. */
function misplaced(text: string): readonly Span[] {
  const { tree, diagnostics } = parse(text);
  const spans = diagnostics.flatMap(({ span, labels, fixes }) => [
    span,
    ...labels.map((label) => label.span),
    ...fixes.flatMap((fix) => fix.edits.map((edit) => edit.span)),
  ]);
  const add = (node: Node) => {
    spans.push(node.span);
    for (const child of childrenOf(node)) add(child);
  };
  add(tree);
  // Written so that a bound that is no number is misplaced too.
  return spans.filter(({ start, end }) => !(0 <= start && start <= end && end <= text.length));
}

describe("for every recipe that is right", () => {
  it("the parser agrees, and formatting keeps tree and comments and is stable", () => {
    fc.assert(
      fc.property(recipe, (text) => {
        expect(codesOf(text)).toEqual([]);
        const formatted = format(text);
        expect(meaning(parse(formatted).tree)).toEqual(meaning(parse(text).tree));
        expect(commentsOf(formatted)).toEqual(commentsOf(text));
        expect(format(formatted)).toBe(formatted);
      }),
      { numRuns: 300 },
    );
  });
});

describe("for every text, right or not", () => {
  it("parsing gives a tree whose spans lie in the text, and diagnostics in order", () => {
    fc.assert(
      fc.property(mutant, (text) => {
        const { tree, diagnostics } = parse(text);
        expect(tree.span).toEqual({ start: 0, end: text.length });
        expect(misplaced(text)).toEqual([]);
        const starts = diagnostics.map(({ span }) => span.start);
        expect(starts).toEqual(starts.toSorted((a, b) => a - b));
      }),
      { numRuns: 2000 },
    );
  });

  it("a tangle of brackets and strings hides neither the recipe around it nor the next one", () => {
    fc.assert(
      fc.property(tangle, (value) => {
        const text = `recipe r {\n  a = ${value}\n}\nrecipe s {\n  last = 1\n}\n`;
        expect(misplaced(text)).toEqual([]);
        const names = parse(text).tree.declarations.map(({ name }) => name.text);
        expect(names).toEqual(["r", "s"]);
        expect(keysOf(text)).toContain("last");
      }),
      { numRuns: 3000 },
    );
  });

  it("parsing survives every prefix of the samples", () => {
    for (const sample of [wholeRecipe, commentedRecipe, brokenRecipe]) {
      for (let end = 0; end < sample.length; end += 3)
        expect(() => parse(sample.slice(0, end))).not.toThrow();
    }
  });

  it("parsing survives arbitrary characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => void parse(text)),
      { numRuns: 500 },
    );
  });

  it("formatting is stable and keeps comments and diagnostics", () => {
    fc.assert(
      fc.property(mutant, (text) => {
        const formatted = format(text);
        expect(format(formatted)).toBe(formatted);
        expect(codesOf(formatted)).toEqual(codesOf(text));
        expect(commentsOf(formatted)).toEqual(commentsOf(text));
      }),
      { numRuns: 400 },
    );
  });
});
