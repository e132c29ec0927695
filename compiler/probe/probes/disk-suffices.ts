import { find, textOf, trains } from "../../check/rule.ts";
import { checkpointsOf, epochsOf, formatBytes, isUnknown, runFigures, sizeOf } from "../../plan/index.ts";
import type { Probe } from "../probe.ts";

/** LV6008, LV6009: a run can write to its folder, and its checkpoints fit on the disk. */
export const diskSuffices: Probe = async (recipe, world, report) => {
  const output = find(recipe.run, "output_dir");
  const named = textOf(output);
  if (output === undefined || named === undefined) return;
  const path = world.path(named);
  const { folder, free } = await world.disk(path);
  const problem = world.whyNotWritable(folder);
  if (problem !== undefined) {
    report("LV6009", { folder, problem }, [output]);
    return;
  }
  if (trains(recipe) !== true) return;
  const size = sizeOf(recipe, (file) => world.vocabulary(file));
  const checkpoints = checkpointsOf(size, epochsOf(recipe, runFigures(recipe)), runFigures(recipe));
  if (isUnknown(checkpoints) || checkpoints.bytes <= free) return;
  report(
    "LV6008",
    { needed: formatBytes(checkpoints.bytes), folder, free: formatBytes(free) },
    [output],
    [
      `${checkpoints.kept} are kept, of ${formatBytes(checkpoints.bytesEach)} each, and one more is being written.`,
    ],
  );
};
