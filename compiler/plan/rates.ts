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
import { isUnknown, type Known, mapKnown, unknown } from "./known.ts";
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
  const { name } = section.card;
  const make = schedules[name];
  if (make === undefined) return unknown(`the rates of ${name} are not known before a run`);
  if (isUnknown(length)) return unknown("they follow from the steps of the training");
  return mapKnown(optionsOf<WarmupOptions>(section, "schedule", warmupKeys), ({ warmup_steps }) =>
    mapKnown(make(section), (schedule) => ({ schedule: name, ...ratesAt(schedule, length, warmup_steps) })),
  );
}

function ratesAt(schedule: Schedule, { totalSteps, stepsPerEpoch }: Length, warmupSteps: number) {
  const rateAt = (step: number): number => {
    const epoch = Math.floor(step / stepsPerEpoch);
    const position = { epoch, step: step - epoch * stepsPerEpoch, globalStep: step };
    return schedule({ ...position, stepsPerEpoch, totalSteps });
  };
  const last = totalSteps - 1;
  const steps: readonly (readonly [RateAt["when"], number])[] = [
    ["start", 0],
    ...(warmupSteps > 0 && warmupSteps < last ? [["warm-up end", warmupSteps] as const] : []),
    ["half", Math.floor(totalSteps / 2)],
    ["end", last],
  ];
  const numPoints = Math.min(resolution, totalSteps);
  return {
    points: steps.map(([when, step]): RateAt => ({ when, step, rate: rateAt(step) })),
    curve: Array.from({ length: numPoints }, (_, i) =>
      rateAt(Math.round((i * last) / Math.max(1, numPoints - 1))),
    ),
  };
}
