import type { Fragment } from "../../grammar/index.ts";
import { isMissing } from "../../grammar/index.ts";
import type { Option } from "../../runtime/card.ts";
import { type Catalog, sectionKinds } from "../catalog/index.ts";
import { type DiagnosticCollector, didYouMean, suggestionsFor } from "../diagnostics/index.ts";
import { type Declared, placeIn, renameFixes } from "../program/index.ts";

/** Reports fragments for a kind of block that there is not; of those that are used, their use says so. */
export function reportUnknownKinds(
  unused: readonly Declared<Fragment>[],
  catalog: Catalog,
  diagnostics: DiagnosticCollector,
): void {
  if (unused.length === 0) return;
  const kinds = blockKinds(catalog);
  for (const { declaration, file } of unused) {
    const { target } = declaration;
    const near = isMissing(target) || kinds.has(target.text) ? [] : suggestionsFor(target.text, kinds);
    // A name that is near none may be a key of the user's, such as a split.
    if (near.length === 0) continue;
    const more = { notes: didYouMean(near), fixes: renameFixes(target, near) };
    diagnostics.report("LV2006", { kind: target.text }, placeIn(file, target), more);
  }
}

/** What blocks are called: recipes, their sections, nested blocks, and the keys of those that have the user's. */
function blockKinds(catalog: Catalog): ReadonlySet<string> {
  const kinds = new Set<string>(["recipe", ...sectionKinds]);
  const visit = (name: string, { type }: Option): void => {
    if (type.is === "block" || type.is === "map" || type.is === "component") kinds.add(name);
    if (type.is === "block") for (const [inner, option] of Object.entries(type.options)) visit(inner, option);
  };
  for (const card of catalog.all()) {
    for (const [name, option] of Object.entries(card.options)) visit(name, option);
    for (const split of Object.keys(card.samples ?? {})) kinds.add(split);
  }
  for (const split of ["train", "val", "test"]) kinds.add(split);
  return kinds;
}
