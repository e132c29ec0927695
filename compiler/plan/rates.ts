import { constantLr } from "../../runtime/schedule/constant-lr.rate.card.ts";
import {
  type LinearWarmupCosineOptions,
  linearWarmupCosineLr,
} from "../../runtime/schedule/linear-warmup-cosine-lr.rate.card.ts";
import {
  type LinearWarmupStepOptions,
  linearWarmupStepLr,
} from "../../runtime/schedule/linear-warmup-step-lr.rate.card.ts";
import type { Schedule, WarmupOptions } from "../../runtime/schedule/schedule.card.ts";
import type { ResolvedSection } from "../resolve/resolved.ts";
import { type Known, mapKnown, unknown } from "./known.ts";
import type { Length } from "./length.ts";
import { optionsOf } from "./values.ts";

/** A learning rate at a step of the run, counted from 0. */
export interface RateAt {
  readonly when: "start" | "warm-up end" | "half" | "end";
  readonly step: number;
  readonly rate: number;
}

export interface Rates {
  readonly schedule: string;
  readonly points: readonly RateAt[];
  /** Rates at even distances from the first step to the last, for drawing. */
  readonly curve: readonly number[];
}

const warmupKeys = ["init_lr", "warmup_lr", "warmup_steps"] as const;

/** What computes the rates of a schedule, by its name. */
const schedules: Readonly<Record<string, (section: ResolvedSection) => Known<Schedule>>> = {
  constant_lr: (section) => mapKnown(optionsOf<WarmupOptions>(section, "schedule", warmupKeys), constantLr),
  linear_warmup_cosine_lr: (section) =>
    mapKnown(
      optionsOf<LinearWarmupCosineOptions>(section, "schedule", [
        ...warmupKeys,
        "min_lr",
        "per_epoch_staircase",
      ]),
      linearWarmupCosineLr,
    ),
  linear_warmup_step_lr: (section) =>
    mapKnown(
      optionsOf<LinearWarmupStepOptions>(section, "schedule", [
        ...warmupKeys,
        "min_lr",
        "lr_decay_rate",
        "per_epoch_staircase",
      ]),
      linearWarmupStepLr,
    ),
};

/** Points of a drawn curve. */
const resolution = 200;

/** The learning rates of a training of that length. */
export function ratesOf(section: ResolvedSection | undefined, length: Known<Length>): Known<Rates> {
  if (section === undefined) return unknown("the recipe has no schedule");
  const make = schedules[section.card.name];
  if (make === undefined) return unknown(`the rates of ${section.card.name} are not known before a run`);
  return mapKnown(length, ({ totalSteps, stepsPerEpoch }) =>
    mapKnown(make(section), (schedule) => {
      const rateAt = (step: number): number => {
        const epoch = Math.floor(step / stepsPerEpoch);
        const position = { epoch, step: step - epoch * stepsPerEpoch, globalStep: step };
        return schedule({ ...position, stepsPerEpoch, totalSteps });
      };
      const last = totalSteps - 1;
      return mapKnown(optionsOf<WarmupOptions>(section, "schedule", warmupKeys), ({ warmup_steps }) => {
        const steps: readonly (readonly [RateAt["when"], number])[] = [
          ["start", 0],
          ...(warmup_steps > 0 && warmup_steps < last ? [["warm-up end", warmup_steps] as const] : []),
          ["half", Math.floor(totalSteps / 2)],
          ["end", last],
        ];
        const count = Math.min(resolution, totalSteps);
        return {
          schedule: section.card.name,
          points: steps.map(([when, step]) => ({ when, step, rate: rateAt(step) })),
          curve: Array.from({ length: count }, (_, i) =>
            rateAt(count === 1 ? 0 : Math.round((i * last) / (count - 1))),
          ),
        };
      });
    }),
  );
}
