import { describeValue } from "../../../explain/origin.ts";
import { removalFix } from "../../../resolve/edits.ts";
import { sectionsOf } from "../../../resolve/resolved.ts";
import { find, isGiven, type Rule } from "../../rule.ts";

/** LV3027: what somebody wrote is read by something. */
export const optionsHaveEffect: Rule = (recipe, report) => {
  for (const section of sectionsOf(recipe))
    for (const [name, value] of section.options) {
      const idle = value.option.idleWhile;
      const written = { name, value, section };
      if (!idle || !isGiven(written)) continue;
      const other = find(section, idle.option);
      if (other?.value.kind !== "scalar" || other.value.value !== idle.is) continue;
      const { origin } = value;
      const fixes = origin.kind === "recipe" ? [removalFix(origin.place, `Remove \`${name}\``, "safe")] : [];
      const names = { key: name, other: other.name, value: describeValue(other.value) };
      report("LV3027", names, [written, other], { fixes });
    }
};
