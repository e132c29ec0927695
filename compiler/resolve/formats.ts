/** Datasets of the user's own: `dataset NAME from FORMAT { … }`. */

import { isMissing } from "../../grammar/index.ts";
import type { Card } from "../../runtime/card.ts";
import { didYouMean, oneOfNames, suggestionsFor } from "../diagnostics/index.ts";
import { renameFixes } from "../program/index.ts";
import type { ResolveContext } from "./context.ts";
import { type DraftItem, type DraftSource, labelPlace } from "./draft.ts";

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
