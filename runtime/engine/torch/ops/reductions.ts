import type { ReduceOp } from "../../../tensor/engine.ts";
import type { Shape, Tensor } from "../../../tensor/index.ts";
import type { TorchCore } from "../core.ts";
import { scalarTypes } from "../operators.ts";

export function reduce(
  core: TorchCore,
  op: ReduceOp,
  x: Tensor,
  axes: readonly number[],
  keepDims: boolean,
  shape: Shape,
): Tensor {
  const { ops } = core;
  const at = core.at(x);
  // To libtorch no axes are all of them.
  if (axes.length === 0 && x.rank > 0) return core.make(shape, x.dtype, ops.reshape, at, shape);
  switch (op) {
    case "sum":
    case "mean":
      // Of less than float32 too: sums need its digits.
      return core.make(shape, x.dtype, ops[op], at, axes, keepDims, scalarTypes[x.dtype]);
    case "max":
      return core.make(shape, x.dtype, ops.amax, at, axes, keepDims);
    case "min":
      return core.make(shape, x.dtype, ops.amin, at, axes, keepDims);
  }
}

export function argmax(core: TorchCore, x: Tensor, axis: number, shape: Shape): Tensor {
  return core.with(core.call(core.ops.argmax, core.at(x), axis), (indices) =>
    core.make(shape, "int32", core.ops.to, indices, scalarTypes.int32),
  );
}

export function topK(
  core: TorchCore,
  x: Tensor,
  k: number,
  shape: Shape,
): { values: Tensor; indices: Tensor } {
  const [values, indices] = core.attempt((binding) => binding.topK(core.at(x), k));
  return { values: core.made(values, shape, "float32"), indices: core.made(indices, shape, "int32") };
}

export function logSumExp(core: TorchCore, x: Tensor, axis: number, shape: Shape): Tensor {
  return core.make(shape, "float32", core.ops.logSumExp, core.precise(x), [axis]);
}
