import { recipe } from "../marked.ts";
import type { Case } from "./case.ts";

/** LV2060: more than a recipe can be. */
export const limitCases: readonly Case[] = [
  {
    code: "LV2060",
    title: "a text that doubles with each line",
    source: recipe({
      head: [
        `let t0 = "${"x".repeat(64)}"`,
        ...doublings(11, (before) => `"\${${before}}\${${before}}"`),
      ].join("\n"),
    }),
    message: "the characters of this text are more than 100000",
  },
  {
    code: "LV2060",
    title: "a value of the program that doubles with each line",
    source: recipe({
      head: ["param t0: number = 1", ...doublings(9, (before) => `${before} + ${before}`)].join("\n"),
    }),
    message: "the parts of this value are more than 1000",
  },
  {
    code: "LV2060",
    title: "lets that are each needed for the one before",
    source: recipe({
      head: [...Array.from({ length: 250 }, (_, at) => `let v${at} = v${at + 1}`), "let v250 = 1"].join("\n"),
    }),
    message: "the lets that `v200` is needed for are more than 200",
  },
  {
    code: "LV2060",
    title: "recipes that extend each other many times",
    source: [
      recipe({}),
      "recipe r0 { }",
      ...Array.from(
        { length: 101 },
        (_, at) => `recipe r${at + 1} extends ${at === 100 ? "«r100»" : `r${at}`} { }`,
      ),
      "recipe last extends r101 { }",
    ].join("\n"),
    message: "the recipes that `r100` extends are more than 100",
  },
  {
    code: "LV2060",
    title: "fragments that are each used through the one before",
    source: recipe({
      head: [
        ...Array.from(
          { length: 5000 },
          (_, at) => `fragment f${at} for run { use ${at === 199 ? "«f200»" : `f${at + 1}`} }`,
        ),
        "fragment f5000 for run { seed = 1 }",
      ].join("\n"),
      run: "run { device = cpu, use f0 }",
    }),
    message: "the fragments that `f200` is used through are more than 200",
  },
  {
    code: "LV2060",
    title: "fragments that use another twice each",
    source: recipe({
      head: [
        "fragment f0 for run { seed = 1 }",
        ...Array.from({ length: 21 }, (_, at) => `fragment f${at + 1} for run { use f${at}, use f${at} }`),
      ].join("\n"),
      run: "run { device = cpu, use f21 }",
    }),
    message: "the items that fragments and base recipes bring in are more than 200000",
  },
];

/** Lets `t1`, `t2`, …, each of the one before. */
function doublings(count: number, value: (before: string) => string): readonly string[] {
  return Array.from({ length: count }, (_, at) => `let t${at + 1} = ${value(`t${at}`)}`);
}
