import { constantText, docText, type Secret } from "../../../grammar/index.ts";
import { type DiagnosticCollector, labelAt } from "../../diagnostics/index.ts";
import { type Declared, placeIn } from "../../program/index.ts";
import type { ResolvedSecret } from "../resolved.ts";
import type { RawSecret } from "./raw.ts";

/** A secret where a value is wanted that is written down. */
export function reportSecret(
  { secret: { declaration, file }, place }: RawSecret,
  diagnostics: DiagnosticCollector,
): void {
  const labels = [labelAt(placeIn(file, declaration.name), "declared here")];
  const notes = ["Only options that take a secret may have one, such as `token` and `weights_token`."];
  diagnostics.report("LV2032", { name: declaration.name.text, what: "secret" }, place, { labels, notes });
}

/** A secret: the environment variable that the program reads it from; undefined where it is none, which is reported. */
export function resolveSecret(
  { declaration, file }: Declared<Secret>,
  diagnostics: DiagnosticCollector,
): ResolvedSecret | undefined {
  const { value, name } = declaration;
  const variable = variableOf(declaration);
  if (variable === undefined) {
    const problem =
      value.kind === "call" && value.arguments.length > 1
        ? "a secret has no default: it would be written into the program"
        : `a secret is read from the environment: \`secret ${name.text} = env("VARIABLE")\``;
    if (value.kind !== "missing") diagnostics.report("LV2111", { problem }, placeIn(file, value));
    return undefined;
  }
  return { name: name.text, docs: docText(declaration), variable, place: placeIn(file, name) };
}

/** The environment variable of `secret NAME = env("VARIABLE")`; undefined where it is written otherwise. */
export function variableOf({ value }: Secret): string | undefined {
  const [first, ...others] = value.kind === "call" && value.callee.text === "env" ? value.arguments : [];
  const isAlone = first?.value.kind === "string" && !first.name && others.length === 0;
  return isAlone ? constantText(first.value) : undefined;
}
