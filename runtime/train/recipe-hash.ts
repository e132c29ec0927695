import { createHash } from "node:crypto";
import type { CompleteRecipe } from "../recipe.ts";

/**
 * What a run is: its resolved options, without those that change neither weights nor order of samples, and
 * without the engine and the number of processes, which a checkpoint names.
 */
export function recipeHash({ task, model, datasets, schedule, optimizer, run }: CompleteRecipe): string {
  const {
    output_dir,
    resume_ckpt_path,
    num_workers,
    log_freq,
    save_freq,
    save_last,
    engine,
    device,
    threads,
    amp_dtype,
    world_size,
    distributed,
    dist_url,
    use_dist_eval_sampler,
    ...rest
  } = run;
  const described = [task, model, ...datasets, schedule, optimizer].map(({ name, options }) => ({
    name,
    options,
  }));
  return createHash("sha256")
    .update(JSON.stringify([described, { ...rest, amp: run.amp && amp_dtype }]))
    .digest("hex");
}
