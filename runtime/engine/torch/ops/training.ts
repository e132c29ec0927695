import type { AdamWOptions } from "../../../tensor/engine.ts";
import type { Tensor } from "../../../tensor/index.ts";
import type { TorchCore } from "../core.ts";
import { scalarTypes } from "../operators.ts";

const handlesOf = (core: TorchCore, tensors: readonly Tensor[]): number[] => tensors.map((x) => core.raw(x));

export function assign(core: TorchCore, target: Tensor, value: Tensor): void {
  core.noGrad(() => core.run(core.ops.copyInto, core.raw(target), core.raw(value)));
}

/** libtorch's fused AdamW: one pass over each parameter's four arrays. */
export function adamwStep(
  core: TorchCore,
  params: readonly Tensor[],
  grads: readonly Tensor[],
  expAvg: readonly Tensor[],
  expAvgSq: readonly Tensor[],
  { lr, beta1, beta2, eps, weightDecay, step }: AdamWOptions,
): void {
  if (params.length === 0) return;
  const { ops, place } = core;
  const count = core.call(ops.full, [], step, scalarTypes.float32, undefined, place);
  core.with(count, (steps) =>
    core.noGrad(() =>
      core.run(
        ops.fusedAdamW,
        handlesOf(core, params),
        handlesOf(core, grads),
        handlesOf(core, expAvg),
        handlesOf(core, expAvgSq),
        [],
        params.map(() => steps),
        lr,
        beta1,
        beta2,
        weightDecay,
        eps,
        false,
        false,
      ),
    ),
  );
}

export function globalNorm(core: TorchCore, tensors: readonly Tensor[]): Tensor {
  const { binding, ops } = core;
  return core.noGrad(() => {
    const norms = core.attempt(() => binding.callAll(ops.norms, handlesOf(core, tensors), 2));
    try {
      return core.with(core.call(ops.stack, norms, 0), (all) =>
        core.make([], "float32", ops.vectorNorm, all),
      );
    } finally {
      for (const norm of norms) binding.free(norm);
    }
  });
}

export function scaleInPlace(core: TorchCore, tensors: readonly Tensor[], factor: number): void {
  if (tensors.length === 0) return;
  core.noGrad(() => core.run(core.ops.scaleAll, handlesOf(core, tensors), factor));
}

export function addInPlace(core: TorchCore, targets: readonly Tensor[], values: readonly Tensor[]): void {
  if (targets.length === 0) return;
  core.noGrad(() => core.run(core.ops.addAll, handlesOf(core, targets), handlesOf(core, values), 1));
}
