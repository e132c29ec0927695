import { UserError } from "../errors.ts";
import type { Batch, Losses, Model } from "../models/model.ts";
import { type AdamW, clipGradients } from "../optim/adamw.ts";
import {
  addInPlace,
  type Engine,
  fold,
  grad,
  item,
  type Key,
  KeyStream,
  mul,
  scope,
  type Tensor,
} from "../tensor/index.ts";

/** What an optimizer step works on. */
export interface Trainable {
  readonly engine: Engine;
  readonly model: Model;
  /** The parameters that learn, by name. */
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly optimizer: AdamW;
  /** Largest global gradient norm; null does not clip. */
  readonly clipNorm: number | null;
}

/** Where the step stands and what it learns with. */
export interface StepContext {
  readonly epoch: number;
  readonly stepInEpoch: number;
  readonly stepsPerEpoch: number;
  readonly lr: number;
  /** The run's key; batch n draws from `fold(key, n)`, whatever ran before it. */
  readonly key: Key;
  /** Number of the first of the batches, from the start of the run. */
  readonly firstBatch: number;
}

export interface StepResult {
  /** Each loss of the model, the mean over the batches. */
  readonly losses: Record<string, number>;
  /** The gradients' global norm, before clipping. */
  readonly gradNorm: number;
}

/**
 * One optimizer step: forward and backward of each batch, gradients averaged, clipped, applied.
 *
 * Each batch is put on the engine when its turn comes. A loss or a gradient that is not finite is a `UserError`:
 * neither weights nor moments are touched, so the last checkpoint is good.
 */
export function trainStep(what: Trainable, batches: readonly (() => Batch)[], at: StepContext): StepResult {
  const { engine, optimizer, clipNorm } = what;
  return scope(engine, () => {
    const gradients = new Map<string, Tensor | null>();
    const losses: Record<string, number> = {};
    for (const [index, batch] of batches.entries()) {
      const part = scope(engine, () =>
        backward(what, batch(), 1 / batches.length, at, at.firstBatch + index),
      );
      accumulate(gradients, part.gradients);
      for (const [name, value] of Object.entries(part.losses)) {
        losses[name] = (losses[name] ?? 0) + value / batches.length;
      }
    }
    const present = [...gradients.values()].filter((gradient) => gradient !== null);
    const gradNorm = clipGradients(present, clipNorm);
    if (!Number.isFinite(gradNorm)) throw notFinite("gradient norm", gradNorm, at);
    optimizer.step(gradients, at.lr);
    return { losses, gradNorm };
  });
}

function backward(
  { model, parameters }: Trainable,
  batch: Batch,
  weight: number,
  at: StepContext,
  batchNumber: number,
): { losses: Record<string, number>; gradients: Map<string, Tensor | null> } {
  const losses: Losses = model.forward(batch, {
    training: true,
    keys: new KeyStream(fold(at.key, batchNumber)),
    epoch: at.epoch,
    step: at.stepInEpoch,
    stepsPerEpoch: at.stepsPerEpoch,
  });
  const values = Object.fromEntries(Object.entries(losses).map(([name, loss]) => [name, item(loss)]));
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isFinite(value)) throw notFinite(name, value, at);
  }
  const computed = grad(weight === 1 ? losses.loss : mul(losses.loss, weight), [...parameters.values()]);
  const gradients = new Map([...parameters.keys()].map((name, index) => [name, computed[index] ?? null]));
  return { losses: values, gradients };
}

function accumulate(sums: Map<string, Tensor | null>, gradients: ReadonlyMap<string, Tensor | null>): void {
  const targets: Tensor[] = [];
  const values: Tensor[] = [];
  for (const [name, gradient] of gradients) {
    const sum = sums.get(name);
    if (!sum) sums.set(name, gradient);
    else if (gradient) {
      targets.push(sum);
      values.push(gradient);
    }
  }
  addInPlace(targets, values);
  for (const value of values) value.dispose();
}

function notFinite(what: string, value: number, { epoch, stepInEpoch }: StepContext): UserError {
  return new UserError(
    `${what} is ${value} in epoch ${epoch + 1}, step ${stepInEpoch + 1}: training has diverged`,
    "lower schedule.init_lr, add warmup_steps, or set optimizer.grad_clip_norm; the last checkpoint is from before it",
  );
}
