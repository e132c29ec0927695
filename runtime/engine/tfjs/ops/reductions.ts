import type { ReduceOp } from "../../../tensor/engine.ts";
import type { Shape, Tensor } from "../../../tensor/index.ts";
import { reducedShape, sizeOf } from "../../../tensor/shape.ts";
import type { EngineCore, TfjsTensor } from "../core.ts";
import type { Kernels } from "../kernels.ts";
import type { Value } from "../value.ts";

export function reduce(
  core: EngineCore,
  op: ReduceOp,
  x: TfjsTensor,
  axes: readonly number[],
  shape: Shape,
): Tensor {
  const { kernels } = core;
  const y = axes.length === 0 ? kernels.reshape(x.value, shape) : kernels.reduce(op, x.value, axes, shape);
  const from = x.shape;
  const wideShape = reducedShape(from, axes, true);
  if (op === "sum" || op === "mean") {
    const factor = op === "mean" ? 1 / sizeOf(axes.map((axis) => from[axis] as number)) : 1;
    return core.result(op, y, [x], [], (dy) => {
      const wide = kernels.reshape(dy, wideShape);
      const scaled = kernels.binary("mul", wide, factor, "float32", wideShape);
      const dx = kernels.broadcastTo(scaled, from);
      for (const value of [wide, scaled]) kernels.values.release(value);
      return [dx];
    });
  }
  return core.result(op, y, [x], [x.value, y], (dy, [argument, extreme]) => [
    extremeGrad(kernels, dy, argument as Value, extreme as Value, axes, wideShape),
  ]);
}

/** dy shared out among the elements that are the extreme. */
function extremeGrad(
  kernels: Kernels,
  dy: Value,
  x: Value,
  extreme: Value,
  axes: readonly number[],
  wideShape: Shape,
): Value {
  const [wideDy, wideExtreme] = [kernels.reshape(dy, wideShape), kernels.reshape(extreme, wideShape)];
  const hits = kernels.compare("equal", x, wideExtreme, x.shape);
  const ones = kernels.cast(hits, "float32");
  const count = axes.length === 0 ? kernels.values.hold(ones) : kernels.reduce("sum", ones, axes, wideShape);
  const share = kernels.binary("div", wideDy, count, "float32", wideShape);
  const dx = kernels.binary("mul", ones, share, "float32", x.shape);
  for (const value of [wideDy, wideExtreme, hits, ones, count, share]) kernels.values.release(value);
  return dx;
}

export function logSumExp(core: EngineCore, x: TfjsTensor, axis: number, shape: Shape): Tensor {
  const { kernels } = core;
  const { values } = kernels;
  const keptShape = reducedShape(x.shape, [axis], true);
  // Shifted by the maximum; an infinite one is no shift.
  const max = kernels.reduce("max", x.value, [axis], keptShape);
  const size = kernels.unary("abs", max);
  const isBounded = kernels.compare("less", size, Number.POSITIVE_INFINITY, keptShape);
  const base = kernels.where(isBounded, max, 0, "float32", keptShape);
  const shifted = kernels.binary("sub", x.value, base, "float32", x.shape);
  const powers = kernels.unary("exp", shifted);
  const sum = kernels.reduce("sum", powers, [axis], keptShape);
  const logarithm = kernels.unary("log", sum);
  const wide = kernels.binary("add", logarithm, base, "float32", keptShape);
  const y = kernels.reshape(wide, shape);
  for (const value of [max, size, isBounded, base, shifted, powers, sum, logarithm]) values.release(value);
  const result = core.result("logSumExp", y, [x], [x.value, wide], (dy, [argument, total]) => {
    const kept = argument as Value;
    const difference = kernels.binary("sub", kept, total as Value, "float32", kept.shape);
    const softmax = kernels.unary("exp", difference);
    const wideDy = kernels.reshape(dy, keptShape);
    const dx = kernels.binary("mul", softmax, wideDy, "float32", kept.shape);
    for (const value of [difference, softmax, wideDy]) values.release(value);
    return [dx];
  });
  values.release(wide);
  return result;
}
