import type { Field } from "../../../../runtime/card.ts";
import { find, isNone, type Phase, phasesOf, type Rule } from "../../rule.ts";
import { carriedBy, datasetsIn, fieldsOf, readingsIn } from "../../samples.ts";

/** The processors of a field, by their keys; of several the first that the dataset has. */
const processors: Readonly<Partial<Record<Field, readonly (readonly [string, string?])[]>>> = {
  image: [["vis_processor"]],
  image0: [["vis_processor"]],
  image1: [["vis_processor"]],
  // LAVIS prepares a video by `video_processor` where the dataset has sound as well.
  video: [["video_processor"], ["vis_processor"]],
  video_fts: [["vis_processor"]],
  audio: [["audio_processor"]],
  pc: [["pc_processor"]],
  inp_image: [["kw_processor", "inp_vis_processor"]],
  tgt_image: [["kw_processor", "tgt_vis_processor"]],
  text_input: [["text_processor"]],
};
const phaseNames: Readonly<Record<Phase, string>> = { train: "training", eval: "evaluation" };

/** LV3005, LV3053: every modality that is read has a processor of its own in each phase of the run. */
export const modalityHasProcessor: Rule = (recipe, report) => {
  if (!recipe.task || !recipe.model) return;
  for (const phase of phasesOf(recipe))
    for (const dataset of datasetsIn(recipe, phase)) {
      const carried = carriedBy(dataset, phase);
      const read = readingsIn(recipe, phase).flatMap(({ need }) => fieldsOf(need));
      const seen = new Set<string>();
      for (const field of carried?.filter((one) => read.includes(one)) ?? read)
        for (const [key, inner = phase] of processors[field] ?? []) {
          const found = find(dataset, key, inner);
          if (!found) continue;
          if (seen.has(key + inner)) break;
          seen.add(key + inner);
          const { value } = found;
          if (isNone(found)) {
            const names = { dataset: dataset.label, processor: key, phase: phaseNames[phase] };
            const notes = [`Write \`${key} { ${inner} = … }\` in the dataset's section.`];
            report("LV3005", names, [found], { notes });
          } else if (value.kind === "component" && value.card.reads?.includes(field) === false) {
            const [prepares = ""] = value.card.reads.flatMap(fieldsOf);
            report("LV3053", { processor: value.card.name, prepares, dataset: dataset.label, field }, [
              found,
            ]);
          }
          break;
        }
    }
};
