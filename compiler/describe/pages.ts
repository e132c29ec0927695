import type { DescribedComponent, DescribedOption } from "./component.ts";

/** A component as a page of Markdown. */
export function componentPage(component: DescribedComponent): string {
  const { kind, name, doc, variants, options } = component;
  const title = kind === name ? kind : `${kind} ${name}`;
  const parts = [
    `# ${title}`,
    doc,
    ...factLines(component),
    ...(variants.length > 0
      ? ["## Variants", variants.map((one) => `- \`${name}.${one.name}\`: ${one.doc}`).join("\n")]
      : []),
    ...(options.length > 0 ? ["## Options", optionTable(options)] : ["It has no options."]),
  ];
  return `${joinParts(parts)}\n`;
}

/** What is known of a component beside its options, as items of a list of Markdown. */
export const factLines = (component: DescribedComponent): readonly string[] =>
  factsOf(component).map(([what, value]) => `- ${what}: ${value}`);

/** Items of a list stand together, everything else apart. */
export const joinParts = (parts: readonly string[]): string =>
  parts.reduce((text, part) => {
    const isList = part.startsWith("- ") && /(?:^|\n)- [^\n]*$/.test(text);
    return `${text}${isList ? "\n" : "\n\n"}${part}`;
  });

/** Options as a table of Markdown. */
export function optionTable(options: readonly DescribedOption[]): string {
  const rows = options.map((option) => {
    const { path, doc, notes, type, unit, range } = option;
    const what = [
      type,
      ...(range === undefined ? [] : [range]),
      ...(unit === undefined ? [] : [`in ${unit}`]),
    ];
    const cells = [
      `\`${path}\``,
      what.join(", "),
      option.default ?? "must be given",
      [doc, ...notes].join(" "),
    ];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return ["| Option | Type | Default | What it does |", "|---|---|---|---|", ...rows].join("\n");
}

/** A component for a terminal. */
export function componentText(component: DescribedComponent, bold: (text: string) => string): string {
  const { kind, name, doc, variants, options } = component;
  const head = [bold(kind === name ? kind : `${kind} ${name}`), `  ${doc}`];
  const facts = factsOf(component).map(([what, value]) => `  ${what}: ${value}`);
  const variantLines = variants.map((one) => `  ${bold(`${name}.${one.name}`)}  ${one.doc}`);
  const optionLines = options.flatMap((option) => {
    const { path, type, unit, range, doc, notes } = option;
    const value = option.default === undefined ? "must be given" : `default ${option.default}`;
    const facts = [
      type,
      ...(range === undefined ? [] : [range]),
      ...(unit === undefined ? [] : [`in ${unit}`]),
    ];
    return [`  ${bold(path)}  ${facts.join(", ")}; ${value}`, `      ${[doc, ...notes].join(" ")}`];
  });
  const sections = [
    [...head, ...facts],
    ...(variantLines.length > 0 ? [[bold("variants"), ...variantLines]] : []),
    ...(optionLines.length > 0 ? [[bold("options"), ...optionLines]] : []),
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function factsOf(component: DescribedComponent): readonly (readonly [string, string])[] {
  const { tasks, metrics, reads, provides, gives, isImplemented, lavisName } = component;
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ["Not available yet", isImplemented ? [] : ["it can be checked and explained, but not built"]],
    ["In LAVIS", lavisName === undefined ? [] : [lavisName]],
    ["Tasks", tasks],
    ["Metrics", metrics.map(({ name, better }) => `${name} (${better} is better)`)],
    ["Reads", reads],
    ["Provides", provides],
    ["Sets elsewhere", gives.map(({ path, value }) => `${path} = ${value}`)],
  ];
  return lists.filter(([, items]) => items.length > 0).map(([what, items]) => [what, items.join(", ")]);
}
