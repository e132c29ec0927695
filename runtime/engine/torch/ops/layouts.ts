import type { Shape, Tensor } from "../../../tensor/index.ts";
import type { TorchCore } from "../core.ts";
import { scalarTypes } from "../operators.ts";
import { expectIndices } from "./indices.ts";

export function reshape(core: TorchCore, x: Tensor, shape: Shape): Tensor {
  return core.make(shape, x.dtype, core.ops.reshape, core.at(x), shape);
}

export function transpose(core: TorchCore, x: Tensor, permutation: readonly number[], shape: Shape): Tensor {
  return core.make(shape, x.dtype, core.ops.permute, core.at(x), permutation);
}

export function concat(core: TorchCore, xs: readonly Tensor[], axis: number, shape: Shape): Tensor {
  const { dtype } = xs[0] as Tensor;
  return core.make(
    shape,
    dtype,
    core.ops.concat,
    xs.map((x) => core.at(x)),
    axis,
  );
}

export function slice(core: TorchCore, x: Tensor, begin: readonly number[], size: Shape): Tensor {
  const { ops, binding } = core;
  let part = 0;
  for (const [axis, start] of begin.entries()) {
    const length = size[axis] as number;
    if (start === 0 && length === x.shape[axis]) continue;
    const narrower = core.call(ops.narrow, part === 0 ? core.at(x) : part, axis, start, length);
    if (part !== 0) binding.free(part);
    part = narrower;
  }
  return part === 0 ? reshape(core, x, size) : core.made(part, size, x.dtype);
}

export function gather(core: TorchCore, x: Tensor, indices: Tensor, axis: number, shape: Shape): Tensor {
  const { ops } = core;
  expectIndices(core, "gather", indices, x.shape[axis] as number);
  return core.with(core.call(ops.reshape, core.at(indices), [-1]), (flat) =>
    core.with(core.call(ops.select, core.at(x), axis, flat), (rows) =>
      core.make(shape, x.dtype, ops.reshape, rows, shape),
    ),
  );
}

export function broadcastTo(core: TorchCore, x: Tensor, shape: Shape): Tensor {
  return core.make(shape, x.dtype, core.ops.expand, core.at(x), shape);
}

export function oneHot(core: TorchCore, indices: Tensor, depth: number, shape: Shape): Tensor {
  const { ops, place } = core;
  const { int32, float32 } = scalarTypes;
  return core.with(core.call(ops.arange, 0, depth, 1, int32, undefined, place), (classes) =>
    core.with(core.call(ops.reshape, core.at(indices), [...indices.shape, 1]), (column) =>
      core.with(core.call(ops.equal, column, classes), (hits) =>
        core.make(shape, "float32", ops.to, hits, float32),
      ),
    ),
  );
}
