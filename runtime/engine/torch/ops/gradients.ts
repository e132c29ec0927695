import type { BackwardFunction, OnGradient } from "../../../tensor/engine.ts";
import type { Tensor } from "../../../tensor/index.ts";
import type { Handle } from "../binding.ts";
import type { TorchCore } from "../core.ts";

/** The gradients of `loss`; see Engine.grad. */
export function grad(
  core: TorchCore,
  loss: Tensor,
  params: readonly Tensor[],
  onGradient: OnGradient | undefined,
): (Tensor | null)[] {
  const wanted = params.map((param) => core.at(param));
  const at = core.at(loss);
  const gradients: (Tensor | null)[] = params.map(() => null);
  const receive = (index: number, handle: Handle): Tensor => {
    const gradient = core.made(handle, params[index]?.shape ?? [], "float32");
    gradients[index] = gradient;
    return gradient;
  };
  const tell =
    onGradient &&
    ((index: number, handle: Handle): void => {
      const gradient = receive(index, handle);
      core.noGrad(() => onGradient(index, gradient));
    });
  const handles = core.attempt((binding) => binding.grad([at], wanted, [], tell));
  for (const [index, handle] of handles.entries()) if (handle !== 0) receive(index, handle);
  return gradients;
}

/** `value` with gradients that `backward` computes; see tensor/gradients.ts. */
export function customGradient(
  core: TorchCore,
  inputs: readonly Tensor[],
  value: Tensor,
  backward: BackwardFunction,
): Tensor {
  const { shape } = value;
  const compute = (dy: Handle, kept: Handle[]): Handle[] => {
    for (const handle of kept) core.binding.free(handle);
    return core.noGrad(() =>
      core.scope(() => {
        const gradients = backward(core.made(dy, shape, "float32"));
        // Handles of their own, which outlive the scope.
        return gradients.map((gradient) =>
          gradient === null ? 0 : core.call(core.ops.detach, core.precise(gradient)),
        );
      }),
    );
  };
  const handles = inputs.map((input) => core.precise(input));
  return core.made(core.binding.withBackward(core.precise(value), handles, compute), shape, "float32");
}
