import type { Expression, Path, Section, Span } from "../../grammar/index.ts";
import { isOwnProcessorKind } from "../own/index.ts";
import type { Origin, Place } from "./resolved.ts";
import type { Scope } from "./values/raw.ts";

/** A block as its layers (base recipe, fragments, own keys) left it, before types are asked of it. */
export type Draft = Map<string, DraftItem>;

/** The value of a key, as it was written last. */
export interface DraftValue {
  readonly expression: Expression;
  readonly scope: Scope;
  readonly origin: Origin;
}

/** A key with its value, or a section; a component's value may have a block that overrides its options. */
export interface DraftItem {
  readonly name: string;
  readonly label: Path | undefined;
  /** The name and label as written last. */
  readonly header: Place;
  /** The whole item as written last. */
  readonly whole: Place;
  /** The inside of its braces as written last. */
  readonly body: Span | undefined;
  readonly docs: string;
  readonly origin: Origin;
  readonly value: DraftValue | undefined;
  readonly block: Draft | undefined;
  /** What it is `from`, as written last. */
  readonly from?: DraftSource | undefined;
}

/** What stands behind `from`: the name of a format, a file in quotes, or nothing, which the parser reports. */
export interface DraftSource {
  readonly node: NonNullable<Section["from"]>;
  readonly place: Place;
  /** The folder of the file that it is written in, which a file in quotes is relative to. */
  readonly directory: string;
}

/** How an item is found in its block: datasets and processors of the user's own by kind and name, the rest by name. */
export function itemKey(name: string, label: Path | undefined): string {
  return label && (name === "dataset" || isOwnProcessorKind(name)) ? `${name} ${label.text}` : name;
}

/** Whether a key of a recipe's block is that of a dataset with a name. */
export const isDatasetKey = (key: string): boolean => key.startsWith("dataset ");

/**
 * The place of an item's label, or of a stretch of it. A section that was written again without its label has that of
 * an earlier one, which stands elsewhere: then its own header.
 */
export function labelPlace(
  { header, label }: Pick<DraftItem, "header" | "label">,
  span: Span | undefined = label?.span,
): Place {
  const isHere = label && header.span.start < label.span.start && label.span.end === header.span.end;
  return isHere && span ? { source: header.source, span } : header;
}

/** A copy that may be changed, blocks in it too. */
export function copyOf(draft: Draft): Draft {
  return new Map(
    [...draft].map(([key, item]) => [key, { ...item, block: item.block && copyOf(item.block) }]),
  );
}

/** The number of its items, those of blocks in it too. */
export function sizeOf(draft: Draft): number {
  let size = draft.size;
  for (const { block } of draft.values()) if (block) size += sizeOf(block);
  return size;
}

/** A copy in which everything counts as inherited. */
export function inherit(draft: Draft): Draft {
  return new Map([...draft].map(([key, item]) => [key, inheritItem(item)]));
}

function inheritItem(item: DraftItem): DraftItem {
  return {
    ...item,
    origin: inheritOrigin(item.origin),
    value: item.value && { ...item.value, origin: inheritOrigin(item.value.origin) },
    block: item.block && inherit(item.block),
  };
}

const inheritOrigin = (origin: Origin): Origin =>
  origin.kind === "recipe" ? { ...origin, inherited: true } : origin;
