import type { Engine } from "./engine.ts";

/** The element types. `bool` is one byte per element, 0 or 1. */
export type DType = "float32" | "int32" | "bool";

/** The sizes of the axes, outermost first. `[]` is a scalar. */
export type Shape = readonly number[];

/** Elements on the JavaScript side: the array type follows the dtype (float32, int32, bool). */
export type TensorData = Float32Array | Int32Array | Uint8Array;

/**
 * A handle on an array that an engine holds. Engines extend it with what they keep.
 *
 * A handle lives until `dispose()`, or until the end of the innermost `scope` in which it was made. What
 * gradients need later, the engine keeps by itself: disposing a handle never breaks a later `grad`.
 */
export abstract class Tensor {
  abstract readonly engine: Engine;
  readonly shape: Shape;
  readonly dtype: DType;

  protected constructor(shape: Shape, dtype: DType) {
    this.shape = shape;
    this.dtype = dtype;
  }

  /** Whether `grad` can reach something through this tensor: a parameter, or computed from one. */
  abstract readonly requiresGrad: boolean;

  /** Whether the handle was disposed; every use of it is then an error. */
  abstract readonly isDisposed: boolean;

  /** Gives the handle up, and its memory once nothing else needs it. Disposing twice is harmless. */
  abstract dispose(): void;

  /** How many axes there are. */
  get rank(): number {
    return this.shape.length;
  }

  /** How many elements there are. */
  get size(): number {
    let size = 1;
    for (const length of this.shape) size *= length;
    return size;
  }

  toString(): string {
    return `Tensor(${this.dtype} [${this.shape.join(", ")}])`;
  }
}
