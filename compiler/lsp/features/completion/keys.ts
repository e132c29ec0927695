import { CompletionItemKind } from "vscode-languageserver";
import type { Option } from "../../../../runtime/card.ts";
import { isSectionKind, sectionKinds } from "../../../catalog/index.ts";
import { ownProcessorKinds } from "../../../own/index.ts";
import { optionHelp, shortType, writableDefault } from "../../describe.ts";
import type { Slot } from "../../places.ts";
import { hasNoLabel, isSingleSection, itemWords, ownProcessorDoc, sectionDocs } from "../../words.ts";
import { type Candidate, inSnippet } from "./item.ts";

/** How a key goes on behind its name. */
export type KeyForm = "item" | "argument" | "name alone";

/** What may stand as a new item of a block: keys or sections, and the words of items. */
export function itemCandidates(
  slot: Slot | undefined,
  taken: ReadonlySet<string>,
  form: KeyForm,
): readonly Candidate[] {
  const words = form === "item" ? wordCandidates() : [];
  switch (slot?.kind) {
    case "recipe":
      return [...sectionCandidates(taken, form), ...words];
    case "options":
      return [...optionCandidates(slot, taken, form), ...words];
    case "entries":
      return [...entryCandidates(slot, taken, form), ...words];
    default:
      return words;
  }
}

const wordCandidates = (): readonly Candidate[] =>
  Object.entries(itemWords).map(([label, { doc, snippet }]) => ({
    label,
    kind: CompletionItemKind.Keyword,
    doc,
    text: `${label} `,
    snippet,
    rank: 5,
  }));

function sectionCandidates(taken: ReadonlySet<string>, form: KeyForm): readonly Candidate[] {
  const open = sectionKinds.filter((kind) => !isSingleSection(kind) || !taken.has(kind));
  const own = ownProcessorKinds.map((kind) => ({
    label: kind,
    kind: CompletionItemKind.Module,
    detail: "your own",
    doc: ownProcessorDoc,
    text: form === "item" ? `${kind} ` : kind,
    snippet: form === "item" ? `${kind} \${1:name} from "\${2:./file.ts}"$0` : undefined,
    rank: 4,
  }));
  const sections = open.map((kind) => ({
    label: kind,
    kind: CompletionItemKind.Module,
    detail: "section",
    doc: sectionDocs[kind],
    text: form === "item" ? `${kind} ` : kind,
    snippet:
      form !== "item" ? undefined : hasNoLabel(kind) ? `${kind} {\n\t$0\n}` : `${kind} \${1:name} {\n\t$0\n}`,
  }));
  return [...sections, ...own];
}

function optionCandidates(
  { options, presets, owner }: Extract<Slot, { kind: "options" }>,
  taken: ReadonlySet<string>,
  form: KeyForm,
): readonly Candidate[] {
  return Object.entries(options)
    .filter(([name]) => !taken.has(name))
    .map(([name, option]) => ({
      label: name,
      kind: hasKeys(option) ? CompletionItemKind.Struct : CompletionItemKind.Property,
      detail: shortType(option),
      doc: optionHelp(name, option, owner, presets[name]),
      ...written(name, option, form, presets[name]),
      // What must be given stands first.
      rank: option.default === undefined && !hasKeys(option) ? 0 : 1,
    }));
}

const hasKeys = ({ type }: Option): boolean => type.is === "block" || type.is === "map";

function written(
  name: string,
  option: Option,
  form: KeyForm,
  preset: unknown,
): Pick<Candidate, "text" | "snippet"> {
  if (form === "name alone") return {};
  if (hasKeys(option)) return { text: `${name} {}`, snippet: `${name} {\n\t$0\n}` };
  const value = writableDefault(option, preset);
  const stop = value === undefined ? "$0" : `\${1:${inSnippet(value)}}`;
  return { text: `${name} = `, snippet: `${name} = ${stop}` };
}

/** What the splits of a dataset are called, where nothing says otherwise. */
export const usualSplits: readonly string[] = ["train", "val", "test"];

/** Keys of the user's, such as splits: those that recipes usually have. */
function entryCandidates(
  { option, type }: Extract<Slot, { kind: "entries" }>,
  taken: ReadonlySet<string>,
  form: KeyForm,
): readonly Candidate[] {
  const stated = option.default && "value" in option.default ? Object.keys(Object(option.default.value)) : [];
  const element: Option = { type, doc: option.doc };
  return (stated.length > 0 ? stated : usualSplits)
    .filter((name) => !taken.has(name))
    .map((name) => ({
      label: name,
      kind: CompletionItemKind.Field,
      doc: option.doc,
      ...written(name, element, form, undefined),
    }));
}

/** Sections and keys that a recipe has from the one that it extends, for `remove`. */
export function removable(slot: Slot | undefined): readonly Candidate[] {
  if (slot?.kind === "recipe")
    return sectionKinds.map((label) => ({ label, kind: CompletionItemKind.Module, doc: sectionDocs[label] }));
  return itemCandidates(slot, new Set(), "name alone").filter(({ label }) => !isSectionKind(label));
}
