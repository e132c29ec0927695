import { describe, expect, it } from "vitest";
import { printExpression } from "../../../compiler/emit/expressions.ts";
import { literal, objectKey } from "../../../compiler/emit/literals.ts";
import type { RuntimeExpression, Scalar } from "../../../compiler/resolve/resolved.ts";

const constant = (value: Scalar): RuntimeExpression => ({ kind: "constant", value });
const parameter = (name: string): RuntimeExpression => ({ kind: "parameter", name });
const arithmetic = (
  left: RuntimeExpression,
  operator: "+" | "-" | "*" | "/",
  right: RuntimeExpression,
): RuntimeExpression => ({ kind: "arithmetic", operator, left, right });

function print(expression: RuntimeExpression): { text: string; used: string[] } {
  const used: string[] = [];
  const text = printExpression(expression, {
    locations: { outputFolder: "/project/out", workingFolder: "/project" },
    use: (name) => {
      used.push(name);
      return name;
    },
    here: () => "here",
  });
  return { text, used };
}

describe("a literal", () => {
  it.each<[Scalar, string]>([
    [0, "0"],
    [-0.5, "-0.5"],
    [2e-5, "2e-5"],
    [1.25e-7, "1.25e-7"],
    [0.05, "0.05"],
    [0.001, "1e-3"],
    [0.00123, "0.00123"],
    [1000, "1000"],
    [57600, "57_600"],
    [-1234567, "-1_234_567"],
    [1e21, "1e+21"],
    [0.1 + 0.2, "0.30000000000000004"],
    [null, "null"],
    [true, "true"],
    ['a "b"\n', '"a \\"b\\"\\n"'],
  ])("of %j is %s", (value, text) => {
    expect(literal(value)).toBe(text);
    expect(new Function(`return ${text}`)()).toEqual(value);
  });

  it("quotes keys only where it must", () => {
    expect([objectKey("init_lr"), objectKey("a-b"), objectKey("2017")]).toEqual([
      "init_lr",
      '"a-b"',
      '"2017"',
    ]);
  });
});

describe("an expression over parameters", () => {
  const [a, b, c] = [parameter("a"), parameter("b"), parameter("c")] as const;

  it.each([
    [arithmetic(a, "*", constant(2)), "params.a * 2"],
    [arithmetic(arithmetic(a, "+", b), "*", c), "(params.a + params.b) * params.c"],
    [arithmetic(a, "-", arithmetic(b, "-", c)), "params.a - (params.b - params.c)"],
    [arithmetic(arithmetic(a, "-", b), "-", c), "params.a - params.b - params.c"],
    [arithmetic(a, "/", arithmetic(b, "*", c)), "params.a / (params.b * params.c)"],
    [arithmetic(a, "-", constant(-2)), "params.a - (-2)"],
    [arithmetic(a, "+", arithmetic(b, "*", c)), "params.a + params.b * params.c"],
  ])("has the parentheses that it needs: %#", (expression, text) => {
    expect(print(expression).text).toBe(text);
  });

  it("joins texts and paths in template literals", () => {
    const text: RuntimeExpression = { kind: "text", parts: [constant("run `$" + "{x}` "), a] };
    // biome-ignore lint/suspicious/noTemplateCurlyInString: emitted text
    expect(print(text).text).toBe("`run \\`\\${x}\\` ${params.a}`");
    const join: RuntimeExpression = { kind: "join", parts: [a, constant("coco/images")] };
    // biome-ignore lint/suspicious/noTemplateCurlyInString: emitted text
    expect(print(join).text).toBe("`${params.a}/coco/images`");
  });

  it("keeps relative paths relative to the recipe", () => {
    const expression: RuntimeExpression = { kind: "resolve", directory: "/project/recipes", path: a };
    expect(print(expression).text).toBe('here("../recipes", params.a)');
  });

  it("uses the runtime's helpers for choices and the environment", () => {
    expect(print({ kind: "lookup", key: a, map: { base: 768, large: 1024 } })).toEqual({
      text: "choose(params.a, { base: 768, large: 1024 })",
      used: ["choose"],
    });
    const environment = { kind: "environment", name: "DATA", type: { is: "path" } } as const;
    expect(print({ ...environment, otherwise: "/data" })).toEqual({
      text: 'environment("DATA", "path", "/data")',
      used: ["environment"],
    });
    expect(print({ ...environment, otherwise: undefined }).text).toBe('environment("DATA", "path")');
  });
});
