// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the recipes under test have interpolations.

import { describe, expect, it } from "vitest";
import { check, checkItems, fix, fixItems } from "./support.ts";

/** What people type, what they are told and where, and what its fixes make of it (nothing where there is none). */
interface Mistake {
  readonly text: string;
  readonly says: readonly string[];
  readonly fixed?: string;
}

const inItems: readonly Mistake[] = [
  {
    text: "seed: 42",
    says: ["1:5 colon-assignment: `seed` is followed by `:`; recipes write `seed = …`"],
    fixed: "seed = 42",
  },
  {
    text: "run: { a = 1 }",
    says: ["1:4 colon-assignment: `run` is followed by `:`; recipes write `run { … }`"],
    fixed: "run { a = 1 }",
  },
  {
    text: "run:\n  seed = 1",
    says: ["1:4 colon-assignment: `run` is followed by `:`; recipes write `run { … }`"],
  },
  {
    text: "amp = True",
    says: ["1:7 foreign-literal: `True` is written `true` in a recipe"],
    fixed: "amp = true",
  },
  {
    text: "x = null",
    says: ["1:5 foreign-literal: `null` is written `none` in a recipe"],
    fixed: "x = none",
  },
  {
    text: "x = 1 # note",
    says: ["1:7 hash-comment: `#` does not start a comment; `//` does"],
    fixed: "x = 1 // note",
  },
  {
    text: "x = 'it is \"so\"'",
    says: ["1:5 foreign-quotes: a string stands in double quotes, not in `'`"],
    fixed: 'x = "it is \\"so\\""',
  },
  {
    text: "x = “a”",
    says: ["1:5 foreign-quotes: a string stands in double quotes, not in `“`"],
    fixed: 'x = "a"',
  },
  {
    text: "seed 42",
    says: ["1:6 missing-equals: `=` is missing between `seed` and its value"],
    fixed: "seed = 42",
  },
  {
    text: "amp true",
    says: ["1:5 missing-equals: `=` is missing between `amp` and its value"],
    fixed: "amp = true",
  },
  {
    text: "list [1]",
    says: ["1:6 missing-equals: `=` is missing between `list` and its value"],
    fixed: "list = [1]",
  },
  {
    text: "a == 1",
    says: ["1:3 wrong-assignment: `==` does not exist; a value is given with `=`"],
    fixed: "a = 1",
  },
  {
    text: "a := 1",
    says: ["1:3 wrong-assignment: `:=` does not exist; a value is given with `=`"],
    fixed: "a = 1",
  },
  {
    text: "a += [b]",
    says: ["1:3 wrong-assignment: `+=` does not exist; a value is given with `=`"],
    fixed: "a = [b]",
  },
  {
    text: "l = [1 2]",
    says: ["1:7 missing-comma: `,` is missing between these two elements"],
    fixed: "l = [1, 2]",
  },
  { text: "l = [1,, 2]", says: ["1:8 extra-comma: nothing stands before this `,`"], fixed: "l = [1, 2]" },
  {
    text: "f = g(a b)",
    says: ["1:8 missing-comma: `,` is missing between these two arguments"],
    fixed: "f = g(a, b)",
  },
  {
    text: "f = g(a: 1)",
    says: ["1:8 colon-assignment: `a` is followed by `:`; recipes write `a = …`"],
    fixed: "f = g(a = 1)",
  },
  {
    text: 's = "abc',
    says: ['1:5 unterminated-string: this string has no closing `"` on its line'],
    fixed: 's = "abc"',
  },
  {
    text: 'a { s = "abc }',
    says: ['1:9 unterminated-string: this string has no closing `"` on its line'],
    fixed: 'a { s = "abc" }',
  },
  {
    text: "l = [1, 2\nb = 3",
    says: ["1:5 unclosed-bracket: `[` is never closed"],
    fixed: "l = [1, 2]\nb = 3",
  },
  {
    text: "f = g(1,\n  a = 2\nb = 3\nrun {}",
    says: ["1:6 unclosed-bracket: `(` is never closed"],
    fixed: "f = g(1,\n  a = 2)\nb = 3\nrun {}",
  },
  { text: "f = (1 + 2]", says: ["1:5 unclosed-bracket: `(` is never closed"], fixed: "f = (1 + 2)" },
  { text: "a =", says: ["1:4 missing-value: expected a value after `=`, found the end of the line"] },
  {
    text: "a =\n  1",
    says: ["2:3 value-on-next-line: the value of `a` must start on the line of its `=`"],
    fixed: "a = 1",
  },
  {
    text: "a = 1;",
    says: ["1:6 semicolon: `;` does not exist; a line break or a comma ends an item"],
    fixed: "a = 1",
  },
  {
    text: "a = 1; b = 2",
    says: ["1:6 semicolon: `;` does not exist; a line break or a comma ends an item"],
    fixed: "a = 1, b = 2",
  },
  { text: "a-b = 1", says: ["1:1 hyphenated-name: the name `a-b` has a hyphen"], fixed: "a_b = 1" },
  {
    text: "run.amp = true",
    says: ["1:1 dotted-key: `run.amp` is a path; in a recipe a nested key stands in a block"],
  },
  { text: '"a" = 1', says: ["1:1 quoted-name: a key stands without quotes"], fixed: "a = 1" },
  { text: 'dataset "d" {}', says: ["1:9 quoted-name: a label stands without quotes"], fixed: "dataset d {}" },
  { text: "m = { a = 1 }", says: ["1:3 block-as-value: a block takes no `=`"], fixed: "m { a = 1 }" },
  { text: "{ a = 1 }", says: ["1:1 block-without-kind: this block does not say what it is"] },
  { text: "a = -b", says: ["1:5 sign-without-number: a sign belongs to a number; `b` follows"] },
  {
    text: "a = 1.2.3",
    says: ["1:5 malformed-number: `1.2.3` is not a number: it has more than one decimal point"],
  },
  {
    text: "a = 2e",
    says: ["1:5 malformed-number: `2e` is not a number: its exponent has no digits"],
  },
  {
    text: "a = 0x10",
    says: ["1:5 malformed-number: `0x10` is not a number: numbers are decimal"],
    fixed: "a = 16",
  },
  {
    text: "a = .5",
    says: ["1:5 malformed-number: `.5` is not a number: a digit must stand before the point"],
    fixed: "a = 0.5",
  },
  {
    text: "a = 1__0_",
    says: ["1:5 malformed-number: `1__0_` is not a number: `_` stands between two digits"],
    fixed: "a = 1_0",
  },
  {
    text: "a = use",
    says: ["1:5 reserved-word: `use` is a word of the language and cannot be a value"],
    fixed: 'a = "use"',
  },
  { text: "use", says: ["1:4 missing-name: expected the name of a fragment, found the end of the line"] },
  {
    text: "remove",
    says: ["1:7 missing-name: expected the kind of section or the key to remove, found the end of the line"],
  },
  { text: "a = b@c", says: ["1:6 unexpected-character: the character `@` has no meaning here"] },
  { text: "a = b + ", says: ["1:8 missing-value: expected a value after `+`, found the end of the line"] },
  { text: "a = f(", says: ["1:6 unclosed-bracket: `(` is never closed"], fixed: "a = f()" },
  { text: "a = 5 6", says: ["1:7 unexpected-token: expected the end of the item, found `6`"] },
  {
    text: "= 5",
    says: ["1:1 unexpected-token: expected `key = value`, a section, `use` or `remove`, found `=`"],
  },
  {
    text: 's = "a\\d"',
    says: ["1:7 unknown-escape: `\\d` is not an escape of strings"],
    fixed: 's = "a\\\\d"',
  },
  { text: 's = "${}"', says: ["1:8 missing-value: expected a value after `${`, found `}`"] },
  { text: 's = "${a"', says: ["1:6 unclosed-interpolation: this `${` is not closed inside its string"] },
  { text: 's = "${a b}"', says: ["1:10 unexpected-token: expected `}`, found `b`"] },
  {
    text: "a = 1 /* b */",
    says: ["1:7 block-comment: comments between `/*` and `*/` do not exist"],
    fixed: "a = 1 // b",
  },
  { text: "a = 1 ] b = 2", says: ["1:7 unmatched-bracket: `]` closes nothing"], fixed: "a = 1  b = 2" },
  { text: "model a.", says: ["1:9 missing-name: expected a name behind the dot, found the end of the line"] },
  {
    text: "model a from",
    says: ["1:13 missing-name: expected a format or a file after `from`, found the end of the line"],
  },
  { text: "a {,}", says: ["1:4 extra-comma: nothing stands before this `,`"], fixed: "a {}" },
];

const inFiles: readonly Mistake[] = [
  { text: "lavis", says: ["1:6 missing-value: expected a value after `lavis`, found the end of the file"] },
  {
    text: "lavis 2",
    says: [
      "1:7 unsupported-version: this file is written in version 2 of the language; this lavisc reads version 1",
    ],
    fixed: "lavis 1",
  },
  {
    text: "let x = 1\nlavis 1",
    says: ["2:1 misplaced-header: `lavis` must stand once, at the top of the file"],
  },
  {
    text: 'let x = 1\nimport { a } from "a.lavis"',
    says: ["2:1 misplaced-header: `import` must stand before the declarations"],
  },
  {
    text: 'import a from "a.lavis"',
    says: ["1:8 unexpected-token: expected `{` and the names to import, found `a`"],
  },
  {
    text: "import { a } from ../a.lavis",
    says: ["1:19 unexpected-token: expected the file to import from, as a string, found `.`"],
    fixed: 'import { a } from "../a.lavis"',
  },
  {
    text: 'import { a "a.lavis"',
    says: ["1:8 unclosed-bracket: `{` is never closed"],
    fixed: 'import { a } "a.lavis"',
  },
  {
    text: "import { a b } from",
    says: ["1:11 missing-comma: `,` is missing between these two names"],
    fixed: "import { a, b } from",
  },
  {
    text: 'import { } from "a.lavis"',
    says: ["1:10 missing-name: expected the names to import, found `}`"],
  },
  { text: "recipe b extends a, c {}", says: ["1:19 unexpected-token: expected `{`, found `,`"] },
  { text: "param x = 1", says: ["1:7 missing-type: parameter `x` has no type"] },
  {
    text: "param x number = 1",
    says: ["1:7 missing-type: parameter `x` has no type"],
    fixed: "param x: number = 1",
  },
  { text: "secret key", says: ["1:11 missing-equals: `=` is missing between `key` and its value"] },
  { text: "let 3 = 4", says: ["1:5 missing-name: expected the name of a `let`, found `3`"] },
  { text: "param x:", says: ["1:9 missing-name: expected a type, found the end of the file"] },
  { text: "let x: number = 1", says: ["1:6 type-not-allowed: `let` takes no type"], fixed: "let x = 1" },
  {
    text: "let x 1",
    says: ["1:7 missing-equals: `=` is missing between `x` and its value"],
    fixed: "let x = 1",
  },
  { text: "secret = 1", says: ["1:1 outside-recipe: the option `secret` cannot stand outside a recipe"] },
  { text: "let for = 1", says: ["1:5 reserved-word: `for` is a word of the language and cannot be a name"] },
  { text: "recipe {}", says: ["1:8 missing-name: expected the name of a recipe, found `{`"] },
  { text: "recipe r", says: ["1:9 missing-block: recipe `r` has no block"] },
  { text: "recipe r base {}", says: ["1:10 unexpected-token: expected `{`, found `base`"] },
  { text: "fragment f {}", says: ["1:12 unexpected-token: expected `for` and a kind of section, found `{`"] },
  {
    text: "fragment f for {}",
    says: ["1:16 missing-name: expected the kind of section that the fragment is for, found `{`"],
  },
  { text: "seed = 1", says: ["1:1 outside-recipe: the option `seed` cannot stand outside a recipe"] },
  { text: "run {}", says: ["1:1 outside-recipe: the section `run` cannot stand outside a recipe"] },
  { text: "use f", says: ["1:1 outside-recipe: `use` cannot stand outside a recipe"] },
  { text: "recipe r {\n  run {\n", says: ["2:7 unclosed-bracket: `{` is never closed"] },
  {
    text: "recipe a {\n  run {\n    x = 1\n\nrecipe b {}",
    says: ["2:7 unclosed-bracket: `{` is never closed"],
  },
  { text: "recipe r {\n}\n}", says: ["3:1 unmatched-bracket: `}` closes nothing"], fixed: "recipe r {\n}\n" },
  { text: "foo bar", says: ["1:1 outside-recipe: the section `foo` cannot stand outside a recipe"] },
  {
    text: "42",
    says: [
      "1:1 unexpected-token: expected `import`, `param`, `secret`, `let`, `fragment` or `recipe`, found `42`",
    ],
  },
];

describe("a mistake in the items of a recipe", () => {
  it.each(inItems)("is told precisely: $text", ({ text, says, fixed = text }) => {
    expect(checkItems(text)).toEqual(says);
    expect(fixItems(text)).toBe(fixed);
  });

  it.each(inItems.filter(({ fixed }) => fixed !== undefined))(
    "is gone after its fixes: $text",
    ({ fixed = "" }) => {
      expect(checkItems(fixed)).toEqual([]);
    },
  );
});

describe("a mistake at the top level", () => {
  it.each(inFiles)("is told precisely: $text", ({ text, says, fixed = text }) => {
    expect(check(text)).toEqual(says);
    expect(fix(text)).toBe(fixed);
  });
});
