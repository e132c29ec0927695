import type { DiagnosticCollector } from "../../diagnostics/index.ts";
import type { RuntimeExpression } from "../resolved.ts";
import type { Raw } from "./raw.ts";

/** Characters of a text. */
const maxText = 100_000;
/** Operators, parameters and constants of an expression that the program computes. */
const maxExpression = 1_000;

/**
 * Keeps values small: a let that has another twice, which has a third one twice, … doubles with each, and a few
 * dozen lines would fill the memory.
 */
export class ValueLimits {
  readonly #diagnostics: DiagnosticCollector;
  /** Expressions share their parts, so that each is counted once. */
  readonly #sizes = new WeakMap<RuntimeExpression, number>();

  constructor(diagnostics: DiagnosticCollector) {
    this.#diagnostics = diagnostics;
  }

  /** The value itself, or an invalid one where it is too large, which is reported. */
  check(raw: Raw): Raw {
    const isText = raw.kind === "string" || raw.kind === "path";
    if (isText && raw.value !== undefined && raw.value.length > maxText)
      return this.#refuse(raw, "the characters of this text", maxText);
    if (raw.expression && this.#sizeOf(raw.expression) > maxExpression)
      return this.#refuse(raw, "the parts of this value", maxExpression);
    return raw;
  }

  #refuse({ place, directory }: Raw, what: string, limit: number): Raw {
    this.#diagnostics.report("LV2060", { what, limit }, place);
    return { kind: "invalid", place, directory };
  }

  /** Its parts' sizes are known, since they were values before it was. */
  #sizeOf(expression: RuntimeExpression): number {
    const known = this.#sizes.get(expression);
    if (known !== undefined) return known;
    const size = partsOf(expression).reduce((sum, part) => sum + this.#sizeOf(part), 1);
    this.#sizes.set(expression, size);
    return size;
  }
}

function partsOf(expression: RuntimeExpression): readonly RuntimeExpression[] {
  switch (expression.kind) {
    case "arithmetic":
      return [expression.left, expression.right];
    case "text":
    case "join":
      return expression.parts;
    case "resolve":
      return [expression.path];
    case "lookup":
      return [expression.key];
    case "parameter":
    case "constant":
    case "environment":
    case "secret":
      return [];
  }
}
