import type {
  CheckpointEvent,
  EvaluatedEvent,
  Phase,
  Stamped,
  StartEvent,
  StepEvent,
} from "../train/events.ts";

/** Points kept of a curve; beyond it every other one is dropped, so that a long run costs no more than a short one. */
const maxPoints = 2048;
const maxLines = 200;

/** A series that keeps its shape at bounded size: each point is the mean of `stride` values. */
export interface Curve {
  readonly points: readonly number[];
  readonly stride: number;
  readonly pending: { readonly sum: number; readonly count: number };
}

/** Everything a screen shows of a run: the events so far, folded. */
export interface RunView {
  readonly start?: StartEvent;
  readonly phase: Phase;
  readonly phaseDetail?: string;
  readonly step?: StepEvent;
  readonly loss: Curve;
  readonly lr: Curve;
  /** Smoothed seconds a step and samples a second. */
  readonly secondsPerStep?: number;
  readonly samplesPerSecond?: number;
  readonly loaderShare?: number;
  readonly evaluating?: { readonly split: string; readonly done: number; readonly total: number };
  readonly evaluated?: EvaluatedEvent;
  readonly best?: EvaluatedEvent;
  readonly checkpoint?: CheckpointEvent;
  readonly lines: readonly string[];
}

const emptyCurve: Curve = { points: [], stride: 1, pending: { sum: 0, count: 0 } };
export const emptyView: RunView = { phase: "starting", loss: emptyCurve, lr: emptyCurve, lines: [] };

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

const smooth = (old: number | undefined, value: number): number =>
  old === undefined ? value : 0.9 * old + 0.1 * value;

/** The view after one more event. */
export function foldEvent(view: RunView, event: Stamped): RunView {
  switch (event.type) {
    case "start":
      return { ...view, start: event };
    case "phase":
      return { ...view, phase: event.phase, phaseDetail: event.detail, evaluating: undefined };
    case "step":
      return {
        ...view,
        step: event,
        loss: addPoint(view.loss, event.losses.loss ?? Number.NaN),
        lr: addPoint(view.lr, event.lr),
        secondsPerStep: smooth(view.secondsPerStep, event.seconds),
        samplesPerSecond: smooth(view.samplesPerSecond, event.samples / event.seconds),
        loaderShare: smooth(view.loaderShare, event.loaderSeconds / event.seconds),
      };
    case "evaluate_progress":
      return { ...view, evaluating: event };
    case "evaluated":
      return { ...view, evaluated: event, best: event.isBest ? event : view.best, evaluating: undefined };
    case "checkpoint":
      return { ...view, checkpoint: event };
    case "message":
      return addLine(view, event.level === "warning" ? `warning: ${event.text}` : event.text);
    case "failed":
      return addLine(view, `failed: ${event.message}`);
    case "done":
      return { ...view, phase: "done" };
  }
}

/** The view after one more line of output. */
export function addLine(view: RunView, line: string): RunView {
  return { ...view, lines: [...view.lines, line].slice(-maxLines) };
}

/** Estimated seconds to the end of the epoch and of the training steps (validation not counted). */
export function timeLeft(view: RunView): { readonly epoch: number; readonly run: number } | undefined {
  const { start, step, secondsPerStep } = view;
  if (start === undefined || step === undefined || secondsPerStep === undefined) return undefined;
  const inEpoch = Math.min(start.stepsPerEpoch - step.stepInEpoch, start.totalSteps - step.step);
  return { epoch: inEpoch * secondsPerStep, run: (start.totalSteps - step.step) * secondsPerStep };
}
