/** Checks of what a recipe means: one rule a file, each a function from a resolved recipe to reports. */

import type { DiagnosticCollector } from "../diagnostics/index.ts";
import type { PartialRecipe } from "../resolve/resolved.ts";
import { type Rule, reporter } from "./rule.ts";
import { channelsAreThree } from "./rules/channels-are-three.ts";
import { datasetHasFields } from "./rules/dataset-has-fields.ts";
import { engineHasDevice } from "./rules/engine-has-device.ts";
import { headsDivideWidth } from "./rules/heads-divide-width.ts";
import { imageSizesAgree } from "./rules/image-sizes-agree.ts";
import { innerEpochFits } from "./rules/inner-epoch-fits.ts";
import { lengthOrder } from "./rules/length-order.ts";
import { minimumBelowPeak } from "./rules/minimum-below-peak.ts";
import { modalityHasProcessor } from "./rules/modality-has-processor.ts";
import { oneTrainingLength } from "./rules/one-training-length.ts";
import { optionsAreAvailable } from "./rules/options-are-available.ts";
import { optionsHaveEffect } from "./rules/options-have-effect.ts";
import { patchesFillImage } from "./rules/patches-fill-image.ts";
import { positionsSuffice } from "./rules/positions-suffice.ts";
import { promptsAgree } from "./rules/prompts-agree.ts";
import { resumeNeedsTraining } from "./rules/resume-needs-training.ts";
import { runHasSplits } from "./rules/run-has-splits.ts";
import { scalesInOrder } from "./rules/scales-in-order.ts";
import { selectNeedsValidation } from "./rules/select-needs-validation.ts";
import { splitsExist } from "./rules/splits-exist.ts";
import { taskFitsModel } from "./rules/task-fits-model.ts";
import { warmupBelowPeak } from "./rules/warmup-below-peak.ts";
import { weightsAreNamed } from "./rules/weights-are-named.ts";

/** Every rule, in the order in which a reader thinks of them: what fits, data, model, training, run. */
export const rules: readonly Rule[] = [
  taskFitsModel,
  datasetHasFields,
  modalityHasProcessor,
  splitsExist,
  runHasSplits,
  imageSizesAgree,
  patchesFillImage,
  channelsAreThree,
  scalesInOrder,
  promptsAgree,
  headsDivideWidth,
  positionsSuffice,
  weightsAreNamed,
  lengthOrder,
  selectNeedsValidation,
  oneTrainingLength,
  innerEpochFits,
  warmupBelowPeak,
  minimumBelowPeak,
  resumeNeedsTraining,
  engineHasDevice,
  optionsAreAvailable,
  optionsHaveEffect,
];

/** Runs every rule on a recipe. One that others extend may be incomplete, and is checked through them. */
export function checkMeaning(recipe: PartialRecipe, diagnostics: DiagnosticCollector): void {
  if (recipe.isBase) return;
  const report = reporter(recipe, diagnostics);
  for (const rule of rules) rule(recipe, report);
}
