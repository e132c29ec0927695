import { type TrainingPlan, trainingLength } from "../../runtime/train/length.card.ts";
import type { PartialRecipe } from "../resolve/resolved.ts";
import { isUnknown, type Known, mapKnown, unknown } from "./known.ts";
import { type Mixed, mixtureOf } from "./mixture.ts";
import { trainingSamples } from "./samples.ts";
import { optionsOf, type RunFigures } from "./values.ts";

/** How long a training is. */
export interface Length {
  /** Samples of a pass over the data; unknown where the length is counted in steps and nobody counted samples. */
  readonly samples: Known<number>;
  readonly batch: number;
  readonly processes: number;
  readonly accumulation: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  /** Samples that all steps together take, the same ones in several passes. */
  readonly samplesSeen: number;
  /** What of them comes from each data set, where ratios say it. */
  readonly mixture: Known<readonly Mixed[]>;
}

interface LengthOptions {
  readonly max_epoch: number | null;
  readonly max_iters: number | null;
  readonly iters_per_inner_epoch: number | null;
}

const lengthKeys = ["max_epoch", "max_iters", "iters_per_inner_epoch"] as const;

/** The optimizer steps of a training; where they are counted in the schedule, batches and samples do not matter. */
export function totalStepsOf(recipe: PartialRecipe, run: RunFigures): Known<number> {
  return mapKnown(optionsOf<LengthOptions>(recipe.schedule, "schedule", lengthKeys), (options) => {
    if (options.max_iters === null) return mapKnown(lengthOf(recipe, run), ({ totalSteps }) => totalSteps);
    return mapKnown(countedInSchedule(options, run), ({ totalSteps }) => totalSteps);
  });
}

/** The epochs of a training, which do not depend on the samples. */
export function epochsOf(recipe: PartialRecipe, run: RunFigures): Known<number> {
  return mapKnown(optionsOf<LengthOptions>(recipe.schedule, "schedule", lengthKeys), (options) =>
    mapKnown(countedInSchedule(options, run), ({ numEpochs }) => numEpochs),
  );
}

/** A length of which only what the schedule counts is right: with `max_iters` all, with `max_epoch` the epochs. */
function countedInSchedule(options: LengthOptions, { accumulation }: RunFigures): Known<TrainingPlan> {
  if (accumulation === undefined) return unknown("run.accum_grad_iters has no value before the run");
  const plan = trainingLength(options.max_iters ?? 1, { ...options, accum_grad_iters: accumulation });
  return plan ?? unknown("the schedule says neither max_epoch nor max_iters");
}

/** The length of a recipe's training, with so many samples a pass where the recipe's data sets do not say. */
export function lengthOf(recipe: PartialRecipe, run: RunFigures, given?: number): Known<Length> {
  const { batch, processes, accumulation } = run;
  if (batch === undefined || processes === undefined || accumulation === undefined) {
    const open = Object.entries({ batch_size_train: batch, world_size: processes }).find(
      ([, value]) => value === undefined,
    );
    return unknown(`run.${open?.[0] ?? "accum_grad_iters"} has no value`);
  }
  const samples = given ?? trainingSamples(recipe);
  return mapKnown(optionsOf<LengthOptions>(recipe.schedule, "schedule", lengthKeys), (options) => {
    if (isUnknown(samples) && options.max_iters === null) return samples;
    const batchesPerPass = isUnknown(samples) ? 1 : Math.floor(samples / (batch * processes));
    if (batchesPerPass < 1)
      return unknown(
        `a pass of ${String(samples)} samples is less than one batch of ${batch * processes}, so there is no step`,
      );
    const plan = trainingLength(batchesPerPass, { ...options, accum_grad_iters: accumulation });
    if (plan === undefined) return unknown("the schedule says neither max_epoch nor max_iters");
    const mixture = mixtureOf(recipe, plan.totalBatches * batch * processes);
    return { samples, batch, processes, accumulation, ...figures(plan, batch * processes), mixture };
  });
}

const figures = (plan: TrainingPlan, globalBatch: number) => ({
  epochs: plan.numEpochs,
  stepsPerEpoch: plan.stepsPerEpoch,
  totalSteps: plan.totalSteps,
  samplesSeen: plan.totalBatches * globalBatch,
});
