import type { Fix } from "../../../../grammar/index.ts";
import {
  maxShards,
  type ShardRange,
  shardRanges,
} from "../../../../runtime/datasets/files/shard-range.card.ts";
import { removalFix, replacementFix } from "../../../resolve/edits.ts";
import type { ResolvedSection } from "../../../resolve/resolved.ts";
import { elementsOf, type Found, find, type Rule, textOf } from "../../rule.ts";

/** LV3030: each split of the user's own data names files, and so do its ranges of numbered ones. */
export const splitsHaveFiles: Rule = ({ datasets }, report) => {
  for (const dataset of datasets) {
    const annotations = dataset.card.kind === "format" ? find(dataset, "annotations")?.value : undefined;
    if (annotations?.kind !== "map") continue;
    for (const [split, value] of annotations.entries) {
      const found = { name: split, value, section: dataset };
      const files = elementsOf(found);
      const names = { dataset: dataset.label, split };
      if (files?.length === 0) {
        const { origin } = value;
        const fixes =
          origin.kind === "recipe" ? [removalFix(origin.place, `Remove \`${split}\``, "unsafe")] : [];
        const notes = [`Write \`${split} = "…"\` with the name of its file, or remove the line.`];
        report("LV3030", { ...names, problem: "its list is empty" }, [found], { notes, fixes });
      }
      for (const file of files ?? [])
        for (const range of shardRanges(textOf(file) ?? "")) {
          const wrong = faultOf(range, file, dataset);
          if (wrong) report("LV3030", { ...names, problem: wrong.problem }, [file], wrong);
        }
    }
  }
};

interface Fault {
  readonly problem: string;
  readonly notes: readonly string[];
  readonly fixes: readonly Fix[];
}

/** What is wrong with a range of numbered files; undefined where nothing is. */
function faultOf(
  { text, first, last, count }: ShardRange,
  file: Found,
  dataset: ResolvedSection,
): Fault | undefined {
  const { name, isSharded } = dataset.card;
  if (!isSharded) {
    const list = [first, last].map((number) => `"…${number}…"`).join(", ");
    const notes = [`List the files: \`${file.name} = [${list}]\`.`];
    return { problem: `\`${name}\` takes no range such as \`${text}\``, notes, fixes: [] };
  }
  if (count > maxShards) {
    const problem = `\`${text}\` would be ${count.toLocaleString("en")} of them`;
    return { problem, notes: [`A range has at most ${maxShards.toLocaleString("en")}.`], fixes: [] };
  }
  if (count >= 1) return undefined;
  const upwards = `{${last}..${first}}`;
  const { written } = file.value;
  const at = written ? written.source.slice(written.span).indexOf(text) : -1;
  const start = (written?.span.start ?? 0) + at;
  const place = written && at >= 0 ? { ...written, span: { start, end: start + text.length } } : undefined;
  const fixes = place ? [replacementFix(place, upwards, `Write \`${upwards}\``, "unsafe")] : [];
  return { problem: `\`${text}\` counts down`, notes: [`Ranges count upwards: \`${upwards}\`.`], fixes };
}
