import type { ComponentKind } from "../../runtime/card.ts";
import type { DescribedComponent, DescribedOption } from "./component.ts";

/** Where the page of a component is, if there is one: pages link to each other by it. */
export type LinkTo = (kind: ComponentKind, name: string) => string | undefined;

const nowhere: LinkTo = () => undefined;

/** A component as a page of Markdown. */
export function componentPage(component: DescribedComponent, linkTo: LinkTo = nowhere): string {
  const { doc, variants, options } = component;
  const parts = [
    `# ${titleOf(component)}`,
    doc,
    ...factLines(component, linkTo),
    ...(variants.length > 0
      ? ["## Variants", variants.map((one) => `- \`${component.name}.${one.name}\`: ${one.doc}`).join("\n")]
      : []),
    ...(options.length > 0 ? ["## Options", optionTable(options)] : ["It has no options."]),
  ];
  return `${joinParts(parts)}\n`;
}

const titleOf = ({ kind, name }: DescribedComponent): string => (kind === name ? kind : `${kind} ${name}`);

/** What is known of a component beside its options, as items of a list of Markdown. */
export function factLines(component: DescribedComponent, linkTo: LinkTo = nowhere): readonly string[] {
  const show = ({ text, isCode, kind }: Item): string => {
    const target = kind === undefined ? undefined : linkTo(kind, text);
    if (target !== undefined) return `[${text}](${target})`;
    return isCode ? `\`${text}\`` : text;
  };
  return factsOf(component).map(([what, items]) => `- ${what}: ${items.map(show).join(", ")}`);
}

/** Items of a list stand together, everything else apart. */
export const joinParts = (parts: readonly string[]): string =>
  parts.reduce((text, part) => {
    const isList = part.startsWith("- ") && /(?:^|\n)- [^\n]*$/.test(text);
    return `${text}${isList ? "\n" : "\n\n"}${part}`;
  });

/** Options as a table of Markdown. */
export function optionTable(options: readonly DescribedOption[]): string {
  const rows = options.map((option) => {
    const { path, doc, notes } = option;
    const cells = [`\`${path}\``, typeText(option), defaultText(option), [doc, ...notes].join(" ")];
    return `| ${cells.map(cellText).join(" | ")} |`;
  });
  return ["| Option | Type | Default | What it does |", "|---|---|---|---|", ...rows].join("\n");
}

/** A text in a cell of a table: a bar would end the cell, and what looks like a tag of HTML would be one. */
export const cellText = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[<>]/g, (one) => htmlEscapes[one] ?? one)))
    .join("")
    .replaceAll("|", "\\|");

const htmlEscapes: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;" };

/** A component for a terminal. */
export function componentText(component: DescribedComponent, bold: (text: string) => string): string {
  const { doc, variants, options } = component;
  const head = [bold(titleOf(component)), `  ${doc}`];
  const facts = factsOf(component).map(
    ([what, items]) => `  ${what}: ${items.map(({ text }) => text).join(", ")}`,
  );
  const variantLines = variants.map((one) => `  ${bold(`${component.name}.${one.name}`)}  ${one.doc}`);
  const optionLines = options.flatMap((option) => {
    const { path, doc, notes } = option;
    const value = option.default === undefined ? defaultText(option) : `default ${defaultText(option)}`;
    return [`  ${bold(path)}  ${typeText(option)}; ${value}`, `      ${[doc, ...notes].join(" ")}`];
  });
  const sections = [
    [...head, ...facts],
    ...(variantLines.length > 0 ? [[bold("variants"), ...variantLines]] : []),
    ...(optionLines.length > 0 ? [[bold("options"), ...optionLines]] : []),
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** What values an option takes: "an integer, at least 1, in pixels, or none". */
const typeText = ({ type, range, unit, orNone }: DescribedOption): string =>
  [
    type,
    ...(range === undefined ? [] : [range]),
    ...(unit === undefined ? [] : [`in ${unit}`]),
    ...(orNone ? ["or none"] : []),
  ].join(", ");

/** What an option is where the recipe does not say. */
function defaultText({ default: value, setBy }: DescribedOption): string {
  const owners = `the ${kindList.format(setBy)}`;
  if (setBy.length === 0) return value ?? "must be given";
  return value === undefined
    ? `must be given, unless ${owners} sets it`
    : `${value}, unless ${owners} sets another`;
}

/** "task, model or dataset". */
const kindList = new Intl.ListFormat("en-GB", { type: "disjunction" });

interface Item {
  readonly text: string;
  /** Whether it is written so in a recipe. */
  readonly isCode?: true;
  /** Of components: their kind. */
  readonly kind?: ComponentKind;
}

function factsOf(component: DescribedComponent): readonly (readonly [string, readonly Item[]])[] {
  const { tasks, models, metrics, reads, provides, splits, gives, isImplemented, lavisName } = component;
  const plain = (text: string): Item => ({ text });
  const code = (text: string): Item => ({ text, isCode: true });
  const lists: readonly (readonly [string, readonly Item[]])[] = [
    ["Not available yet", isImplemented ? [] : [plain("it can be checked and explained, but not built")]],
    ["In LAVIS", lavisName === undefined ? [] : [code(lavisName)]],
    ["Tasks", tasks.map((text) => ({ text, kind: "task" }))],
    ["Models", models.map((text) => ({ text, kind: "model" }))],
    ["Metrics", metrics.map(({ name, better }) => plain(`${name} (${better} is better)`))],
    ["Reads", reads.map(plain)],
    ["Provides", provides.map(plain)],
    ["Splits", splits.map(plain)],
    ["Sets elsewhere", gives.map(({ path, value }) => code(`${path} = ${value}`))],
  ];
  return lists.filter(([, items]) => items.length > 0);
}
