import { UserError } from "../errors.ts";
import type { Batch, Losses, Model } from "../models/model.ts";
import { type AdamW, clipGradients } from "../optim/adamw.ts";
import type { LossScaler } from "../optim/loss-scaler.ts";
import {
  type AmpDType,
  autocast,
  type Engine,
  fold,
  item,
  type Key,
  KeyStream,
  mul,
  type Share,
  scope,
  shareOf,
  type Tensor,
} from "../tensor/index.ts";
import { addGradients, addLastGradients, type GradientSums, type Group } from "./step-gradients.ts";

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
  /** The processes that take the step together, each with its part of the batches; undefined for one alone. */
  readonly group?: Group | undefined;
}

/** A batch, or a process's part of one, that a step works on. */
export interface BatchPart {
  /** Puts it on the engine. */
  readonly load: () => Batch;
  /** The number of the batch, from the start of the run. */
  readonly number: number;
  /** Which rows of a batch of how many it is, where it is a part: it draws what the whole batch draws for them. */
  readonly share?: Share & { readonly of: number };
}

/** Where the step stands and what it learns with. */
export interface StepContext {
  readonly epoch: number;
  readonly stepInEpoch: number;
  readonly stepsPerEpoch: number;
  readonly lr: number;
  /** The run's key; batch n draws from `fold(key, n)`, whatever ran before it. */
  readonly key: Key;
}

export interface StepResult {
  /** Each loss of the model, the mean over the batches and the processes. */
  readonly losses: Record<string, number>;
  /** The gradients' global norm, before clipping; NaN where the loss was not finite. */
  readonly gradNorm: number;
  /** With float16: what the next step's loss is multiplied by. */
  readonly lossScale?: number;
  /** With float16: what left its range, so that the step was skipped. */
  readonly overflowed?: "loss" | "gradients";
}

/**
 * One optimizer step: forward and backward of each part, gradients averaged over all terms of all parts (LAVIS
 * averages the averages of batches and processes, so that a token counts by what it shares a part with), clipped,
 * applied.
 *
 * Each part is put on the engine when its turn comes. A loss or a gradient that is not finite is a `UserError`;
 * with loss scaling it skips the step, for which the schedule goes on, as with torch.amp.GradScaler. Either way
 * neither weights nor moments are touched, so the last checkpoint is good. What is decided is the same in all
 * processes.
 */
export function trainStep(what: Trainable, parts: readonly BatchPart[], at: StepContext): StepResult {
  const { engine, optimizer, clipNorm, scaler, group } = what;
  const parameters = [...what.parameters.values()];
  const scale = scaler?.scale ?? 1;
  // A part alone counts as it is: no factor rounds anything.
  const isAlone = group === undefined && parts.length === 1;
  return scope(engine, () => {
    const own: Totals = { weight: 0, losses: {} };
    let sums: GradientSums = [];
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1;
      sums = scope(engine, () => {
        const { terms, of, ...losses } = forward(what, part, at);
        const weight = isAlone ? 1 : terms / of;
        count(own, weight, losses);
        const loss = weight * scale === 1 ? losses.loss : mul(losses.loss, weight * scale);
        return group !== undefined && isLast
          ? addLastGradients(loss, parameters, sums, group)
          : addGradients(loss, parameters, sums);
      });
      // Other processes have to go through all of their parts, and this one with them.
      if (group === undefined && !areFinite(own.losses)) break;
    }
    const { weight, losses } = meanOf(group?.processes.gatherObjects(own, "losses") ?? [own]);
    const gradients = sums.filter((gradient) => gradient !== null);
    const norm = clipGradients(gradients, clipNorm, scale * weight);
    if (!areFinite(losses)) {
      return skip(scaler, "loss", { losses, gradNorm: Number.NaN }, at);
    }
    if (!Number.isFinite(norm)) return skip(scaler, "gradients", { losses, gradNorm: norm }, at);
    const names = [...what.parameters.keys()];
    optimizer.step(new Map(names.map((name, index) => [name, sums[index] ?? null])), at.lr);
    scaler?.update(false);
    return { losses, gradNorm: norm, ...(scaler && { lossScale: scaler.scale }) };
  });
}

/** The weights of parts, and their losses times those, summed. */
interface Totals {
  weight: number;
  readonly losses: Record<string, number>;
}

const areFinite = (losses: Totals["losses"]): boolean => Object.values(losses).every(Number.isFinite);

function count(totals: Totals, weight: number, losses: Omit<Losses, "terms">): void {
  totals.weight += weight;
  for (const [name, loss] of Object.entries(losses)) {
    if (loss.shape.some((size) => size !== 1))
      throw new UserError(
        `the model gives a ${name} of shape [${loss.shape.join(", ")}], not one number`,
        "give its mean over the batch",
      );
    totals.losses[name] = (totals.losses[name] ?? 0) + weight * item(loss);
  }
}

/** The whole weight, and the mean losses. */
function meanOf(all: readonly Totals[]): Totals {
  const weight = all.reduce((sum, one) => sum + one.weight, 0);
  const losses: Record<string, number> = {};
  for (const one of all) {
    for (const [name, sum] of Object.entries(one.losses)) losses[name] = (losses[name] ?? 0) + sum / weight;
  }
  return { weight, losses };
}

/** The losses of a part, how many terms they are the mean of, and how many rows its whole batch has. */
function forward(
  { engine, model, amp, group }: Trainable,
  { load, number, share }: BatchPart,
  at: StepContext,
): Omit<Losses, "terms"> & { readonly terms: number; readonly of: number } {
  const batch = load();
  const batchKey = fold(at.key, number);
  const compute = (): Losses =>
    model.forward(batch, {
      training: true,
      keys: new KeyStream(share === undefined ? batchKey : shareOf(batchKey, share)),
      epoch: at.epoch,
      step: at.stepInEpoch,
      stepsPerEpoch: at.stepsPerEpoch,
      ...(group && { processes: group.processes }),
    });
  const rows = batch.image.shape[0] ?? 1;
  return {
    terms: rows,
    ...(amp === undefined ? compute() : autocast(engine, amp, compute)),
    of: share?.of ?? rows,
  };
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
