/** Checks of what a recipe means: one rule a file, each a function from a resolved recipe to reports. */

import type { DiagnosticCollector } from "../diagnostics/index.ts";
import type { PartialRecipe } from "../resolve/resolved.ts";
import { type Rule, reporter } from "./rule.ts";
import { candidatesSuffice } from "./rules/data/candidates-suffice.ts";
import { channelsAreThree } from "./rules/data/channels-are-three.ts";
import { datasetHasFields } from "./rules/data/dataset-has-fields.ts";
import { fieldsAreNew } from "./rules/data/fields-are-new.ts";
import { fieldsAreRead } from "./rules/data/fields-are-read.ts";
import { imageSizesAgree } from "./rules/data/image-sizes-agree.ts";
import { modalityHasProcessor } from "./rules/data/modality-has-processor.ts";
import { promptsAgree } from "./rules/data/prompts-agree.ts";
import { referencesExist } from "./rules/data/references-exist.ts";
import { scalesInOrder } from "./rules/data/scales-in-order.ts";
import { secretsStaySecret } from "./rules/data/secrets-stay-secret.ts";
import { sharesAreLeft } from "./rules/data/shares-are-left.ts";
import { splitsExist } from "./rules/data/splits-exist.ts";
import { splitsHaveFiles } from "./rules/data/splits-have-files.ts";
import { taskFitsModel } from "./rules/data/task-fits-model.ts";
import { headsDivideWidth } from "./rules/model/heads-divide-width.ts";
import { lengthOrder } from "./rules/model/length-order.ts";
import { patchesFillImage } from "./rules/model/patches-fill-image.ts";
import { positionsSuffice } from "./rules/model/positions-suffice.ts";
import { queueHoldsWholeBatches } from "./rules/model/queue-holds-whole-batches.ts";
import { weightsAreNamed } from "./rules/model/weights-are-named.ts";
import { optionsAreAvailable } from "./rules/options/options-are-available.ts";
import { optionsHaveEffect } from "./rules/options/options-have-effect.ts";
import { partsAreImplemented } from "./rules/parts/parts-are-implemented.ts";
import { engineHasDevice } from "./rules/training/engine-has-device.ts";
import { engineHasMixedPrecision } from "./rules/training/engine-has-mixed-precision.ts";
import { float16NeedsGpu } from "./rules/training/float16-needs-gpu.ts";
import { innerEpochFits } from "./rules/training/inner-epoch-fits.ts";
import { minimumBelowPeak } from "./rules/training/minimum-below-peak.ts";
import { oneTrainingLength } from "./rules/training/one-training-length.ts";
import { resumeNeedsTraining } from "./rules/training/resume-needs-training.ts";
import { runHasSplits } from "./rules/training/run-has-splits.ts";
import { selectNeedsValidation } from "./rules/training/select-needs-validation.ts";
import { warmupBelowPeak } from "./rules/training/warmup-below-peak.ts";

/** Every rule, in the order in which a reader thinks of them: what fits, data, model, training, run. */
export const rules: readonly Rule[] = [
  taskFitsModel,
  datasetHasFields,
  fieldsAreNew,
  fieldsAreRead,
  modalityHasProcessor,
  splitsExist,
  splitsHaveFiles,
  referencesExist,
  secretsStaySecret,
  candidatesSuffice,
  sharesAreLeft,
  runHasSplits,
  imageSizesAgree,
  patchesFillImage,
  channelsAreThree,
  scalesInOrder,
  promptsAgree,
  headsDivideWidth,
  positionsSuffice,
  queueHoldsWholeBatches,
  weightsAreNamed,
  lengthOrder,
  selectNeedsValidation,
  oneTrainingLength,
  innerEpochFits,
  warmupBelowPeak,
  minimumBelowPeak,
  resumeNeedsTraining,
  engineHasDevice,
  engineHasMixedPrecision,
  float16NeedsGpu,
  optionsAreAvailable,
  optionsHaveEffect,
  partsAreImplemented,
];

/** Runs every rule on a recipe. One that others extend may be incomplete, and is checked through them. */
export function checkMeaning(recipe: PartialRecipe, diagnostics: DiagnosticCollector): void {
  if (recipe.isBase) return;
  const report = reporter(recipe, diagnostics);
  for (const rule of rules) rule(recipe, report);
}
