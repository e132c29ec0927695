/** What is known of the thing under the cursor. */

import type { Hover } from "vscode-languageserver";
import { type Name, type Node, pathTo, type Span } from "../../../grammar/index.ts";
import { type Unit, units } from "../../../runtime/card.ts";
import { isSectionKind } from "../../catalog/index.ts";
import { type ExplainedValue, explainCode, explainRecipe } from "../../explain/index.ts";
import { isOwnProcessorKind } from "../../own/index.ts";
import type { Analysis } from "../analysis.ts";
import { componentHelp, declaredHelp, explainedHelp, optionHelp } from "../describe.ts";
import { occurrenceAt } from "../occurrences.ts";
import { around, cardsOf, optionAt, pathOfKey, readPlace, type TreePlace } from "../places.ts";
import { rangeOf, touches } from "../text.ts";
import { functionDocs, ownProcessorDoc, sectionDocs, wordDoc } from "../words.ts";

interface Help {
  readonly span: Span;
  readonly text: string;
}

/** The documentation of what stands at an offset, and the explanations of what is wrong there. */
export function hover(analysis: Analysis, offset: number): Hover | undefined {
  const nodes = pathTo(analysis.tree, offset);
  const help = helpAt(analysis, readPlace(nodes, analysis), offset);
  const wrong = analysis.diagnostics.filter(
    ({ path, span }) => path === analysis.source.path && touches(span, offset),
  );
  const explanations = wrong.map(({ code }) => {
    const [first = ""] =
      explainCode(code)
        ?.explanation.trim()
        .split(/\n\s*\n/, 1) ?? [];
    return `**${code}** ${first}\n\n\`lavisc explain ${code}\` says more.`;
  });
  const parts = [...(help ? [help.text] : []), ...new Set(explanations)];
  if (parts.length === 0) return undefined;
  const span = help?.span ?? wrong[0]?.span;
  return {
    contents: { kind: "markdown", value: parts.join("\n\n---\n\n") },
    ...(span && { range: rangeOf(analysis.source, span) }),
  };
}

function helpAt(analysis: Analysis, place: TreePlace, offset: number): Help | undefined {
  const leaf = place.nodes.at(-1);
  const parent = place.nodes.at(-2);
  if (!leaf) return undefined;
  const occurrence = occurrenceAt(analysis.file, offset);
  if (occurrence) return { span: occurrence.name.span, text: nameHelp(analysis, occurrence) };
  if (leaf.kind !== "name") return wordHelp(analysis, leaf, offset);
  switch (parent?.kind) {
    case "entry":
      return keyHelp(analysis, place, leaf, parent.span);
    case "argument":
      return keyHelp(analysis, place, leaf, parent.span);
    case "section":
      if (leaf === parent.from) return formatHelp(analysis, leaf);
      return leaf === parent.sectionKind ? sectionHelp(analysis, place, parent) : undefined;
    case "path":
      return pathHelp(analysis, place, parent);
    case "number":
      return unitHelp(leaf);
    default:
      return undefined;
  }
}

/** A word of the language: of a declaration or an item, but in no text and no comment. */
function wordHelp({ source, tree }: Analysis, node: Node, offset: number): Help | undefined {
  const isText = node.kind === "string" || node.kind === "string-text" || node.kind === "broken";
  if (isText || tree.comments.some(({ span }) => touches(span, offset))) return undefined;
  const [before = ""] = /[a-z]*$/.exec(source.text.slice(0, offset).slice(-maxWord)) ?? [];
  const [behind = ""] = /^[a-z]*/.exec(source.text.slice(offset, offset + maxWord)) ?? [];
  const doc = wordDoc(before + behind);
  const span = { start: offset - before.length, end: offset + behind.length };
  return doc === undefined ? undefined : { span, text: doc };
}

/** No word of the language is longer. */
const maxWord = 10;

function nameHelp(
  analysis: Analysis,
  { declared }: { readonly declared: Parameters<typeof declaredHelp>[0] },
): string {
  const { name } = declared.declaration;
  const values = uniqueValues(analysis.recipes.flatMap(explainRecipe)).filter(
    ({ path }) => path === `param.${name.text}`,
  );
  const isParameter = declared.declaration.kind === "param";
  const resolved = isParameter && values.length > 0 ? `\n\n${explainedHelp(values)}` : "";
  return declaredHelp(declared) + resolved;
}

function keyHelp(analysis: Analysis, place: TreePlace, key: Name, item: Span): Help | undefined {
  const { slot } = place;
  const option = optionAt(slot, key.text);
  if (!slot || !option) return undefined;
  const owner = slot.kind === "options" ? slot.owner : "";
  const preset = slot.kind === "options" ? slot.presets[key.text] : undefined;
  const values = valuesOf(analysis, place, key.text, item);
  const resolved = values.length > 0 ? `\n\n${explainedHelp(values)}` : "";
  return { span: key.span, text: optionHelp(key.text, option, owner, preset) + resolved };
}

/** The value of a key in the recipe around; in a fragment, in every recipe that has it from there. */
function valuesOf(analysis: Analysis, place: TreePlace, key: string, item: Span): readonly ExplainedValue[] {
  const recipe = around(place, "recipe");
  const isArgument = around(place, "call") !== undefined;
  if (recipe && !isArgument) {
    const own = analysis.recipes.find(({ name }) => name === recipe.name.text);
    const path = pathOfKey(place, key);
    return own ? explainRecipe(own).filter((value) => value.path === path) : [];
  }
  const written = analysis.recipes.flatMap(explainRecipe).filter(({ origin }) => {
    if (!("place" in origin) || origin.place.source !== analysis.source) return false;
    return origin.place.span.start === item.start && origin.place.span.end === item.end;
  });
  return uniqueValues(written);
}

/** Recipes that extend one another have values in common. */
function uniqueValues(values: readonly ExplainedValue[]): readonly ExplainedValue[] {
  const byText = new Map(values.map((value) => [`${value.path} ${value.text} ${value.from}`, value]));
  return [...byText.values()];
}

function sectionHelp(
  analysis: Analysis,
  place: TreePlace,
  section: Extract<Node, { kind: "section" }>,
): Help | undefined {
  const { sectionKind } = section;
  const { text, span } = sectionKind;
  if (place.slot?.kind === "recipe" && isSectionKind(text))
    return { span, text: `**${text}**\n\n${sectionDocs[text]}` };
  if (place.slot?.kind === "recipe" && isOwnProcessorKind(text))
    return { span, text: `**${text}**\n\n${ownProcessorDoc}` };
  return keyHelp(analysis, place, sectionKind, section.span);
}

/** The format behind `from`. */
function formatHelp({ catalog }: Analysis, { text, span }: Name): Help | undefined {
  const card = catalog.get("format", text);
  return card && { span, text: componentHelp(card) };
}

/** A component's name: the label of a section, or a value. */
function pathHelp(
  analysis: Analysis,
  place: TreePlace,
  path: Extract<Node, { kind: "path" }>,
): Help | undefined {
  const holder = place.nodes.at(-3);
  if (holder?.kind === "section" && isOwnProcessorKind(holder.sectionKind.text)) {
    const card = analysis.catalog.get(holder.sectionKind.text, path.text);
    return card && { span: path.span, text: componentHelp(card) };
  }
  if (holder?.kind === "section" && isSectionKind(holder.sectionKind.text)) {
    const { cards, variant } = cardsOf(
      holder.sectionKind.text,
      path,
      place.declaration?.text,
      analysis,
      holder.from,
    );
    const [only, ...others] = cards;
    if (!only || others.length > 0) return undefined;
    return { span: path.span, text: componentHelp(only, variant) };
  }
  const { wanted } = place;
  if (holder?.kind === "call" && functionDocs[path.text])
    return { span: path.span, text: functionDocs[path.text]?.doc ?? "" };
  const card = wanted?.type.is === "component" ? analysis.catalog.get(wanted.type.of, path.text) : undefined;
  if (card) return { span: path.span, text: componentHelp(card) };
  if (wanted?.type.is !== "enum" || !wanted.type.members.includes(path.text)) return undefined;
  const noun = wanted.type.noun ?? "value";
  return { span: path.span, text: `**${path.text}** · ${noun} of \`${wanted.key}\`\n\n${wanted.option.doc}` };
}

function unitHelp({ text, span }: Name): Help | undefined {
  if (!Object.hasOwn(units, text)) return undefined;
  const { dimension, scale } = units[text as Unit];
  const base = { bytes: "bytes", time: "seconds" }[dimension as string] ?? "";
  const size = scale === 1 ? "" : `: ${scale} ${base}`.trimEnd();
  return { span, text: `**${text}** · unit of ${dimension}${size}` };
}
