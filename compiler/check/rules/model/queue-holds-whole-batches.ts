import { find, numberOf, type Rule, trains } from "../../rule.ts";

/** LV3051: the queue of negatives is filled by whole batches. */
export const queueHoldsWholeBatches: Rule = (recipe, report) => {
  const queue = find(recipe.model, "queue_size");
  const batch = find(recipe.run, "batch_size_train");
  const processes = find(recipe.run, "world_size");
  const [size, samples, count] = [numberOf(queue), numberOf(batch), numberOf(processes)];
  if (!queue || !batch || !processes || !size || !samples || !count || !trains(recipe)) return;
  const global = samples * count;
  if (size % global === 0) return;
  const below = Math.floor(size / global) * global;
  const near = [below, below + global].filter((one) => one > 0).join(", ");
  report("LV3051", { queue: size, global }, [queue, batch, processes], { notes: [`Near it: ${near}.`] });
};
