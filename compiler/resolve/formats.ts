/** Datasets of the user's own: `dataset NAME from FORMAT { … }`. */

import { constantText, type Fix, isMissing } from "../../grammar/index.ts";
import { type Card, isUrl } from "../../runtime/card.ts";
import { lavisKeys } from "../catalog/index.ts";
import { didYouMean, oneOfNames, suggestionsFor } from "../diagnostics/index.ts";
import { renameFixes } from "../program/index.ts";
import type { ResolveContext } from "./context.ts";
import { type Draft, type DraftItem, type DraftSource, labelPlace } from "./draft.ts";
import { replacementFix } from "./edits.ts";
import type { Place } from "./resolved.ts";

/**
 * The card of a dataset of the user's: its format's, a copy for each dataset, because what options follow and get
 * as defaults is looked up by the card. Undefined, and reported, where the format or the name cannot be.
 */
export function cardOfFormat(
  { catalog, diagnostics }: Pick<ResolveContext, "catalog" | "diagnostics">,
  name: string,
  item: DraftItem,
  { node, place }: DraftSource,
): Card | undefined {
  if (node.kind !== "name" || isMissing(node)) return undefined;
  const format = catalog.get("format", node.text);
  if (!format) {
    const names = catalog.names("format");
    const near = suggestionsFor(node.text, names);
    const notes = near.length > 0 ? didYouMean(near) : [`The formats are ${oneOfNames(names, "and")}.`];
    diagnostics.report("LV2201", { name: node.text }, place, { notes, fixes: renameFixes(place, near) });
  }
  if (catalog.get("dataset", name)) {
    const where = labelPlace(item);
    const fixes = where === item.header ? [] : renameFixes(where, [`my_${name}`]);
    diagnostics.report("LV2202", { name }, where, { fixes });
    return undefined;
  }
  return format && { ...format };
}

/** What an unknown dataset may have been meant to be. */
export const ownDataNote = (name: string): string =>
  `Data of your own is \`dataset ${name} from FORMAT { … }\`: \`lavisc describe format\` lists the formats.`;

type Report = Pick<ResolveContext, "diagnostics">;

/**
 * The keys of a dataset of the user's own. What is written as for LAVIS's datasets, in `build_info` and with `storage`
 * for each split, is reported and then taken for what it means: nothing more is said about it.
 */
export function ownDataKeys(context: Report, card: Card, { block }: DraftItem): Draft {
  const draft: Draft = new Map(block);
  const buildInfo = draft.get("build_info");
  if (buildInfo?.block && !buildInfo.value) {
    reportBuildInfo(context, card, buildInfo, draft);
    draft.delete("build_info");
    for (const [key, item] of buildInfo.block) if (!draft.has(key)) draft.set(key, item);
  }
  const annotations = draft.get("annotations");
  if (annotations?.block) {
    const splits = [...annotations.block].map(
      ([split, item]) => [split, withoutStorage(context, item)] as const,
    );
    draft.set("annotations", { ...annotations, block: new Map(splits) });
  }
  return draft;
}

/** Its lines go into the dataset, where they all can. */
function reportBuildInfo(
  { diagnostics }: Report,
  card: Card,
  { header, whole, body, block }: DraftItem,
  beside: Draft,
): void {
  const ours = lavisKeys.format?.build_info?.ours ?? "";
  const canMove = [...(block ?? [])].every(
    ([key, item]) => Object.hasOwn(card.options, key) && !beside.has(key) && isInside(item.whole, whole),
  );
  // Lines stand one level less deep than before.
  const lines =
    body &&
    whole.source
      .slice(body)
      .trim()
      .replace(/(\n)(?: {2}|\t)/g, "$1");
  const title = "Remove the braces around them";
  const fixes = canMove && lines ? [replacementFix(whole, lines, title, "safe")] : [];
  diagnostics.report("LV2011", { found: "build_info", ours }, header, { fixes });
}

/** `train { storage = "a.json" }` as `train = "a.json"`. */
function withoutStorage({ diagnostics }: Report, split: DraftItem): DraftItem {
  if (split.value) return split;
  const storage = split.block?.get("storage");
  const { value: url } = split.block?.get("url") ?? {};
  const address = url?.expression.kind === "string" ? constantText(url.expression) : undefined;
  // As the split's value it is reported for what it is.
  if (!storage && address !== undefined && isUrl(address)) return { ...split, value: url, block: undefined };
  if (!storage?.value) return split;
  const others = [...(split.block?.keys() ?? [])].filter((key) => key !== "storage");
  const { source, span } = split.whole;
  const isWhole = others.length === 0 && isInside(storage.whole, split.whole);
  const text = `${split.name} = ${storage.whole.source.slice(storage.value.expression.span)}`;
  const fixes: readonly Fix[] = isWhole
    ? [replacementFix({ source, span }, text, `Write \`${text}\``, "safe")]
    : [];
  const notes =
    others.length === 0 ? [] : [`Nothing is downloaded, so that there is no ${oneOfNames(others)} either.`];
  const ours = `without it, as the value of its split: \`${split.name} = …\``;
  diagnostics.report("LV2011", { found: "storage", ours }, storage.header, { fixes, notes });
  return { ...split, value: storage.value, block: undefined };
}

const isInside = (inner: Place, outer: Place): boolean =>
  inner.source === outer.source && inner.span.start >= outer.span.start && inner.span.end <= outer.span.end;
