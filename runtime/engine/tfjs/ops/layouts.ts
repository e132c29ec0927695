import type { Shape, Tensor } from "../../../tensor/index.ts";
import type { EngineCore, TfjsTensor } from "../core.ts";
import type { Value } from "../value.ts";
import { sumTo } from "./elementwise.ts";

export function reshape(core: EngineCore, x: TfjsTensor, shape: Shape): Tensor {
  const { kernels } = core;
  const from = x.shape;
  return core.result("reshape", kernels.reshape(x.value, shape), [x], [], (dy) => [
    kernels.reshape(dy, from),
  ]);
}

export function transpose(
  core: EngineCore,
  x: TfjsTensor,
  permutation: readonly number[],
  shape: Shape,
): Tensor {
  const { kernels } = core;
  const from = x.shape;
  const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
  const y = kernels.transpose(x.value, permutation, shape);
  return core.result("transpose", y, [x], [], (dy) => [kernels.transpose(dy, inverse, from)]);
}

export function concat(core: EngineCore, xs: readonly TfjsTensor[], axis: number, shape: Shape): Tensor {
  const { kernels } = core;
  const y = kernels.concat(
    xs.map((x) => x.value),
    axis,
    shape,
  );
  const shapes = xs.map((x) => x.shape);
  return core.result("concat", y, xs, [], (dy, _, needed) => {
    const begin = shape.map(() => 0);
    return shapes.map((piece, i) => {
      const part = needed[i] ? kernels.slice(dy, begin, piece) : undefined;
      begin[axis] = (begin[axis] as number) + (piece[axis] as number);
      return part;
    });
  });
}

export function slice(core: EngineCore, x: TfjsTensor, begin: readonly number[], size: Shape): Tensor {
  const { kernels } = core;
  const from = x.shape;
  return core.result("slice", kernels.slice(x.value, begin, size), [x], [], (dy) => [
    kernels.unslice(dy, begin, from),
  ]);
}

export function gather(
  core: EngineCore,
  x: TfjsTensor,
  indices: TfjsTensor,
  axis: number,
  shape: Shape,
): Tensor {
  const { kernels } = core;
  const from = x.shape;
  const y = kernels.gather("gather", x.value, indices.value, axis, shape);
  return core.result("gather", y, [x], [indices.value], (dy, [at]) => [
    kernels.scatterAdd(dy, at as Value, axis, from, undefined),
  ]);
}

export function broadcastTo(core: EngineCore, x: TfjsTensor, shape: Shape): Tensor {
  const { kernels } = core;
  const from = x.shape;
  return core.result("broadcastTo", kernels.broadcastTo(x.value, shape), [x], [], (dy) => [
    sumTo(kernels, kernels.values.hold(dy), from),
  ]);
}
