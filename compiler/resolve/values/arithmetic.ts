import type { Binary } from "../../../grammar/index.ts";
import type { Dimension } from "../../../runtime/card.ts";
import { describeDimension } from "../../catalog/index.ts";
import type { DiagnosticCollector } from "../../diagnostics/index.ts";
import type { Place, RuntimeExpression } from "../resolved.ts";
import { describeRaw, expressionOf, type Raw, type RawNumber, type RawText } from "./raw.ts";

const verbs = { "+": "add", "-": "subtract", "*": "multiply", "/": "divide" } as const;

/**
 * The value of `left operator right`. Numbers keep their dimension: sums need one dimension (a plain number
 * takes the other's), products have a dimension on one side at most, a quotient of two quantities of one
 * dimension is plain. `+` also joins strings, `/` joins a path and a string.
 */
export function combine(
  { operator }: Pick<Binary, "operator">,
  left: Raw,
  right: Raw,
  place: Place,
  diagnostics: DiagnosticCollector,
): Raw {
  const base = { place, directory: left.directory };
  if (left.kind === "invalid" || right.kind === "invalid") return { kind: "invalid", ...base };
  if (left.kind === "number" && right.kind === "number")
    return combineNumbers(operator, left, right, place, diagnostics);
  if (isText(left) && isText(right)) {
    if (operator === "/") return joinPath(left, right, place);
    if (operator === "+" && left.kind === "string" && right.kind === "string")
      return joinText([left, right], place, left.directory);
  }
  const labels = [
    { span: left.place.span, path: left.place.source.path, message: describeRaw(left) },
    { span: right.place.span, path: right.place.source.path, message: describeRaw(right) },
  ];
  const names = { verb: verbs[operator], left: describeRaw(left), right: describeRaw(right) };
  diagnostics.report("LV2108", names, place, { labels });
  return { kind: "invalid", ...base };
}

const isText = (raw: Raw): raw is RawText => raw.kind === "string" || raw.kind === "path";

function combineNumbers(
  operator: Binary["operator"],
  left: RawNumber,
  right: RawNumber,
  place: Place,
  diagnostics: DiagnosticCollector,
): Raw {
  const base = { place, directory: left.directory };
  const dimension = combineDimensions(operator, left.dimension, right.dimension);
  if (dimension === "mixed") {
    const names = { verb: verbs[operator], left: describeQuantity(left), right: describeQuantity(right) };
    diagnostics.report("LV2104", names, place);
    return { kind: "invalid", ...base };
  }
  const value =
    left.value === undefined || right.value === undefined
      ? undefined
      : calculate(operator, left.value, right.value);
  if (value !== undefined && !Number.isFinite(value)) {
    diagnostics.report("LV2109", {}, place);
    return { kind: "invalid", ...base };
  }
  const isConstant = left.expression === undefined && right.expression === undefined;
  const expression: RuntimeExpression | undefined = isConstant
    ? undefined
    : { kind: "arithmetic", operator, left: expressionOf(left), right: expressionOf(right) };
  const isInteger = isConstant
    ? Number.isInteger(value)
    : operator !== "/" && left.isInteger && right.isInteger;
  return { kind: "number", value, dimension, isInteger, expression, ...base };
}

/** A ratio scales: 25% of 100 steps are 25 steps. */
function combineDimensions(
  operator: Binary["operator"],
  left: Dimension | undefined,
  right: Dimension | undefined,
): Dimension | undefined | "mixed" {
  switch (operator) {
    case "+":
    case "-":
      return left === right || right === undefined ? left : left === undefined ? right : "mixed";
    case "*":
      if (left === undefined || left === "ratio") return right === "ratio" ? left : right;
      return right === undefined || right === "ratio" ? left : "mixed";
    case "/":
      if (left === right) return undefined;
      return right === undefined || right === "ratio" ? left : "mixed";
  }
}

const calculate = (operator: Binary["operator"], left: number, right: number): number =>
  ({ "+": left + right, "-": left - right, "*": left * right, "/": left / right })[operator];

function describeQuantity(raw: RawNumber): string {
  return raw.value === undefined ? describeDimension(raw.dimension) : describeRaw(raw);
}

/** The texts one after another. */
export function joinText(
  parts: readonly (RawText | RawNumber | Extract<Raw, { kind: "bool" }>)[],
  place: Place,
  directory: string,
): RawText {
  const isKnown = parts.every((part) => part.value !== undefined);
  const value = isKnown ? parts.map((part) => String(part.value)).join("") : undefined;
  const expression: RuntimeExpression | undefined = parts.some((part) => part.expression)
    ? { kind: "text", parts: parts.map(expressionOf) }
    : undefined;
  return { kind: "string", value, expression, place, directory };
}

/** `left / right`; an absolute right side would hide the left one, so its leading slashes are dropped. */
function joinPath(left: RawText, right: RawText, place: Place): RawText {
  const value =
    left.value === undefined || right.value === undefined
      ? undefined
      : left.value === ""
        ? right.value
        : `${left.value.replace(/\/+$/, "")}/${right.value.replace(/^\/+/, "")}`;
  const expression: RuntimeExpression | undefined =
    left.expression || right.expression
      ? { kind: "join", parts: [expressionOf(left), expressionOf(right)] }
      : undefined;
  return { kind: "path", value, expression, place, directory: left.directory };
}
