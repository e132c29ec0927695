// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the recipes under test have interpolations.

import { describe, expect, it } from "vitest";
import { format } from "../../grammar/index.ts";
import { commentedRecipe, wholeRecipe } from "./support.ts";

describe("format", () => {
  it("leaves a well-formatted recipe as it is", () => {
    expect(format(wholeRecipe)).toBe(wholeRecipe);
    expect(format("")).toBe("");
  });

  it("puts a recipe into its one layout and keeps every comment beside what it stood beside", () => {
    expect(format(commentedRecipe)).toBe(`// top
lavis 1 // version

import {
  a, // first
  b
} from "x.lavis" // import

/// Doc of p.
param p: number | "a" | "b"? = 2e-5 // param
secret token = env("TOKEN")
let root = "/data" // ends a let
fragment frag for dataset { // odd
  ratio = 25%
}

recipe r extends base { // header
  // first
  task captioning { max_len = 20tokens } // task
  model a.b { x = 1, y = -2 }

  dataset d from karpathy {
    /// Doc of list.
    list = [
      1, // one
      2,
      // three
      3 // end
    ]
    f = g(
      a = 1,
      [1, 2, 3],
      h(x, "a \${b + c}"),
      "some string that is rather long",
      another = 1 + 2 * (3 - 4)
    )
    sum = a + // plus
      b
    // dangling
  }
  empty {}
  only {
    // alone
  }
  use frag
  remove dataset coco
}
// bottom
`);
  });

  it("breaks what is too long for a line, and joins what is not", () => {
    const name = "a".repeat(40);
    expect(format(`let x = ${name} / ${name} / ${name}`)).toBe(`let x = ${name} /\n  ${name} /\n  ${name}\n`);
    expect(format("let x = [\n  1,\n\n  2,\n]")).toBe("let x = [1, 2]\n");
    expect(format(`recipe r { a = ${name}, b = ${name}, c = ${name} }`)).toBe(
      `recipe r {\n  a = ${name}\n  b = ${name}\n  c = ${name}\n}\n`,
    );
  });

  it("keeps one empty line of several, and none at the ends of a block", () => {
    expect(format("\n\nrecipe r {\n\n\n  a = 1\n\n\n\n  b = 2\n\n}\n\n\n\nlet x = 1\n\n")).toBe(
      "recipe r {\n  a = 1\n\n  b = 2\n}\n\nlet x = 1\n",
    );
  });

  it("turns other line breaks into \\n and removes trailing space", () => {
    expect(format("\ufeffrecipe r {\r\n\ta = 1 \t\r\n  // c \t\r\n}\r\n")).toBe(
      "recipe r {\n  a = 1\n  // c\n}\n",
    );
  });

  it("prints what is broken as it was and formats around it", () => {
    const text = [
      "recipe   r {",
      "      num_beams   3",
      "    max_len   =  20",
      "  vis {  x:   3",
      "      y   = 4 }",
      "  sub {",
      "   z:   3",
      "      y   = 4",
      "  }",
      "  a = 1 ;  b  =  2",
      "     # note",
      "     amp =   true",
      "}",
      "param x:number=3",
    ];
    expect(format(text.join("\n"))).toBe(
      [
        "recipe r {",
        "  num_beams   3",
        "  max_len = 20",
        "  vis {",
        "    x:   3",
        "    y = 4",
        "  }",
        "  sub {",
        "    z:   3",
        "    y = 4",
        "  }",
        "  a = 1 ;  b  =  2",
        "  # note",
        "  amp = true",
        "}",
        "param x: number = 3",
        "",
      ].join("\n"),
    );
  });
});
