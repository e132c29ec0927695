import {
  DTypeError,
  type Engine,
  type MemoryUse,
  type OnGradient,
  Tensor,
  TensorError,
} from "../../tensor/index.ts";
import { tensorsIn } from "../../tensor/tensors-in.ts";
import type { Kernels } from "./kernels.ts";
import { type Backward, type Node, Tape } from "./tape.ts";
import type { Value } from "./value.ts";

/** A tensor of a tfjs engine: a hold on a value and, when gradients can reach it, on its node of the graph. */
export class TfjsTensor extends Tensor {
  readonly engine: Engine;
  readonly #core: EngineCore;
  #value: Value | undefined;
  #node: Node | undefined;

  /** Takes over the caller's hold on `value` and `node`. */
  constructor(engine: Engine, core: EngineCore, value: Value, node: Node | undefined) {
    super(value.shape, value.dtype);
    this.engine = engine;
    this.#core = core;
    this.#value = value;
    this.#node = node;
  }

  get requiresGrad(): boolean {
    return this.#node !== undefined;
  }

  get isDisposed(): boolean {
    return this.#value === undefined;
  }

  get value(): Value {
    if (this.#value === undefined) throw new TensorError("tensor", `${this.toString()} was disposed`);
    return this.#value;
  }

  get node(): Node | undefined {
    return this.#node;
  }

  /** Makes this tensor a parameter: where gradients end. */
  becomeParameter(): void {
    if (this.#node === undefined) this.#node = this.#core.tape.leaf();
  }

  dispose(): void {
    if (this.#value === undefined) return;
    this.#core.forget(this);
    this.#core.kernels.values.release(this.#value);
    this.#value = undefined;
    if (this.#node !== undefined) this.#core.tape.release(this.#node);
  }
}

/** What all ops of a tfjs engine share: its kernels, the graph, and the scopes. */
export class EngineCore {
  readonly kernels: Kernels;
  readonly tape: Tape;
  readonly #engine: Engine;
  readonly #scopes: Set<TfjsTensor>[] = [];
  #observed: Set<Node> | undefined;

  constructor(engine: Engine, kernels: Kernels) {
    this.#engine = engine;
    this.kernels = kernels;
    this.tape = new Tape(kernels.values, (target, value) => this.#accumulate(target, value));
  }

  memory(): MemoryUse {
    return this.kernels.values.memory();
  }

  /** The tensor as one of this engine's (runtime/tensor has checked that it is). */
  own(x: Tensor): TfjsTensor {
    if (!(x instanceof TfjsTensor) || x.engine !== this.#engine) {
      throw new TensorError("engine", `${x} belongs to another engine than ${this.#engine.name}`);
    }
    return x;
  }

  /** Collects the nodes that ops in `body` read. */
  observing<T>(nodes: Set<Node>, body: () => T): T {
    const outer = this.#observed;
    this.#observed = nodes;
    try {
      return body();
    } finally {
      this.#observed = outer;
    }
  }

  /** A tensor that no gradient passes through; takes over the hold on `value`. */
  constant(value: Value): TfjsTensor {
    return this.#track(new TfjsTensor(this.#engine, this, value, undefined));
  }

  /**
   * The result of an op; takes over the hold on `value`. When gradients can reach it, records the op with what
   * `backward` needs: `saved` are values that stay their owners' (the graph holds them, too).
   */
  result(
    op: string,
    value: Value,
    inputs: readonly (TfjsTensor | undefined)[],
    saved: readonly Value[],
    backward: Backward,
  ): TfjsTensor {
    return this.resultOf(
      op,
      value,
      inputs.map((input) => input?.node),
      saved,
      backward,
    );
  }

  /** As {@link result}, for the inputs' nodes. */
  resultOf(
    op: string,
    value: Value,
    nodes: readonly (Node | undefined)[],
    saved: readonly Value[],
    backward: Backward,
  ): TfjsTensor {
    for (const node of nodes) if (node !== undefined) this.#observed?.add(node);
    if (this.tape.isPaused || nodes.every((node) => node === undefined)) return this.constant(value);
    const node = this.tape.record(op, nodes, saved, backward);
    return this.#track(new TfjsTensor(this.#engine, this, value, node));
  }

  #track(x: TfjsTensor): TfjsTensor {
    this.#scopes.at(-1)?.add(x);
    return x;
  }

  /** A tensor was disposed: its scope need not do it. */
  forget(x: TfjsTensor): void {
    for (let i = this.#scopes.length - 1; i >= 0; i--) if (this.#scopes[i]?.delete(x)) return;
  }

  scope<T>(body: () => T): T {
    const made = new Set<TfjsTensor>();
    this.#scopes.push(made);
    let kept: ReadonlySet<Tensor> = new Set();
    try {
      const result = body();
      kept = tensorsIn(result);
      return result;
    } finally {
      this.#scopes.pop();
      const outer = this.#scopes.at(-1);
      for (const x of made) {
        if (kept.has(x)) outer?.add(x);
        else x.dispose();
      }
    }
  }

  /** The gradients of `loss`; see Engine.grad. */
  grad(
    loss: TfjsTensor,
    params: readonly TfjsTensor[],
    onGradient: OnGradient | undefined,
  ): (TfjsTensor | null)[] {
    const root = loss.node;
    if (root === undefined) throw new TensorError("grad", "loss has no graph");
    const { values } = this.kernels;
    const gradients: (TfjsTensor | null)[] = params.map(() => null);
    const indices = new Map<Node, number[]>();
    for (const [index, param] of params.entries()) {
      const node = param.node as Node;
      indices.set(node, [...(indices.get(node) ?? []), index]);
    }
    const receive = (node: Node, gradient: Value): void => {
      const places = indices.get(node) ?? [];
      for (const _ of places.slice(1)) values.hold(gradient);
      for (const index of places) gradients[index] = this.constant(this.#separate(gradient));
      for (const index of places) onGradient?.(index, gradients[index] as TfjsTensor);
    };
    this.tape.paused(() => {
      const seed = (): Value => this.kernels.full(loss.shape, 1, "float32");
      const targets = new Set(indices.keys());
      const told = onGradient === undefined ? {} : { onFinal: receive };
      const found = this.tape.backpropagate(root, seed, targets, told);
      for (const [node, gradient] of found) receive(node, gradient);
    });
    return gradients;
  }

  /** A gradient that its tensor may be overwritten in place of: memory that nothing else sees. */
  #separate(gradient: Value): Value {
    if (gradient.isExclusive) return gradient;
    const copy = this.kernels.binary("mul", gradient, 1, "float32", gradient.shape);
    this.kernels.values.release(gradient);
    return copy;
  }

  #accumulate(target: Value, value: Value): Value {
    if (target.dtype !== "float32") throw new DTypeError("grad", `a gradient is ${target.dtype}`);
    if (target.isExclusive) {
      this.kernels.addInto(target, value);
      return target;
    }
    const sum = this.kernels.binary("add", target, value, "float32", target.shape);
    this.kernels.values.release(target);
    return sum;
  }
}
