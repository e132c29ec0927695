import { UserError } from "../../errors.ts";
import {
  type AmpDType,
  type Device,
  type DType,
  type Engine,
  type Shape,
  Tensor,
  TensorError,
} from "../../tensor/index.ts";
import { tensorsIn } from "../../tensor/tensors-in.ts";
import type { Argument, Binding, Handle } from "./binding.ts";
import { type Operators, operatorsOf, scalarTypes } from "./operators.ts";

/** A tensor of libtorch. One of float32 that was made inside `autocast` may be stored in less. */
export class TorchTensor extends Tensor {
  readonly engine: Engine;
  readonly #core: TorchCore;
  #handle: Handle;
  #mayBeReduced: boolean;

  /** Takes over the handle. */
  constructor(engine: Engine, core: TorchCore, handle: Handle, shape: Shape, dtype: DType) {
    super(shape, dtype);
    this.#mayBeReduced = core.amp !== undefined && dtype === "float32";
    this.engine = engine;
    this.#core = core;
    this.#handle = handle;
  }

  get handle(): Handle {
    if (this.#handle === 0) throw new TensorError("tensor", `${this.toString()} was disposed`);
    return this.#handle;
  }

  get isDisposed(): boolean {
    return this.#handle === 0;
  }

  /** Whether it may be stored in less than float32. */
  get mayBeReduced(): boolean {
    return this.#mayBeReduced;
  }

  /** Takes over the handle of the same elements in float32. */
  widen(handle: Handle): void {
    this.#core.binding.free(this.#handle);
    this.#handle = handle;
    this.#mayBeReduced = false;
  }

  get requiresGrad(): boolean {
    return this.#handle !== 0 && this.#core.binding.requiresGrad(this.#handle);
  }

  dispose(): void {
    if (this.#handle === 0) return;
    this.#core.forget(this);
    this.#core.binding.free(this.#handle);
    this.#handle = 0;
  }
}

/** What an op gets for a tensor that it reads: another one, inside a checkpointed body; see ops/checkpoint.ts. */
export type Reader = (x: TorchTensor) => TorchTensor;

/** What all ops of the engine share: the addon, the scopes, and the modes that they run in. */
export class TorchCore {
  readonly binding: Binding;
  readonly ops: Operators;
  readonly device: Device;
  /** The device as libtorch names it: `cpu` or `cuda:0`. */
  readonly place: string;
  readonly #engine: Engine;
  readonly #scopes: TorchTensor[][] = [];
  /** The tensors that no scope will dispose. */
  readonly #loose = new Set<TorchTensor>();
  #reader: Reader = (x) => x;
  #isRecording = true;
  #amp: AmpDType | undefined;

  constructor(engine: Engine, binding: Binding, device: Device) {
    this.#engine = engine;
    this.binding = binding;
    this.ops = operatorsOf(binding);
    this.device = device;
    this.place = device === "cpu" ? "cpu" : "cuda:0";
  }

  /** The precision of the innermost `autocast`. */
  get amp(): AmpDType | undefined {
    return this.#amp;
  }

  /** Whether ops on tensors that require gradients remember what `grad` will need. */
  get isRecording(): boolean {
    return this.#isRecording;
  }

  get reader(): Reader {
    return this.#reader;
  }

  /** The tensor as one of this engine's (runtime/tensor has checked that it is). */
  own(x: Tensor): TorchTensor {
    if (!(x instanceof TorchTensor) || x.engine !== this.#engine) {
      throw new TensorError("engine", `${x} belongs to another engine than ${this.#engine.name}`);
    }
    return this.#reader(x);
  }

  /** The handle of a tensor that an op reads: outside `autocast` in float32, as it says it is. */
  at(x: Tensor): Handle {
    const own = this.own(x);
    return this.#amp === undefined ? this.#widened(own) : own.handle;
  }

  /** The handle of a tensor in float32, inside `autocast` too; there the scope around frees it. */
  precise(x: Tensor): Handle {
    const own = this.own(x);
    if (this.#amp === undefined) return this.#widened(own);
    // Not in place: products that read it next want it as it is stored.
    if (!own.mayBeReduced) return own.handle;
    return this.make(own.shape, "float32", this.ops.to, own.handle, scalarTypes.float32).handle;
  }

  /** The handle of the tensor as it is stored. */
  raw(x: Tensor): Handle {
    return this.own(x).handle;
  }

  /** Stores a tensor in float32 from now on; what was computed from it before keeps its graph. */
  #widened(x: TorchTensor): Handle {
    if (x.mayBeReduced) x.widen(this.recording(() => this.call(this.ops.to, x.handle, scalarTypes.float32)));
    return x.handle;
  }

  /** Calls an operator: the handle of its first result. */
  call(op: number, ...args: readonly Argument[]): Handle {
    try {
      return this.binding.call(op, ...args);
    } catch (error) {
      throw explained(error, this.place);
    }
  }

  /** Calls an operator that works in place. */
  run(op: number, ...args: readonly Argument[]): void {
    this.attempt((binding) => binding.run(op, ...args));
  }

  /** Calls the addon, with libtorch's errors explained. */
  attempt<T>(body: (binding: Binding) => T): T {
    try {
      return body(this.binding);
    } catch (error) {
      throw explained(error, this.place);
    }
  }

  /** A tensor that takes over the handle. */
  made(handle: Handle, shape: Shape, dtype: DType): TorchTensor {
    const x = new TorchTensor(this.#engine, this, handle, shape, dtype);
    this.#track(x);
    return x;
  }

  #track(x: TorchTensor): void {
    const scope = this.#scopes.at(-1);
    if (scope === undefined) this.#loose.add(x);
    else scope.push(x);
  }

  /** A tensor was disposed. A scope that it is in finds out by itself. */
  forget(x: TorchTensor): void {
    this.#loose.delete(x);
  }

  /** Disposes what no scope will. */
  dispose(): void {
    for (const x of this.#loose) x.dispose();
  }

  /** Calls an operator: a tensor of its first result. */
  make(shape: Shape, dtype: DType, op: number, ...args: readonly Argument[]): TorchTensor {
    return this.made(this.call(op, ...args), shape, dtype);
  }

  /** Calls `use` with a handle that is freed after. */
  with<T>(handle: Handle, use: (handle: Handle) => T): T {
    try {
      return use(handle);
    } finally {
      this.binding.free(handle);
    }
  }

  scope<T>(body: () => T): T {
    const made: TorchTensor[] = [];
    this.#scopes.push(made);
    let kept: ReadonlySet<Tensor> | undefined;
    try {
      const result = body();
      kept = tensorsIn(result);
      return result;
    } finally {
      this.#scopes.pop();
      for (const x of made) {
        if (!kept?.has(x)) x.dispose();
        else if (!x.isDisposed) this.#track(x);
      }
    }
  }

  noGrad<T>(body: () => T): T {
    return this.#recorded(false, body);
  }

  /** Runs `body` with gradients recorded, whatever is around it. */
  recording<T>(body: () => T): T {
    return this.#recorded(true, body);
  }

  #recorded<T>(isRecording: boolean, body: () => T): T {
    const before = this.#isRecording;
    this.#setRecording(isRecording);
    try {
      return body();
    } finally {
      this.#setRecording(before);
      // libtorch remembers casts of parameters, and one that was made without a history must not serve later.
      if (before !== isRecording && this.#amp !== undefined) this.#setAmp(this.#amp);
    }
  }

  #setRecording(isRecording: boolean): void {
    this.#isRecording = isRecording;
    this.binding.setGrad(isRecording);
  }

  /** Runs `body` in mixed precision, or without when `dtype` is undefined. */
  autocast<T>(dtype: AmpDType | undefined, body: () => T): T {
    const outer = this.#amp;
    this.#setAmp(dtype);
    try {
      return body();
    } finally {
      this.#setAmp(outer);
    }
  }

  #setAmp(dtype: AmpDType | undefined): void {
    this.#amp = dtype;
    this.binding.setAutocast(this.place, dtype === undefined ? scalarTypes.uint8 : scalarTypes[dtype]);
  }

  /** Runs `body` with every tensor that an op reads passed through `reader`. */
  reading<T>(reader: Reader, body: () => T): T {
    const outer = this.#reader;
    this.#reader = reader;
    try {
      return body();
    } finally {
      this.#reader = outer;
    }
  }
}

/** An error of libtorch in the words of whoever trains, where it is theirs. */
function explained(error: unknown, place: string): unknown {
  if (!(error instanceof Error)) return error;
  const { code } = error as { code?: string };
  const [message = error.message] = error.message.split("\n");
  if (code === "OUT_OF_MEMORY") {
    return new UserError(
      `out of memory on ${place}: ${message}`,
      "lower run.batch_size_train and raise run.accum_grad_iters by as much, or set model.vit_grad_ckpt = true",
      { cause: error },
    );
  }
  if (message.includes("backward through the graph a second time")) {
    return new TensorError(
      "grad",
      "the graph was used up by an earlier grad; compute the loss again for another",
    );
  }
  if (message.includes("device-side assert")) {
    return new UserError(
      "an index was outside its table on the GPU, which says no more",
      "run once with device = cpu, which names the index",
      { cause: error },
    );
  }
  return error;
}
