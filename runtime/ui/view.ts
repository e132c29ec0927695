import { stripVTControlCharacters } from "node:util";
import type {
  CheckpointEvent,
  EvaluatedEvent,
  MessageEvent,
  Phase,
  Stamped,
  StartEvent,
  StepEvent,
} from "../train/events.ts";
import { foldRanks, type RankView } from "./ranks.ts";
import { smooth } from "./smooth.ts";

/** Points kept of a curve; beyond it every other one is dropped, so that a long run costs no more than a short one. */
const maxPoints = 2048;
const maxLines = 200;

/** A series that keeps its shape at bounded size: each point is the mean of `stride` values. */
export interface Curve {
  readonly points: readonly number[];
  readonly stride: number;
  readonly pending: { readonly sum: number; readonly count: number };
}

export type Request = "pause" | "resume" | "checkpoint" | "stop";

/** An evaluation that runs: samples done of how many, and when it began. */
export interface Evaluating {
  readonly split: string;
  readonly done: number;
  readonly total: number;
  readonly startedAt: number;
}

/** Everything a screen shows of a run: the events so far, folded. */
export interface RunView {
  readonly start?: StartEvent;
  readonly phase: Phase | "failed";
  readonly phaseDetail?: string;
  /** What a person asked for and the training process has not done yet: it answers between two steps. */
  readonly asked?: Request;
  /** Moments of the start and of the last event, milliseconds since 1970. */
  readonly startedAt?: number;
  readonly now?: number;
  readonly step?: StepEvent;
  readonly loss: Curve;
  readonly lr: Curve;
  /** Steps since the run (or its resumption) began. */
  readonly stepsSeen: number;
  /** Smoothed seconds a step and samples a second. */
  readonly secondsPerStep?: number;
  readonly samplesPerSecond?: number;
  readonly loaderShare?: number;
  /** How each process does, in the order of ranks, where there are several. */
  readonly ranks?: readonly RankView[];
  readonly evaluating?: Evaluating;
  readonly evaluated?: EvaluatedEvent;
  /** The last epoch that was validated, and the seconds that all its splits took. */
  readonly validation?: { readonly epoch: number; readonly seconds: number };
  /** The metric that picks the best checkpoint. */
  readonly select?: string;
  readonly best?: EvaluatedEvent;
  readonly checkpoint?: CheckpointEvent;
  readonly lines: readonly string[];
}

const emptyCurve: Curve = { points: [], stride: 1, pending: { sum: 0, count: 0 } };
export const emptyView: RunView = {
  phase: "starting",
  loss: emptyCurve,
  lr: emptyCurve,
  stepsSeen: 0,
  lines: [],
};

/** Adds a value to a curve, halving the resolution of the whole when it is full. */
export function addPoint(curve: Curve, value: number): Curve {
  if (!Number.isFinite(value)) return curve;
  const pending = { sum: curve.pending.sum + value, count: curve.pending.count + 1 };
  if (pending.count < curve.stride) return { ...curve, pending };
  const points = [...curve.points, pending.sum / pending.count];
  const empty = { sum: 0, count: 0 };
  if (points.length < maxPoints) return { points, stride: curve.stride, pending: empty };
  const halved = Array.from(
    { length: maxPoints / 2 },
    (_, i) => ((points[2 * i] ?? 0) + (points[2 * i + 1] ?? 0)) / 2,
  );
  return { points: halved, stride: curve.stride * 2, pending: empty };
}

/** The view after one more event. */
export function foldEvent(before: RunView, event: Stamped): RunView {
  const view: RunView = { ...before, now: event.time };
  switch (event.type) {
    case "start": {
      // A run that is started again goes on: only what its processes are measured by begins anew.
      const next = { ...view, start: event, startedAt: view.startedAt ?? event.time, stepsSeen: 0 };
      return addLine(next, event.engineReason);
    }
    case "phase": {
      const { asked, ...rest } = view;
      const isDeclined = event.phase === "testing";
      const stillAsked =
        (asked === "checkpoint" && !isDeclined) || (asked === "stop" && event.phase !== "stopping");
      return {
        ...rest,
        phase: event.phase,
        phaseDetail: event.detail,
        evaluating: undefined,
        ...(stillAsked && { asked }),
      };
    }
    case "step":
      return describeSkip(event).reduce(addLine, foldStep(view, event));
    case "evaluate_progress": {
      const { split, done, total } = event;
      const startedAt = view.evaluating?.startedAt ?? before.now ?? event.time;
      return { ...view, evaluating: { split, done, total, startedAt } };
    }
    case "evaluated":
      return foldEvaluated(view, event);
    case "checkpoint": {
      const { asked, ...rest } = view;
      const next = { ...rest, checkpoint: event, ...(asked !== "checkpoint" && asked && { asked }) };
      return addLine(next, `checkpoint ${event.path.split(/[\\/]/).at(-1)} written (${event.reason})`);
    }
    case "message":
      return addLine(view, describeMessage(event));
    case "failed":
      return addLine(
        { ...view, phase: "failed", phaseDetail: undefined },
        `failed: ${byRank(event)}${event.message}`,
      );
    case "done":
      return { ...view, phase: "done", phaseDetail: undefined };
  }
}

/** A message as a line, with the process that said it where that is not the first. */
export function describeMessage(event: MessageEvent): string {
  return `${byRank(event)}${event.level === "warning" ? "warning: " : ""}${event.text}`;
}

/** The process that an event is about, ahead of its text; nothing where there is only one. */
export function byRank({ rank }: { readonly rank?: number }): string {
  return rank === undefined ? "" : `rank ${rank}: `;
}

/** The line that says why a step changed nothing; none where it did. */
export function describeSkip({ step, overflowed, lossScale }: StepEvent): string[] {
  if (overflowed === undefined || lossScale === undefined) return [];
  return [`step ${step} skipped: the ${overflowed} overflowed float16; the loss scale is now ${lossScale}`];
}

function foldStep(view: RunView, event: StepEvent): RunView {
  const { stepsSeen: count } = view;
  return {
    ...view,
    step: event,
    stepsSeen: count + 1,
    loss: addPoint(view.loss, event.losses.loss ?? Number.NaN),
    lr: addPoint(view.lr, event.lr),
    secondsPerStep: smooth(view.secondsPerStep, event.seconds, count),
    samplesPerSecond: smooth(view.samplesPerSecond, event.samples / event.seconds, count),
    loaderShare: smooth(view.loaderShare, event.loaderSeconds / event.seconds, count),
    ranks: foldRanks(view.ranks, event, count),
  };
}

function foldEvaluated(view: RunView, event: EvaluatedEvent): RunView {
  const { epoch, seconds } = event;
  const before = view.validation;
  const validation =
    typeof epoch !== "number"
      ? before
      : { epoch, seconds: seconds + (before?.epoch === epoch ? before.seconds : 0) };
  return {
    ...view,
    evaluated: event,
    best: event.isBest ? event : view.best,
    select: event.select ?? view.select,
    evaluating: undefined,
    validation,
  };
}

/** The view after one more piece of output: its lines, without what would move the cursor or set colours. */
export function addLine(view: RunView, text: string): RunView {
  const lines = stripVTControlCharacters(text)
    .split(/\r?\n|\r/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go
    .map((line) => line.replaceAll("\t", "  ").replace(/[\u0000-\u001f\u007f]/g, ""));
  return { ...view, lines: [...view.lines, ...lines].slice(-maxLines) };
}

/** Estimated seconds to the end of the epoch's steps, and to that of the last epoch with its validation. */
export function timeLeft(view: RunView): { readonly epoch: number; readonly run: number } | undefined {
  const { start, step, secondsPerStep } = view;
  if (start === undefined || step === undefined || secondsPerStep === undefined) return undefined;
  const stepsLeft = start.totalSteps - step.step;
  const inEpoch = Math.min(start.stepsPerEpoch - step.stepInEpoch, stepsLeft);
  const validating = validationsLeft(view) * (view.validation?.seconds ?? 0);
  return { epoch: inEpoch * secondsPerStep, run: stepsLeft * secondsPerStep + validating };
}

/** Validations that are still to come: one each `valFreq` epochs and one after the last epoch. */
function validationsLeft({ start, step, validation }: RunView): number {
  if (start === undefined || step === undefined || start.valFreq === 0) return 0;
  const { numEpochs, valFreq } = start;
  const until = (epoch: number): number =>
    Math.floor(epoch / valFreq) + (epoch === numEpochs && epoch % valFreq > 0 ? 1 : 0);
  return until(numEpochs) - until(Math.max(step.epoch - 1, validation?.epoch ?? 0));
}

/** Estimated seconds to the end of the evaluation that runs. */
export function evaluationLeft({ evaluating, now }: RunView): number | undefined {
  if (evaluating === undefined || now === undefined || evaluating.done === 0) return undefined;
  const { done, total, startedAt } = evaluating;
  return (((now - startedAt) / 1000) * (total - done)) / done;
}
