import type { OptionsOf } from "../card.ts";
import { adamwStep, globalNorm, item, scaleInPlace, type Tensor, zeros } from "../tensor/index.ts";
import type { adamw } from "./adamw.card.ts";
import type { ParameterGroup } from "./parameter-groups.ts";

export type AdamWSettings = Pick<OptionsOf<typeof adamw>, "beta1" | "beta2" | "eps">;

/** The running means of one parameter's gradients and of their squares. */
interface Moments {
  readonly expAvg: Tensor;
  readonly expAvgSq: Tensor;
  /** Updates that the parameter has had. */
  steps: number;
}

/**
 * AdamW (Loshchilov and Hutter 2019), as torch.optim.AdamW computes it: a parameter without a gradient is left
 * alone, its bias correction too.
 */
export class AdamW {
  readonly groups: readonly ParameterGroup[];
  readonly #settings: AdamWSettings;
  readonly #moments = new Map<string, Moments>();

  constructor(groups: readonly ParameterGroup[], settings: AdamWSettings) {
    this.groups = groups;
    this.#settings = settings;
    for (const { parameters } of groups) {
      for (const [name, { engine, shape }] of parameters) {
        this.#moments.set(name, { expAvg: zeros(engine, shape), expAvgSq: zeros(engine, shape), steps: 0 });
      }
    }
  }

  /**
   * One update with learning rate `lr` times each group's factor. `gradients`: by parameter name; null or
   * missing for a parameter that the loss did not use.
   */
  step(gradients: ReadonlyMap<string, Tensor | null>, lr: number): void {
    for (const { parameters, weight_decay, lr_scale } of this.groups) {
      for (const [step, update] of this.#bySteps(parameters, gradients)) {
        const { params, grads, expAvg, expAvgSq } = update;
        const rates = { lr: lr * lr_scale, weightDecay: weight_decay, step };
        adamwStep(params, grads, expAvg, expAvgSq, { ...this.#settings, ...rates });
      }
    }
  }

  /** The parameters that have gradients, by the number of the update that they are about to get. */
  #bySteps(
    parameters: ReadonlyMap<string, Tensor>,
    gradients: ReadonlyMap<string, Tensor | null>,
  ): Map<number, Update> {
    const updates = new Map<number, Update>();
    for (const [name, parameter] of parameters) {
      const gradient = gradients.get(name);
      const moments = this.#moments.get(name);
      if (!gradient || !moments) continue;
      moments.steps++;
      const update = updates.get(moments.steps) ?? { params: [], grads: [], expAvg: [], expAvgSq: [] };
      updates.set(moments.steps, update);
      update.params.push(parameter);
      update.grads.push(gradient);
      update.expAvg.push(moments.expAvg);
      update.expAvgSq.push(moments.expAvgSq);
    }
    return updates;
  }

  /** The moments by name, `exp_avg.NAME` and `exp_avg_sq.NAME`; a checkpoint is loaded by assigning to them. */
  namedTensors(): Map<string, Tensor> {
    const named = new Map<string, Tensor>();
    for (const [name, { expAvg, expAvgSq }] of this.#moments) {
      named.set(`exp_avg.${name}`, expAvg);
      named.set(`exp_avg_sq.${name}`, expAvgSq);
    }
    return named;
  }

  /** How many updates each parameter has had, by name; for checkpoints. */
  steps(): Record<string, number> {
    return Object.fromEntries(Array.from(this.#moments, ([name, { steps }]) => [name, steps]));
  }

  /** Restores what {@link steps} gave. @throws Error when a parameter's count is missing. */
  restoreSteps(steps: Readonly<Record<string, number>>): void {
    for (const [name, moments] of this.#moments) {
      const count = steps[name];
      if (count === undefined) throw new Error(`the optimizer's state has no step count of ${name}`);
      moments.steps = count;
    }
  }

  /** Frees the moments. */
  dispose(): void {
    for (const tensor of this.namedTensors().values()) tensor.dispose();
  }
}

interface Update {
  readonly params: Tensor[];
  readonly grads: Tensor[];
  readonly expAvg: Tensor[];
  readonly expAvgSq: Tensor[];
}

/**
 * Takes the loss scale out of gradients and brings their global norm down to `maxNorm` at most (null leaves it),
 * in place and in one pass. Returns the norm without the scale, before clipping
 * (torch.nn.utils.clip_grad_norm_). A norm that is not finite is returned and nothing scaled.
 */
export function clipGradients(gradients: readonly Tensor[], maxNorm: number | null, lossScale = 1): number {
  if (gradients.length === 0) return 0;
  const total = globalNorm(gradients);
  const norm = item(total) / lossScale;
  total.dispose();
  if (!Number.isFinite(norm)) return norm;
  const clipping = maxNorm !== null && norm > maxNorm ? maxNorm / (norm + 1e-6) : 1;
  const factor = clipping / lossScale;
  if (factor !== 1) scaleInPlace(gradients, factor);
  return norm;
}
