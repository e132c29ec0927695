import { constantText, docText, type Secret } from "../../../grammar/index.ts";
import type { DiagnosticCollector } from "../../diagnostics/index.ts";
import { type Declared, placeIn } from "../../program/index.ts";
import type { ResolvedSecret } from "../resolved.ts";

/** A secret: the environment variable that the program reads it from; undefined where it is none, which is reported. */
export function resolveSecret(
  { declaration, file }: Declared<Secret>,
  diagnostics: DiagnosticCollector,
): ResolvedSecret | undefined {
  const { value, name } = declaration;
  const [first, ...others] = value.kind === "call" && value.callee.text === "env" ? value.arguments : [];
  const variable = first?.value.kind === "string" && !first.name ? constantText(first.value) : undefined;
  if (variable === undefined || others.length > 0) {
    const problem =
      others.length > 0
        ? "a secret has no default: it would be written into the program"
        : `a secret is read from the environment: \`secret ${name.text} = env("VARIABLE")\``;
    if (value.kind !== "missing") diagnostics.report("LV2111", { problem }, placeIn(file, value));
    return undefined;
  }
  return { name: name.text, docs: docText(declaration), variable, place: placeIn(file, name) };
}
