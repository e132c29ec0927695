/** The tensor API that models are written in. Engines implement it; see engine.ts. */
export * from "./create.ts";
export * from "./elementwise.ts";
export type {
  AdamWOptions,
  AmpDType,
  BackwardFunction,
  CrossEntropyOptions,
  Device,
  Engine,
  MatmulOptions,
  MemoryUse,
  OnGradient,
  Operand,
} from "./engine.ts";
export { DTypeError, ShapeError, TensorError } from "./errors.ts";
export * from "./gradients.ts";
export * from "./layers.ts";
export * from "./layout.ts";
export { fold, type Key, KeyStream, key, keyFromWords, keyWords, type Share, shareOf } from "./random.ts";
export * from "./reduce.ts";
export { type DType, type Shape, Tensor, type TensorData } from "./tensor.ts";
