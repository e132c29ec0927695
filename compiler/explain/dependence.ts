import type { Resolved, RuntimeExpression } from "../resolve/resolved.ts";
import { leavesOf } from "../resolve/values/evaluate.ts";

/** What the program takes a value from when it runs, in brackets behind where it is written; "" where nothing. */
export function describeDependence(expressions: readonly RuntimeExpression[]): string {
  const sources = new Set(expressions.flatMap(leavesOf).flatMap(sourceOf));
  return sources.size === 0 ? "" : ` (depends on ${[...sources].join(" and ")})`;
}

/** What computes a value that is written as one: a scalar, or a list of such. */
export function expressionsOf(value: Resolved): readonly RuntimeExpression[] {
  if (value.kind === "list") return value.elements.flatMap(expressionsOf);
  return value.kind === "scalar" && value.expression ? [value.expression] : [];
}

function sourceOf(leaf: RuntimeExpression): readonly string[] {
  switch (leaf.kind) {
    case "parameter":
      return [`parameter ${leaf.name}`];
    case "environment":
      return [`$${leaf.name}`];
    case "secret":
      return [`$${leaf.variable}`];
    default:
      return [];
  }
}
