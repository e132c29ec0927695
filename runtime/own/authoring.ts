/**
 * What components of one's own are written with (docs/components.md): the interfaces that they meet, layers, the
 * tensor API, rows of all processes, and the types of their options.
 */

export { dataPath } from "../cache.ts";
export type { Dataset, FieldValue, ImageId, OpenOptions, Row } from "../datasets/dataset.ts";
export type { Collectives } from "../distributed/collectives.ts";
export { gatherRows, gatherRowsWithGradient } from "../distributed/gather.ts";
export { BaseModel } from "../models/base-model.ts";
export { type FieldKinds, fieldOf } from "../models/fields.ts";
export type {
  Batch,
  Captioner,
  CaptioningOptions,
  CaptionSampling,
  LayerNumbering,
  Losses,
  Model,
  TrainForward,
  TrainPosition,
  Weight,
} from "../models/model.ts";
export { Embedding } from "../nn/embedding.ts";
export { mergeHeads, splitHeads } from "../nn/heads.ts";
export { LayerNorm } from "../nn/layer-norm.ts";
export { Linear } from "../nn/linear.ts";
export { type Build, type Forward, Module } from "../nn/module.ts";
export { drop, dropPath } from "../nn/stochastic.ts";
export { crop, type Image, mirror, wholeOf } from "../processors/image.ts";
export { normalizer } from "../processors/normalize.ts";
export type { TextProcessor, VisionProcessor } from "../processors/processor.ts";
export type { Random } from "../processors/random.ts";
export { bicubicResizer } from "../processors/resize/resize.ts";
export { BaseTask } from "../tasks/base-task.ts";
export type { Baseline, Evaluation, SampleResult, Selection, Task } from "../tasks/task.ts";
export * from "../tensor/index.ts";
export { BertTokenizer } from "../text/bert-tokenizer.ts";
export { readVocabulary } from "../text/vocabulary.ts";
export type * from "./option-types.ts";
