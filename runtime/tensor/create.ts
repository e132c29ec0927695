import { engineOf } from "./arguments.ts";
import type { Engine } from "./engine.ts";
import { DTypeError, expectShape, formatShape, ShapeError, TensorError } from "./errors.ts";
import type { Key } from "./random.ts";
import { checkShape, sizeOf } from "./shape.ts";
import type { DType, Shape, Tensor, TensorData } from "./tensor.ts";

/**
 * A tensor with a copy of `data`, rows first. The dtype defaults to that of the array: Float32Array and plain
 * arrays float32, Int32Array int32, Uint8Array bool.
 *
 * @throws ShapeError when the shape does not have as many elements as `data`.
 */
export function tensor(
  engine: Engine,
  data: TensorData | readonly number[],
  shape: Shape,
  dtype: DType = dtypeOf(data),
): Tensor {
  checkShape("tensor", shape);
  expectShape(
    "tensor",
    data.length === sizeOf(shape),
    () => `data has ${data.length} elements, shape ${formatShape(shape)} needs ${sizeOf(shape)}`,
  );
  return engine.fromData(converted(data, dtype), shape, dtype);
}

/**
 * As {@link tensor}, without the copy where the engine can do without: `data` must then stay as it is for as long
 * as the tensor or a gradient's graph needs it. For batches and weights that nothing else writes to.
 */
export function wrap(engine: Engine, data: TensorData, shape: Shape): Tensor {
  checkShape("wrap", shape);
  expectShape(
    "wrap",
    data.length === sizeOf(shape),
    () => `data has ${data.length} elements, shape ${formatShape(shape)} needs ${sizeOf(shape)}`,
  );
  return engine.wrap(data, shape, dtypeOf(data));
}

function dtypeOf(data: TensorData | readonly number[]): DType {
  if (data instanceof Int32Array) return "int32";
  if (data instanceof Uint8Array) return "bool";
  return "float32";
}

function converted(data: TensorData | readonly number[], dtype: DType): TensorData {
  switch (dtype) {
    case "float32":
      return data instanceof Float32Array ? data : Float32Array.from(data);
    case "int32":
      if (data instanceof Int32Array) return data;
      for (const value of data) checkInt32("tensor", value);
      return Int32Array.from(data);
    case "bool":
      return Uint8Array.from(data, (value: number) => (value === 0 ? 0 : 1));
  }
}

function checkInt32(op: string, value: number): void {
  if (value !== (value | 0)) throw new DTypeError(op, `${value} is no int32`);
}

/** A tensor of shape [] holding one number. */
export function scalar(engine: Engine, value: number, dtype: DType = "float32"): Tensor {
  return full(engine, [], value, dtype);
}

export function zeros(engine: Engine, shape: Shape, dtype: DType = "float32"): Tensor {
  return full(engine, shape, 0, dtype);
}

export function ones(engine: Engine, shape: Shape, dtype: DType = "float32"): Tensor {
  return full(engine, shape, 1, dtype);
}

/** A tensor with every element `value`. */
export function full(engine: Engine, shape: Shape, value: number, dtype: DType = "float32"): Tensor {
  checkShape("full", shape);
  if (dtype === "int32") checkInt32("full", value);
  return engine.full(shape, dtype === "bool" && value !== 0 ? 1 : value, dtype);
}

/** start, start + step, … up to but without `stop`: a vector, int32 unless said otherwise. */
export function arange(
  engine: Engine,
  start: number,
  stop: number,
  step = 1,
  dtype: DType = "int32",
): Tensor {
  if (dtype === "bool") throw new DTypeError("arange", "dtype is bool, expected float32 or int32");
  if (!Number.isFinite(start) || !Number.isFinite(stop) || !Number.isFinite(step) || step === 0) {
    throw new ShapeError("arange", `no finite range from ${start} to ${stop} in steps of ${step}`);
  }
  if (dtype === "int32") for (const value of [start, step]) checkInt32("arange", value);
  return engine.arange(start, step, Math.max(0, Math.ceil((stop - start) / step)), dtype);
}

/** float32 draws of a normal distribution (mean 0 and standard deviation 1 unless given). */
export function randomNormal(
  engine: Engine,
  shape: Shape,
  key: Key,
  { mean = 0, std = 1 }: { mean?: number; std?: number } = {},
): Tensor {
  checkShape("randomNormal", shape);
  return engine.random({ of: "normal", mean, std }, shape, key);
}

/** float32 draws, uniform in [low, high); [0, 1) unless given. */
export function randomUniform(
  engine: Engine,
  shape: Shape,
  key: Key,
  { low = 0, high = 1 }: { low?: number; high?: number } = {},
): Tensor {
  checkShape("randomUniform", shape);
  return engine.random({ of: "uniform", low, high }, shape, key);
}

/**
 * float32 draws of a normal distribution, redrawn until within `bound` standard deviations of the mean. timm's
 * `trunc_normal_` bounds at ±2 in absolute terms: for its usual std 0.02 that is `bound` 100.
 */
export function truncatedNormal(
  engine: Engine,
  shape: Shape,
  key: Key,
  { mean = 0, std = 1, bound = 2 }: { mean?: number; std?: number; bound?: number } = {},
): Tensor {
  checkShape("truncatedNormal", shape);
  if (!(bound > 0)) throw new TensorError("truncatedNormal", `bound is ${bound}, expected a number > 0`);
  return engine.random({ of: "truncatedNormal", mean, std, bound }, shape, key);
}

/** A copy of the elements, rows first: Float32Array, Int32Array, or Uint8Array of 0 and 1 (bool). */
export function read(x: Tensor): TensorData {
  return engineOf("read", x).read(x);
}

/**
 * Calls `use` with the elements, rows first, without a copy where the engine can do without. They are to be read
 * only, and only until `use` returns: for writing a checkpoint or a sum of them.
 */
export function lend<T>(x: Tensor, use: (data: TensorData) => T): T {
  return engineOf("lend", x).lend(x, use);
}

/** The number that a tensor of one element holds. */
export function item(x: Tensor): number {
  expectShape("item", x.size === 1, () => `x is ${formatShape(x.shape)}, expected one element`);
  return read(x)[0] as number;
}
