import { engineOf } from "./arguments.ts";
import type { AdamWOptions, AmpDType, BackwardFunction, Engine, OnGradient } from "./engine.ts";
import { expectDType, expectShape, formatShape, formatTensor, ShapeError, TensorError } from "./errors.ts";
import { sameShape } from "./shape.ts";
import type { Shape, Tensor } from "./tensor.ts";

/** Marks a float32 tensor as one that gradients are wanted for, in place, and returns it. */
export function parameter(x: Tensor): Tensor {
  const engine = engineOf("parameter", x);
  expectDType("parameter", "x", x, "float32");
  engine.parameter(x);
  return x;
}

/**
 * The same values without their history: no gradient passes. It may or may not be in the same memory, so that
 * changes of x in place can show in it; for a copy that stays as it is, `mul(detach(x), 1)`.
 */
export function detach(x: Tensor): Tensor {
  return engineOf("detach", x).detach(x);
}

/**
 * The gradients of a loss of one element with respect to tensors that require gradients, in their order; null
 * for one that the loss does not depend on. The graph is used up: a second `grad` through an op of it
 * that kept something is an error.
 *
 * With `onGradient`, each gradient is told once during the backward pass, as soon as nothing more will be added to
 * it, with the later layers' first as a rule: what is to be done with it can go on beside the rest of the pass.
 * `onGradient` may change it in place and dispose it; it belongs to the scope around `grad`.
 */
export function grad(loss: Tensor, params: readonly Tensor[], onGradient?: OnGradient): (Tensor | null)[] {
  const engine = engineOf("grad", loss, ...params);
  expectShape(
    "grad",
    loss.size === 1,
    () => `loss is ${formatShape(loss.shape)}, expected one element; reduce it`,
  );
  if (!loss.requiresGrad) {
    throw new TensorError(
      "grad",
      "loss depends on no tensor that requires gradients (parameter() marks them)",
    );
  }
  for (const [index, param] of params.entries()) {
    if (!param.requiresGrad) {
      throw new TensorError("grad", `params[${index}] (${formatTensor(param)}) does not require gradients`);
    }
  }
  return engine.grad(loss, params, onGradient);
}

/**
 * `value` as a function of `inputs` whose gradients `backward` computes from that of the value: for what engines
 * have no op for, such as an all-gather over processes. No gradient passes to what `value` was computed from; what
 * `backward` computes is freed but for the gradients, which have their inputs' shapes. All float32.
 */
export function customGradient(inputs: readonly Tensor[], value: Tensor, backward: BackwardFunction): Tensor {
  const op = "customGradient";
  const engine = engineOf(op, value, ...inputs);
  expectDType(op, "value", value, "float32");
  const shapes = inputs.map(({ shape }) => shape);
  for (const [index, input] of inputs.entries()) expectDType(op, `inputs[${index}]`, input, "float32");
  return engine.customGradient(inputs, value, (dy) => {
    const gradients = backward(dy);
    expectShape(
      op,
      gradients.length === shapes.length,
      () => `backward returned ${gradients.length} gradients for ${shapes.length} inputs`,
    );
    for (const [index, gradient] of gradients.entries()) {
      if (gradient === null) continue;
      const name = `gradient ${index}`;
      engineOf(op, dy, gradient);
      expectDType(op, name, gradient, "float32");
      const shape = shapes[index] as Shape;
      expectShape(
        op,
        sameShape(gradient.shape, shape),
        () => `${name} is ${formatShape(gradient.shape)} but its input ${formatShape(shape)}`,
      );
    }
    return gradients;
  });
}

/** Runs `body` without remembering anything for gradients. */
export function noGrad<T>(engine: Engine, body: () => T): T {
  return engine.noGrad(body);
}

/**
 * Automatic mixed precision (Micikevicius et al., 2018): runs `body` with matrix products, convolutions and
 * attention in `dtype`, and everything that needs the range or the digits of float32 in that. Which precision a
 * float32 tensor made in it is kept in is the engine's affair; reading one always gives float32. Parameters and
 * their gradients stay float32. Compute gradients outside.
 *
 * @throws TensorError when the engine has no mixed precision of that type (`ampDTypes` lists them).
 */
export function autocast<T>(engine: Engine, dtype: AmpDType, body: () => T): T {
  if (!engine.ampDTypes.includes(dtype)) {
    const has = engine.ampDTypes.length === 0 ? "none" : `only ${engine.ampDTypes.join(", ")}`;
    throw new TensorError(
      "autocast",
      `engine ${engine.name} on ${engine.device} has no mixed precision in ${dtype} (${has})`,
    );
  }
  return engine.autocast(dtype, body);
}

/**
 * Runs `body` and frees every tensor made in it, except those found in what it returns (a tensor, or objects,
 * arrays, Maps and Sets of them, at any depth) and what a coming `grad` needs. `body` is synchronous.
 */
export function scope<T>(engine: Engine, body: () => T): T {
  return engine.scope(() => {
    const result = body();
    if (result instanceof Promise) {
      throw new TensorError("scope", "body returned a promise; scopes are synchronous");
    }
    return result;
  });
}

/**
 * Gradient checkpointing (Chen et al., 2016): `body(inputs)` without keeping what its gradient needs; `grad`
 * runs it again. Trades time for memory. `body` must do the same each time: draw its dropout keys with `fold`
 * from fixed ones, not from a KeyStream that lives outside. Parameters that it captures get their gradients.
 */
export function checkpoint(
  engine: Engine,
  inputs: readonly Tensor[],
  body: (inputs: readonly Tensor[]) => Tensor,
): Tensor {
  const [first, ...others] = inputs;
  if (first !== undefined && engineOf("checkpoint", first, ...others) !== engine) {
    throw new TensorError("checkpoint", "inputs belong to another engine");
  }
  return engine.checkpoint(inputs, body);
}

/** Overwrites `target` with the elements of `value`: same shape and dtype. */
export function assign(target: Tensor, value: Tensor): void {
  const engine = engineOf("assign", target, value);
  expectShape(
    "assign",
    sameShape(target.shape, value.shape) && target.dtype === value.dtype,
    () => `target is ${formatTensor(target)} but value ${formatTensor(value)}; they must be alike`,
  );
  engine.assign(target, value);
}

function expectLists(op: string, lists: Readonly<Record<string, readonly Tensor[]>>): Engine | undefined {
  const [[firstName, first], ...others] = Object.entries(lists) as [[string, readonly Tensor[]]];
  for (const [name, list] of others as [string, readonly Tensor[]][]) {
    expectShape(
      op,
      list.length === first.length,
      () => `${firstName} has ${first.length} tensors but ${name} ${list.length}`,
    );
    for (const [index, x] of list.entries()) {
      const against = first[index] as Tensor;
      expectShape(
        op,
        sameShape(x.shape, against.shape),
        () =>
          `${firstName}[${index}] is ${formatShape(against.shape)} but ${name}[${index}] ${formatShape(x.shape)}`,
      );
    }
  }
  const [leading, ...rest] = Object.values(lists).flat();
  if (leading === undefined) return undefined;
  for (const [name, list] of Object.entries(lists)) {
    for (const [index, x] of list.entries()) expectDType(op, `${name}[${index}]`, x, "float32");
  }
  return engineOf(op, leading, ...rest);
}

/**
 * One step of AdamW (Loshchilov and Hutter, 2019) with decoupled weight decay, in place, as PyTorch computes it:
 * p ← p (1 − lr·weightDecay); m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; p ← p − lr·m̂ / (√v̂ + eps).
 * The lists run in parallel; all float32.
 */
export function adamwStep(
  params: readonly Tensor[],
  grads: readonly Tensor[],
  expAvg: readonly Tensor[],
  expAvgSq: readonly Tensor[],
  options: AdamWOptions,
): void {
  const engine = expectLists("adamwStep", { params, grads, expAvg, expAvgSq });
  if (!(Number.isInteger(options.step) && options.step >= 1)) {
    throw new TensorError("adamwStep", `step is ${options.step}, expected an integer ≥ 1`);
  }
  engine?.adamwStep(params, grads, expAvg, expAvgSq, options);
}

/** √Σ x² over all elements of all tensors, a scalar; float32. */
export function globalNorm(tensors: readonly Tensor[]): Tensor {
  const engine = expectLists("globalNorm", { tensors });
  if (engine === undefined) throw new ShapeError("globalNorm", "no tensors were given, expected one or more");
  return engine.globalNorm(tensors);
}

/** Multiplies every element of every tensor by `factor`, in place; float32. */
export function scaleInPlace(tensors: readonly Tensor[], factor: number): void {
  expectLists("scaleInPlace", { tensors })?.scaleInPlace(tensors, factor);
}

/** Adds each value to its target, in place; shapes are equal, all float32. */
export function addInPlace(targets: readonly Tensor[], values: readonly Tensor[]): void {
  expectLists("addInPlace", { targets, values })?.addInPlace(targets, values);
}
