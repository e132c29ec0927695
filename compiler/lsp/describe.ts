/** What hover and completion say about options, cards, values and declarations, in Markdown. */

import { docText } from "../../grammar/index.ts";
import { type Card, type Default, type Option, type Unit, units } from "../../runtime/card.ts";
import { describeType } from "../catalog/index.ts";
import type { ExplainedValue } from "../explain/index.ts";
import type { Declared } from "../program/index.ts";

/** A type in a few words, as the detail of a completion: `count, in pixels`. */
export function shortType({ type, dimension, nullable }: Option): string {
  const name =
    type.is === "enum" ? type.members.join(" | ") : type.is === "list" ? `[${type.of.is}]` : type.is;
  return `${name}${nullable ? "?" : ""}${dimension === undefined ? "" : `, in ${dimension}`}`;
}

/** A default as a recipe would say it; undefined where there is none, or it is too long for a line. */
export function defaultText(option: Option, preset?: unknown): string | undefined {
  if (preset !== undefined) return plainText(preset);
  const given: Default<unknown> | undefined = option.default;
  if (given === undefined) return undefined;
  if ("value" in given) return plainText(given.value, option);
  return "template" in given ? JSON.stringify(given.template) : `the value of ${given.follows}`;
}

/** A default that can be written in a recipe as it stands. */
export function writableDefault(option: Option, preset?: unknown): string | undefined {
  const isPlain = preset !== undefined || (option.default !== undefined && "value" in option.default);
  return isPlain ? defaultText(option, preset) : undefined;
}

/** Plain data of a card as a recipe would say it. */
function plainText(value: unknown, option?: Option): string | undefined {
  if (value === null) return "none";
  if (Array.isArray(value)) {
    const elements = value.map((one: unknown) => plainText(one, option));
    return elements.includes(undefined) ? undefined : `[${elements.join(", ")}]`;
  }
  if (typeof value === "string") {
    const type = option?.type.is === "list" ? option.type.of : option?.type;
    return type?.is === "enum" || type?.is === "name" ? value : JSON.stringify(value);
  }
  if (typeof value !== "object") return String(value);
  return "name" in (value as object) ? String((value as { name: unknown }).name) : undefined;
}

const bounds = ({ min, max, above, below }: NonNullable<Option["range"]>): string =>
  [
    min === undefined ? "" : `at least ${min}`,
    above === undefined ? "" : `above ${above}`,
    max === undefined ? "" : `at most ${max}`,
    below === undefined ? "" : `below ${below}`,
  ]
    .filter((bound) => bound !== "")
    .join(", ");

/** The units of an option's dimension: `px`. */
export function unitsOf({ dimension }: Pick<Option, "dimension">): readonly Unit[] {
  return (Object.keys(units) as Unit[]).filter((unit) => units[unit].dimension === dimension);
}

/** An option with all that its card says of it. */
export function describeOption(name: string, option: Option, owner: string, preset?: unknown): string {
  const { type, dimension, range, nullable, only } = option;
  const unit = dimension === undefined ? "" : `, in ${dimension} (\`${unitsOf(option).join("`, `")}\`)`;
  const byDefault = defaultText(option, preset);
  const facts = [
    `Type: ${describeType(type)}${nullable ? ", or `none`" : ""}${unit}${range ? `; ${bounds(range)}` : ""}`,
    ...(byDefault === undefined
      ? []
      : [`Default: ${/^the /.test(byDefault) ? byDefault : `\`${byDefault}\``}`]),
    ...(only === undefined ? [] : [`In this version only \`${String(only.value)}\`: ${only.because}`]),
  ];
  return `**${name}** · ${owner}\n\n${option.doc}\n\n${facts.map((fact) => `- ${fact}`).join("\n")}`;
}

export function describeCardFully(card: Card, variant?: string): string {
  const chosen = variant === undefined ? undefined : card.variants?.[variant];
  const title = chosen ? `${card.name}.${variant}` : card.name;
  const variants = chosen ? [] : Object.entries(card.variants ?? {});
  const lines = [
    ...variants.map(([name, { doc }]) => `- \`${card.name}.${name}\`: ${doc}`),
    ...(card.tasks ? [`- Tasks: ${card.tasks.join(", ")}`] : []),
    ...(card.metrics ? [`- Metrics: ${Object.keys(card.metrics).join(", ")}`] : []),
  ];
  const list = lines.length === 0 ? "" : `\n\n${lines.join("\n")}`;
  return `**${title}** · ${card.kind}\n\n${card.doc}${chosen ? `\n\n${chosen.doc}` : ""}${list}`;
}

/** Where a value of a recipe came from. */
export function describeExplained(values: readonly ExplainedValue[]): string {
  const lines = values.map(
    ({ path, text, from, isDynamic }) =>
      `\`${path} = ${text}\` — ${from}${isDynamic ? " (depends on a parameter)" : ""}`,
  );
  return lines.length > 1 ? lines.map((line) => `- ${line}`).join("\n") : lines.join("");
}

/** The first line of a declaration, as it is written: `param peak_lr: number = 2e-5`. */
export function signatureOf({ declaration, file }: Declared): string {
  const end = "block" in declaration ? declaration.block.span.start : declaration.span.end;
  return file.source.text.slice(declaration.span.start, end).trim();
}

export function describeDeclared(declared: Declared): string {
  const docs = docText(declared.declaration);
  const code = `\`\`\`lavis\n${signatureOf(declared)}\n\`\`\``;
  return `${code}\n\n${docs === "" ? "" : `${docs}\n\n`}${declared.file.source.path}`;
}
