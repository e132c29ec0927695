import type { Tensor } from "../../../tensor/index.ts";
import type { EngineCore, TfjsTensor } from "../core.ts";
import type { Node } from "../tape.ts";
import type { Value } from "../value.ts";

/** `body(inputs)` that keeps only its inputs for the gradient, which runs it again; see tensor/gradients.ts. */
export function checkpoint(
  core: EngineCore,
  inputs: readonly TfjsTensor[],
  body: (inputs: readonly Tensor[]) => Tensor,
): Tensor {
  if (core.tape.isPaused) return core.scope(() => body(inputs));
  const { values } = core.kernels;
  // Copies without history stand in for the inputs: what the body reads with one is captured from outside.
  const captured = new Set<Node>();
  const value = core.observing(captured, () =>
    core.tape.paused(() => {
      let result: Value | undefined;
      core.scope(() => {
        const output = core.own(body(inputs.map((input) => core.constant(values.hold(input.value)))));
        if (output.node !== undefined) captured.add(output.node);
        result = values.hold(output.value);
      });
      return result as Value;
    }),
  );
  const requiresGrad = inputs.map((input) => input.requiresGrad);
  const nodes = [...inputs.map((input) => input.node), ...captured];
  const saved = inputs.map((input) => input.value);
  return core.resultOf("checkpoint", value, nodes, saved, (dy, kept, needed) => {
    let gradients: (Value | undefined)[] = [];
    core.scope(() => {
      const { root, leaves } = core.tape.resumed(() => {
        const fresh = kept.map((x, i) => {
          const input = core.constant(values.hold(x));
          if (requiresGrad[i]) input.becomeParameter();
          return input;
        });
        return { root: core.own(body(fresh)).node, leaves: fresh.map((input) => input.node) };
      });
      if (root === undefined) return;
      const ends = [...leaves, ...captured].map((node, i) => (needed[i] ? node : undefined));
      const targets = new Set(ends.filter((node) => node !== undefined));
      const found = core.tape.backpropagate(root, () => values.hold(dy), targets, { isEnd: true });
      gradients = ends.map((node) => node && found.get(node));
    });
    return gradients;
  });
}
