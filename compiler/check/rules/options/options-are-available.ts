import type { Option } from "../../../../runtime/card.ts";
import { describeValue } from "../../../explain/origin.ts";
import { removalFix } from "../../../resolve/edits.ts";
import {
  type Resolved,
  type ResolvedOptions,
  type ResolvedSection,
  sectionsOf,
} from "../../../resolve/resolved.ts";
import { optionsIn, type Report, type Rule } from "../../rule.ts";

/** LV3018: nothing is asked for that this version of the runtime cannot do. */
export const optionsAreAvailable: Rule = (recipe, report) => {
  for (const section of sectionsOf(recipe)) visit(section, section.options, report);
};

/** A value as `only` compares it: of others than scalars there is only that they are given. */
const plain = (value: Resolved) => (value.kind === "scalar" ? value.value : value.kind);

function visit(section: ResolvedSection, options: ResolvedOptions, report: Report): void {
  for (const [name, value] of options) {
    const inner = optionsIn(value);
    if (inner) visit(section, inner, report);
    const only: Option["only"] = value.option.only;
    if (!only || plain(value) === undefined || plain(value) === only.value) continue;
    const { origin } = value;
    const fixes = origin.kind === "recipe" ? [removalFix(origin.place, "Remove the line", "unsafe")] : [];
    const names = {
      key: name,
      found: describeValue(value),
      because: only.because,
      only: only.value === null ? "none" : String(only.value),
    };
    report("LV3018", names, [{ name, value, section }], { fixes });
  }
}
