/** What a {@link LossScaler} goes on from. */
export interface LossScalerState {
  readonly scale: number;
  /** Steps in a row that did not overflow, since the scale last changed. */
  readonly goodSteps: number;
  /** Steps of the whole run that overflowed and were skipped. */
  readonly skippedSteps: number;
}

const initialScale = 2 ** 16;
const growth = 2;
const backoff = 0.5;
/** Steps in a row without an overflow after which the scale grows. */
const growthInterval = 2000;
/** Below it no smaller scale will help: fairseq gives up at 1e-4, of which this is the power of two. */
const smallestScale = 2 ** -14;

/**
 * Dynamic loss scaling (Micikevicius et al., 2018), as torch.amp.GradScaler does it: the loss is multiplied by a
 * factor that keeps small gradients within float16's range, halved after each step whose gradients overflow, and
 * doubled after 2000 steps without one. It stays a power of two, so that scaling rounds nothing.
 */
export class LossScaler {
  #state: LossScalerState = { scale: initialScale, goodSteps: 0, skippedSteps: 0 };

  /** What the next step's loss is multiplied by. */
  get scale(): number {
    return this.#state.scale;
  }

  /** Whether steps overflow however small the scale is: the cause lies elsewhere. */
  get isExhausted(): boolean {
    return this.#state.scale < smallestScale;
  }

  /** The state as checkpoints keep it. */
  get state(): LossScalerState {
    return this.#state;
  }

  restore({ scale, goodSteps, skippedSteps }: LossScalerState): void {
    this.#state = { scale, goodSteps, skippedSteps };
  }

  /** Adjusts the scale after a step, which is to be skipped where it overflowed. */
  update(overflowed: boolean): void {
    const { scale, goodSteps, skippedSteps } = this.#state;
    if (overflowed) {
      this.#state = { scale: scale * backoff, goodSteps: 0, skippedSteps: skippedSteps + 1 };
    } else if (goodSteps + 1 < growthInterval) {
      this.#state = { scale, goodSteps: goodSteps + 1, skippedSteps };
    } else {
      // A loss is a float32, and must stay one when it is scaled.
      const grown = Math.fround(scale * growth);
      this.#state = { scale: Number.isFinite(grown) ? grown : scale, goodSteps: 0, skippedSteps };
    }
  }
}
