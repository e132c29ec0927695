import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LossScaler } from "../../../runtime/optim/loss-scaler.ts";

/** torch.amp.GradScaler.update with its defaults, as torch's documentation describes it: on float32 scales. */
class GradScaler {
  scale = 65_536;
  tracker = 0;

  update(foundInf: boolean): void {
    if (foundInf) {
      this.scale = Math.fround(this.scale * 0.5);
      this.tracker = 0;
      return;
    }
    this.tracker += 1;
    if (this.tracker !== 2000) return;
    const grown = Math.fround(this.scale * 2);
    if (grown !== Number.POSITIVE_INFINITY) this.scale = grown;
    this.tracker = 0;
  }
}

const scalerAfter = (...steps: readonly (readonly [good: number, overflowed: number])[]): LossScaler => {
  const scaler = new LossScaler();
  for (const [good, overflowed] of steps) {
    for (let i = 0; i < good; i++) scaler.update(false);
    for (let i = 0; i < overflowed; i++) scaler.update(true);
  }
  return scaler;
};

describe("the loss scale", () => {
  const runs = fc.array(
    fc.tuple(
      fc.oneof(fc.nat(3), fc.integer({ min: 1990, max: 2010 }), fc.integer({ max: 9000, min: 0 })),
      fc.nat(3),
    ),
    { maxLength: 12 },
  );

  it("follows GradScaler's, whatever steps overflow", () => {
    fc.assert(
      fc.property(runs, (steps) => {
        const [ours, theirs] = [new LossScaler(), new GradScaler()];
        const update = (overflowed: boolean) => {
          ours.update(overflowed);
          theirs.update(overflowed);
          return ours.scale === theirs.scale && ours.state.goodSteps === theirs.tracker;
        };
        for (const [good, overflowed] of steps) {
          for (let i = 0; i < good; i++) if (!update(false)) return false;
          for (let i = 0; i < overflowed; i++) if (!update(true)) return false;
        }
        return ours.state.skippedSteps === steps.reduce((sum, [, overflowed]) => sum + overflowed, 0);
      }),
      { numRuns: 60 },
    );
  });

  it("stays a float32 however long nothing overflows", () => {
    const scaler = new LossScaler();
    scaler.restore({ scale: 2 ** 127, goodSteps: 1999, skippedSteps: 0 });
    scaler.update(false);
    expect(scaler.state).toEqual({ scale: 2 ** 127, goodSteps: 0, skippedSteps: 0 });
  });

  it("goes on from its state as if it had never been put away", () => {
    fc.assert(
      fc.property(runs, runs, (before, later) => {
        const whole = scalerAfter(...before, ...later);
        const resumed = new LossScaler();
        resumed.restore(JSON.parse(JSON.stringify(scalerAfter(...before).state)));
        for (const [good, overflowed] of later) {
          for (let i = 0; i < good; i++) resumed.update(false);
          for (let i = 0; i < overflowed; i++) resumed.update(true);
        }
        expect(resumed.state).toEqual(whole.state);
      }),
      { numRuns: 10 },
    );
  });

  it("is exhausted when it has been halved to no avail, and not before", () => {
    expect(scalerAfter([0, 30]).isExhausted).toBe(false);
    expect(scalerAfter([0, 31]).isExhausted).toBe(true);
  });
});
