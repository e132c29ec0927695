import { trains } from "../check/rule.ts";
import type { PartialRecipe } from "../resolve/resolved.ts";
import { type Checkpoints, checkpointsOf } from "./checkpoints.ts";
import { isUnknown, type Known, mapKnown, unknown } from "./known.ts";
import { epochsOf, type Length, lengthOf } from "./length.ts";
import { type Memory, memoryOf } from "./memory.ts";
import { type Rates, ratesOf } from "./rates.ts";
import { countParameters, type ParameterCount, type ReadVocabulary, sizeOf } from "./size.ts";
import { runFigures } from "./values.ts";

/** What is known beside the recipe. */
export interface PlanRequest {
  /** Samples of a pass over the training data, in place of what the data sets' cards say. */
  readonly samples?: number | undefined;
  /** A measured training step. */
  readonly step?: MeasuredStep | undefined;
  readonly readVocabulary?: ReadVocabulary | undefined;
}

export interface MeasuredStep {
  readonly seconds: number;
  /** Where it was measured, in words. */
  readonly source: string;
}

export interface TrainingTime extends MeasuredStep {
  /** All training steps; validation and tests come on top. */
  readonly total: number;
}

/** What training needs and does beside the model itself. */
export interface TrainingFigures {
  readonly length: Known<Length>;
  readonly rates: Known<Rates>;
  readonly checkpoints: Known<Checkpoints>;
  readonly memory: Known<Memory>;
  readonly time: Known<TrainingTime>;
}

/** What a recipe will do and need, before any data is touched. */
export interface Plan {
  readonly recipe: string;
  readonly model: string | undefined;
  readonly parameters: Known<ParameterCount>;
  /** Why there is none: a recipe that only evaluates trains nothing. */
  readonly training: Known<TrainingFigures>;
}

/** Plans a recipe as far as it is resolved. Pure: what cannot be told says why, and what would tell it. */
export function planRecipe(recipe: PartialRecipe, request: PlanRequest = {}): Plan {
  const { samples, step, readVocabulary = () => undefined } = request;
  const { name, model } = recipe;
  const size = sizeOf(recipe, readVocabulary);
  return {
    recipe: name,
    model: model && [model.label, model.variant].filter((part) => part !== undefined).join("."),
    parameters: mapKnown(size, countParameters),
    training: mapKnown(whetherItTrains(recipe), (): TrainingFigures => {
      const run = runFigures(recipe);
      const length = lengthOf(recipe, run, samples);
      return {
        length,
        rates: ratesOf(recipe.schedule, length),
        checkpoints: checkpointsOf(size, epochsOf(recipe, run), run),
        memory: mapKnown(size, (parts) => memoryOf(parts, run)),
        time: timeOf(length, step),
      };
    }),
  };
}

function timeOf(length: Known<Length>, step: MeasuredStep | undefined): Known<TrainingTime> {
  if (step === undefined)
    return unknown("no step was measured: give --step-seconds X, or --from the folder of a run");
  if (isUnknown(length)) return unknown("it follows from the steps of the training");
  return { ...step, total: step.seconds * length.totalSteps };
}

function whetherItTrains(recipe: PartialRecipe): Known<true> {
  if (recipe.run === undefined) return unknown("the recipe has no run");
  const answer = trains(recipe);
  if (answer === undefined) return unknown("run.evaluate has no value before the run");
  return answer || unknown("the recipe only evaluates");
}
