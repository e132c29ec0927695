import { UserError } from "../errors.ts";
import type { Batch, Losses, Model } from "../models/model.ts";
import { type AdamW, clipGradients } from "../optim/adamw.ts";
import type { LossScaler } from "../optim/loss-scaler.ts";
import {
  type AmpDType,
  addInPlace,
  autocast,
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
  /** What the forward pass computes its products in, and so the backward pass; undefined for float32. */
  readonly amp: AmpDType | undefined;
  /** Scales the loss: for float16, whose least number is 6e-8. */
  readonly scaler: LossScaler | undefined;
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
  /** Each loss of the model, the mean over the batches; where one was not finite, those of its batch. */
  readonly losses: Record<string, number>;
  /** The gradients' global norm, before clipping; NaN where there are none for the loss was not finite. */
  readonly gradNorm: number;
  /** With float16: what the next step's loss is multiplied by. */
  readonly lossScale?: number;
  /** With float16: what left its range, so that the step was skipped. */
  readonly overflowed?: "loss" | "gradients";
}

/**
 * One optimizer step: forward and backward of each batch, gradients averaged, clipped, applied.
 *
 * Each batch is put on the engine when its turn comes. A loss or a gradient that is not finite is a `UserError`;
 * with loss scaling it skips the step, for which the schedule goes on, as with torch.amp.GradScaler. Either way
 * neither weights nor moments are touched, so the last checkpoint is good.
 */
export function trainStep(what: Trainable, batches: readonly (() => Batch)[], at: StepContext): StepResult {
  const { engine, optimizer, clipNorm, scaler } = what;
  const scale = scaler?.scale ?? 1;
  return scope(engine, () => {
    const gradients = new Map<string, Tensor | null>();
    const losses: Record<string, number> = {};
    for (const [index, batch] of batches.entries()) {
      const part = scope(engine, () =>
        backward(what, batch(), scale / batches.length, at, at.firstBatch + index),
      );
      if (part.gradients === undefined) {
        return skip(scaler, "loss", { losses: part.losses, gradNorm: Number.NaN }, at);
      }
      accumulate(gradients, part.gradients);
      for (const [name, value] of Object.entries(part.losses)) {
        losses[name] = (losses[name] ?? 0) + value / batches.length;
      }
    }
    const present = [...gradients.values()].filter((gradient) => gradient !== null);
    const gradNorm = clipGradients(present, clipNorm, scale);
    if (!Number.isFinite(gradNorm)) return skip(scaler, "gradients", { losses, gradNorm }, at);
    optimizer.step(gradients, at.lr);
    scaler?.update(false);
    return { losses, gradNorm, ...(scaler && { lossScale: scaler.scale }) };
  });
}

/** The losses and gradients of one batch, times `weight`; no gradients where a loss is not finite. */
function backward(
  { engine, model, parameters, amp }: Trainable,
  batch: Batch,
  weight: number,
  at: StepContext,
  batchNumber: number,
): { losses: Record<string, number>; gradients: Map<string, Tensor | null> | undefined } {
  const forward = (): Losses =>
    model.forward(batch, {
      training: true,
      keys: new KeyStream(fold(at.key, batchNumber)),
      epoch: at.epoch,
      step: at.stepInEpoch,
      stepsPerEpoch: at.stepsPerEpoch,
    });
  const losses = amp === undefined ? forward() : autocast(engine, amp, forward);
  const values = Object.fromEntries(Object.entries(losses).map(([name, loss]) => [name, item(loss)]));
  if (!Object.values(values).every(Number.isFinite)) return { losses: values, gradients: undefined };
  const computed = grad(weight === 1 ? losses.loss : mul(losses.loss, weight), [...parameters.values()]);
  const gradients = new Map([...parameters.keys()].map((name, index) => [name, computed[index] ?? null]));
  return { losses: values, gradients };
}

/** Leaves a step out whose numbers are not finite. @throws UserError where no smaller loss scale mends it */
function skip(
  scaler: LossScaler | undefined,
  overflowed: "loss" | "gradients",
  result: Pick<StepResult, "losses" | "gradNorm">,
  at: StepContext,
): StepResult {
  if (scaler === undefined) throw notFinite(result, at);
  scaler.update(true);
  if (scaler.isExhausted) throw beyondFloat16(scaler, overflowed, at);
  return { ...result, lossScale: scaler.scale, overflowed };
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

const againstDivergence = "lower schedule.init_lr, add warmup_steps, or set optimizer.grad_clip_norm";

function notFinite(
  { losses, gradNorm }: Pick<StepResult, "losses" | "gradNorm">,
  at: StepContext,
): UserError {
  const [what, value] = Object.entries(losses).find(([, one]) => !Number.isFinite(one)) ?? [
    "gradient norm",
    gradNorm,
  ];
  return new UserError(
    `${what} is ${value} in ${placeOf(at)}: training has diverged`,
    `${againstDivergence}; the last checkpoint is from before it`,
  );
}

function beyondFloat16(
  { scale, state }: LossScaler,
  overflowed: "loss" | "gradients",
  at: StepContext,
): UserError {
  const does = overflowed === "loss" ? "loss overflows" : "gradients overflow";
  return new UserError(
    `the ${does} float16 in ${placeOf(at)} even with a loss scale of ${2 * scale}, after ${state.skippedSteps} skipped steps: a smaller scale cannot mend it`,
    `write run.amp_dtype = bfloat16, which has float32's range; if that diverges too, ${againstDivergence}`,
  );
}

function placeOf({ epoch, stepInEpoch }: StepContext): string {
  return `epoch ${epoch + 1}, step ${stepInEpoch + 1}`;
}
