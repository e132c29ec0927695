import type { Shape, Tensor } from "../../../tensor/index.ts";
import type { Handle } from "../binding.ts";
import type { TorchCore, TorchTensor } from "../core.ts";

/**
 * `body(inputs)` that keeps only its inputs for the gradient, which runs it again; see tensor/gradients.ts. What
 * the body reads from outside and gradients are wanted for is an input, too.
 */
export function checkpoint(
  core: TorchCore,
  inputs: readonly Tensor[],
  body: (inputs: readonly Tensor[]) => Tensor,
): Tensor {
  if (!core.isRecording) return core.scope(() => body(inputs));
  const { amp, reader } = core;
  const given = inputs.map((input) => core.own(input));
  const captured = new Set<TorchTensor>();
  const notice = (x: TorchTensor): TorchTensor => {
    const read = reader(x);
    if (read.requiresGrad) captured.add(read);
    return read;
  };
  let shape: Shape = [];
  const value = core.reading(notice, () =>
    core.noGrad(() =>
      core.scope(() => {
        // Without their history: what the body reads with one is captured from outside, though it be an input.
        const alone = given.map((x) => core.make(x.shape, x.dtype, core.ops.detach, x.handle));
        const output = core.own(body(alone));
        ({ shape } = output);
        return core.call(core.ops.detach, output.handle);
      }),
    ),
  );
  const read = [...given, ...captured];
  if (!read.some((x) => x.requiresGrad)) return core.made(value, shape, "float32");

  const backward = (dy: Handle, saved: Handle[]): Handle[] =>
    core.scope(() => {
      const seed = core.made(dy, shape, "float32");
      // The scope has all of them before anything can fail.
      const held = saved.map((handle, i) => {
        const { shape, dtype } = read[i] as TorchTensor;
        return core.made(handle, shape, dtype);
      });
      const leaves = core.autocast(amp, () =>
        held.map((kept) => {
          const leaf = core.make(kept.shape, kept.dtype, core.ops.detach, kept.handle);
          if (kept.requiresGrad) core.binding.parameter(leaf.handle);
          return leaf;
        }),
      );
      // Fresh leaves stand in for what was captured, so that the gradient ends there.
      const standIns = new Map([...captured].map((x, i) => [x, leaves[given.length + i] as TorchTensor]));
      const substitute = (x: TorchTensor): TorchTensor => standIns.get(reader(x)) ?? reader(x);
      const output = core.reading(substitute, () =>
        core.recording(() => core.autocast(amp, () => core.own(body(leaves.slice(0, given.length))))),
      );
      const wanted = leaves.filter((leaf) => leaf.requiresGrad);
      const handles = wanted.map((leaf) => leaf.handle);
      const gradients = output.requiresGrad
        ? core.attempt((binding) => binding.grad([output.handle], handles, [seed.handle]))
        : [];
      return leaves.map((leaf) => gradients[wanted.indexOf(leaf)] ?? 0);
    });
  const handles = read.map((x) => x.handle);
  const result = core.with(value, (kept) => core.binding.withBackward(kept, handles, backward));
  return core.made(result, shape, "float32");
}
