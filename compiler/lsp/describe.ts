/** What hover and completion say about options, cards, values and declarations, in Markdown. */

import { docText } from "../../grammar/index.ts";
import { type Card, type Option, type Unit, units } from "../../runtime/card.ts";
import { describeComponent, describeOption, plainText } from "../describe/component.ts";
import type { ExplainedValue } from "../explain/index.ts";
import { isOwnCard } from "../own/index.ts";
import type { Declared } from "../program/index.ts";

/** A type in a few words, as the detail of a completion: `count, in pixels`. */
export function shortType({ type, dimension, nullable }: Option): string {
  const name =
    type.is === "enum" ? type.members.join(" | ") : type.is === "list" ? `[${type.of.is}]` : type.is;
  return `${name}${nullable ? "?" : ""}${dimension === undefined ? "" : `, in ${dimension}`}`;
}

/** A default that can be written in a recipe as it stands; `preset` is what a model's variant sets. */
export function writableDefault({ type, default: given }: Option, preset?: unknown): string | undefined {
  const value = preset ?? (given && "value" in given ? given.value : undefined);
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return listText(value, type);
  const isComponent = type.is === "component" || typeof value !== "object" || value === null;
  return isComponent ? plainText(value, type.is) : undefined;
}

function listText(values: readonly unknown[], type: Option["type"]): string | undefined {
  if (type.is !== "list") return undefined;
  return `[${values.map((one) => plainText(one, type.of.is)).join(", ")}]`;
}

/** The units of an option's dimension: `px`. */
export function unitsOf({ dimension }: Pick<Option, "dimension">): readonly Unit[] {
  return (Object.keys(units) as Unit[]).filter((unit) => units[unit].dimension === dimension);
}

/** An option with all that its card says of it, as `lavisc describe` has it. */
export function optionHelp(name: string, option: Option, owner: string, preset?: unknown): string {
  const shown = preset === undefined ? undefined : plainText(preset, option.type.is);
  const {
    type,
    orNone,
    range,
    doc,
    default: byDefault,
    notes,
  } = describeOption(name, option, {
    preset: shown,
  });
  const unit =
    option.dimension === undefined ? "" : `, in ${option.dimension} (\`${unitsOf(option).join("`, `")}\`)`;
  const facts = [
    `Type: ${type}${range === undefined ? "" : `, ${range}`}${unit}${orNone ? ", or none" : ""}`,
    ...(byDefault === undefined
      ? []
      : [`Default: ${/^that of /.test(byDefault) ? byDefault : `\`${byDefault}\``}`]),
    ...notes,
  ];
  return `**${name}** · ${owner}\n\n${doc}\n\n${facts.map((fact) => `- ${fact}`).join("\n")}`;
}

/** What a component is, of a model also what its variant is. */
export function componentHelp(card: Card, variant?: string): string {
  const { name, kind, doc, isImplemented, variants, tasks, metrics } = describeComponent(card, variant);
  const lines = [
    ...variants.map((one) => `- \`${card.name}.${one.name}\`: ${one.doc}`),
    ...(tasks.length > 0 ? [`- Tasks: ${tasks.join(", ")}`] : []),
    ...(metrics.length > 0 ? [`- Metrics: ${metrics.map((one) => one.name).join(", ")}`] : []),
    ...(isOwnCard(card) ? [`- From ${card.own.file.source.path}`] : []),
    ...(isImplemented ? [] : [`- ${notImplemented}: it can be checked, but not built.`]),
  ];
  return `**${name}** · ${kind}\n\n${doc}${lines.length === 0 ? "" : `\n\n${lines.join("\n")}`}`;
}

/** What is said of a component that can be named and not run. */
export const notImplemented = "Not in this version";

/** Where a value of a recipe came from. */
export function explainedHelp(values: readonly ExplainedValue[]): string {
  const lines = values.map(({ path, text, from }) => `\`${path} = ${text}\` — ${from}`);
  return lines.length > 1 ? lines.map((line) => `- ${line}`).join("\n") : lines.join("");
}

/** The first line of a declaration, as it is written: `param peak_lr: number = 2e-5`. */
export function signatureOf({ declaration, file }: Declared): string {
  const end = "block" in declaration ? declaration.block.span.start : declaration.span.end;
  return file.source.text.slice(declaration.span.start, end).trim();
}

export function declaredHelp(declared: Declared): string {
  const docs = docText(declared.declaration);
  const code = `\`\`\`lavis\n${signatureOf(declared)}\n\`\`\``;
  return `${code}\n\n${docs === "" ? "" : `${docs}\n\n`}${declared.file.source.path}`;
}
