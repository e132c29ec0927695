import type { BackwardFunction } from "../../../tensor/engine.ts";
import type { Tensor } from "../../../tensor/index.ts";
import type { EngineCore, TfjsTensor } from "../core.ts";

/** `value` with gradients that `backward` computes; see tensor/gradients.ts. */
export function customGradient(
  core: EngineCore,
  inputs: readonly TfjsTensor[],
  value: TfjsTensor,
  backward: BackwardFunction,
): Tensor {
  const { values } = core.kernels;
  return core.result("customGradient", values.hold(value.value), inputs, [], (dy) =>
    core.scope(() => {
      const gradients = backward(core.constant(values.hold(dy)));
      return gradients.map((gradient) =>
        gradient === null ? undefined : values.hold(core.own(gradient).value),
      );
    }),
  );
}
