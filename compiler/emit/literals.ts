import type { Scalar } from "../resolve/resolved.ts";

/** A scalar as TypeScript: `57_600`, `2e-5`, `"cuda"`, `null`. */
export function literal(value: Scalar): string {
  return typeof value === "number" ? numberLiteral(value) : JSON.stringify(value);
}

/** The shorter of the plain and the exponential form; integers of five digits and more are grouped. */
function numberLiteral(value: number): string {
  if (Number.isSafeInteger(value)) {
    const digits = String(value);
    return Math.abs(value) < 10_000 ? digits : digits.replace(/\B(?=(?:\d{3})+$)/g, "_");
  }
  const plain = String(value);
  const exponential = value.toExponential();
  return Math.abs(value) < 0.01 && exponential.length < plain.length ? exponential : plain;
}

/** A key of an object literal, quoted only where it must be. */
export function objectKey(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/** A text inside a template literal. */
export function templateText(text: string): string {
  return text
    .replace(/[\\`]|\$(?=\{)/g, "\\$&")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r");
}

/** A text inside a block comment. */
export function commentText(text: string): string {
  return text.replaceAll("*/", "*\\/");
}
