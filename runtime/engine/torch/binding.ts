import { createRequire } from "node:module";
import { UserError } from "../../errors.ts";
import type { MemoryUse, TensorData } from "../../tensor/index.ts";
import type { C10dBinding } from "./c10d-binding.ts";
import { addonSourcesDigest, installedTorch, installTorchCommand } from "./installed.ts";

/** What stands for a tensor of libtorch: an integer from 1 on; 0 for none. Whoever gets one frees it. */
export type Handle = number;

/** A value that an operator's schema takes: handles for tensors, numbers for integers, floats and scalars. */
export type Argument = number | boolean | string | readonly number[] | undefined;

/**
 * The addon (addon/*.cc): libtorch's dispatcher, automatic differentiation, memory and generators on integer
 * handles, and groups of processes. Errors of libtorch are thrown as JavaScript errors with the code `OUT_OF_MEMORY`
 * or `TORCH`.
 */
export interface Binding extends C10dBinding {
  /** The libtorch whose headers the addon was built with. */
  readonly builtFor: string;
  /** The libtorch that is loaded; empty where it does not tell. */
  runtimeVersion(): string;
  setThreads(count: number): void;
  /** Makes a GPU compute the same every time, and float32 in float32. */
  exact(): void;
  cudaDevices(): number;

  /** The number of an operator such as `aten::add` with the overload `Tensor`. */
  op(name: string, overload: string): number;
  /** Calls an operator whose first result is the tensor that is wanted. */
  call(op: number, ...args: readonly Argument[]): Handle;
  /** Calls an operator and gives all of its results, which are tensors. */
  callAll(op: number, ...args: readonly Argument[]): Handle[];
  /** Calls an operator that works in place. */
  run(op: number, ...args: readonly Argument[]): void;

  fromArray(data: TensorData, shape: readonly number[], device: string): Handle;
  /** A tensor on the CPU in the array's own memory. */
  shareArray(data: TensorData, shape: readonly number[]): Handle;
  /** Copies the elements, converted to the array's type. */
  readInto(handle: Handle, data: TensorData): void;
  /** Calls `use` with a contiguous CPU tensor's own memory, or that of a copy; the buffer is empty after. */
  lend<T>(handle: Handle, use: (elements: ArrayBuffer) => T): T;
  item(handle: Handle): number;
  free(handle: Handle): void;

  /** Marks a tensor as one that gradients are wanted for. */
  parameter(handle: Handle): void;
  requiresGrad(handle: Handle): boolean;
  /** Switches the recording of gradients in this thread. */
  setGrad(isEnabled: boolean): void;
  /** Switches to mixed precision in a scalar type, or off with `scalarTypes.uint8`; forgets remembered casts. */
  setAutocast(device: string, scalarType: number): void;
  /**
   * Gradients of outputs with respect to inputs, contiguous float32 memory of their own; 0 where there is none. With
   * `onGradient` each is told as soon as it is final, which takes its handle over, and 0 is returned for it.
   */
  grad(
    outputs: readonly Handle[],
    inputs: readonly Handle[],
    seeds: readonly Handle[],
    onGradient?: (index: number, gradient: Handle) => void,
  ): Handle[];
  /**
   * A value as a function of inputs whose gradients `backward(dy, inputs)` computes. It frees the
   * handles that it gets; those that it returns, 0 for none, are taken over.
   */
  withBackward(
    value: Handle,
    inputs: readonly Handle[],
    backward: (dy: Handle, inputs: Handle[]) => Handle[],
  ): Handle;

  /** What all tensors of the process on a device take. */
  memory(device: string): MemoryUse;
  resetPeak(device: string): void;
  /** Gives memory that no tensor has back to the system. */
  trim(device: string): void;
  /** How many handles are in use. */
  heldHandles(): number;

  /** On the CPU: zeroes where a word of the key is under the threshold and multiplies the rest. */
  dropout(x: Handle, a: number, b: number, threshold: number, factor: number): Handle;
  /** On the CPU in float32: x · weightᵀ + bias, bias 0 for none, with oneDNN's products where libtorch has them. */
  linear(x: Handle, weight: Handle, bias: Handle): Handle;
  /** On the CPU: softmax(q · kᵀ · scale + mask) · v in the precision of q, k and v; mask float32, 0 for none. */
  attention(q: Handle, k: Handle, v: Handle, mask: Handle, scale: number): Handle;
  /** Values and int32 indices of the k largest along the last axis, lower indices first among equal ones. */
  topK(x: Handle, k: number): [Handle, Handle];
  /** On the CPU: where the first int32 element is that is outside 0 … length − 1 and not `except`; −1 for nowhere. */
  firstOutside(indices: Handle, length: number, except: number): number;
  /** Seeds the device's own generator. */
  seed(device: string, seed: number): void;
  randomState(device: string): Uint8Array;
  setRandomState(device: string, state: Uint8Array): void;
}

/**
 * Loads the addon that `lavisc engine install torch` built.
 *
 * @throws UserError when it is not installed, does not load, or does not fit this package or the libtorch it finds.
 */
export function loadBinding(): Binding {
  const installed = installedTorch();
  if (installed === undefined) {
    throw new UserError("engine torch is not installed", `run: ${installTorchCommand}`);
  }
  const again = `run: ${installTorchCommand}`;
  if (installed.sources !== addonSourcesDigest()) {
    throw new UserError("engine torch was built for another version of lavis", again);
  }
  let binding: Binding;
  try {
    binding = createRequire(installed.addon)(installed.addon) as Binding;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new UserError(`engine torch does not load: ${reason}`, `${again} --force`, { cause: error });
  }
  checkVersion(binding);
  return binding;
}

/** libtorch keeps its binary interface within a minor version only. */
function checkVersion(binding: Binding): void {
  const minor = (version: string): string => version.split(".").slice(0, 2).join(".");
  const found = binding.runtimeVersion();
  if (found === "" || minor(found) === minor(binding.builtFor)) return;
  throw new UserError(
    `engine torch was built for libtorch ${binding.builtFor}, but the one it loads is ${found}`,
    `run: ${installTorchCommand} --force`,
  );
}
