import type { DoneEvent, EvaluatedEvent, Stamped } from "../train/events.ts";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatMetrics,
  formatNumber,
  formatPath,
} from "./format.ts";
import type { UserInterface } from "./open.ts";
import { formatRanks, summarizeRanks } from "./ranks.ts";
import {
  byRank,
  describeMessage,
  describeSkip,
  emptyView,
  foldEvent,
  type RunView,
  timeLeft,
} from "./view.ts";

/** The lines that say an event to a person, given the view that already holds it; none when it is not worth one. */
export function describeEvent(event: Stamped, view: RunView): string[] {
  switch (event.type) {
    case "start":
      return [
        `${event.recipe} (${event.source}): ${event.task} with ${event.model}, ${formatCount(event.numParameters)} parameters`,
        `${event.engineReason}; ${event.threads} thread${event.threads === 1 ? "" : "s"}${event.amp === undefined ? "" : `; mixed precision in ${event.amp}`}`,
        `${event.numTrainSamples} training samples, batch ${event.batchSize}, ${event.numEpochs} epoch${event.numEpochs === 1 ? "" : "s"} of ${event.stepsPerEpoch} steps`,
        ...(event.startStep > 0 ? [`resumed after step ${event.startStep} of ${event.totalSteps}`] : []),
        ...(event.processes === undefined
          ? []
          : [`${event.processes.size} processes: ${event.processes.topology}`]),
        `writing to ${formatPath(event.outputDir)}`,
      ];
    case "phase":
      return event.phase === "training" || event.phase === "done"
        ? []
        : [event.detail === undefined ? event.phase : `${event.phase} ${event.detail}`];
    case "step": {
      const { start } = view;
      const skip = describeSkip(event);
      const due = start === undefined || event.step % start.logFreq === 0 || event.stepInEpoch === 1;
      if (!due) return skip;
      const left = timeLeft(view);
      const ranks = summarizeRanks(view.ranks);
      return [
        [
          `epoch ${event.epoch}/${start?.numEpochs ?? "?"} step ${event.step}/${start?.totalSteps ?? "?"}`,
          // The only part of a loss is no news beside it.
          Object.entries(event.losses)
            .filter(([name, value]) => name === "loss" || value !== event.losses.loss)
            .map(([name, value]) => `${name} ${value.toFixed(4)}`)
            .join(" "),
          `lr ${formatNumber(event.lr)}`,
          `${formatNumber(view.samplesPerSecond ?? event.samples / event.seconds)} samples/s`,
          formatBytes(event.memory.rss),
          ...(ranks === undefined ? [] : [formatRanks(ranks)]),
          ...(left === undefined ? [] : [`${formatDuration(left.run)} left`]),
        ].join("  "),
        ...skip,
      ];
    }
    case "evaluate_progress":
      return [];
    case "evaluated":
      return [
        `${event.split} (${typeof event.epoch === "number" ? `epoch ${event.epoch}` : `${event.epoch} weights`}): ${formatMetrics(event.metrics)}${event.isBest ? "  best so far" : ""}`,
        ...describeBaseline(event),
        ...event.samples.map(
          ({ id, prediction, references }) => `  ${id}: ${prediction}  |  ${references.join(" · ")}`,
        ),
      ];
    case "checkpoint":
      return [`checkpoint ${event.path} (${event.reason}, ${formatDuration(event.seconds)})`];
    case "message":
      return [describeMessage(event)];
    case "done":
      return [
        `${event.outcome} after ${event.step} steps${describeSkipped(event)}, ${formatDuration(event.seconds)}${event.outputDir === undefined ? "" : `: ${formatPath(event.outputDir)}`}`,
        ...describeResume(event.resumeFrom),
      ];
    case "failed":
      return [
        `error: ${byRank(event)}${event.message}`,
        ...(event.hint === undefined ? [] : [`  help: ${event.hint}`]),
        ...describeResume(event.resumeFrom),
        ...(event.stack === undefined ? [] : [event.stack]),
      ];
  }
}

/** How many of the steps changed nothing. */
function describeSkipped({ skippedSteps }: DoneEvent): string {
  return skippedSteps === undefined ? "" : ` (${skippedSteps} skipped as they overflowed float16)`;
}

/** How to go on with a run that ended early. */
function describeResume(checkpoint: string | undefined): string[] {
  return checkpoint === undefined ? [] : [`to go on, start the program with --resume ${checkpoint}`];
}

/** How far a score is above that of the best constant answer. */
function describeBaseline({ baseline, metrics }: EvaluatedEvent): string[] {
  if (baseline === undefined) return [];
  const { prediction, metric, value } = baseline;
  const reached = metrics[metric];
  const times =
    reached === undefined || value === 0
      ? ""
      : `; the model's ${formatNumber(reached)} is ${(reached / value).toFixed(1)} times that`;
  return [`  best constant caption: "${prediction}" with ${metric} ${formatNumber(value)}${times}`];
}

/** Plain lines, for pipes and logs: results to stdout, failures to stderr. */
export function openPlain(
  write: (line: string) => void = console.log,
  writeError: (line: string) => void = console.error,
): UserInterface {
  let view = emptyView;
  return {
    handle(event) {
      view = foldEvent(view, event);
      for (const line of describeEvent(event, view)) (event.type === "failed" ? writeError : write)(line);
    },
    log: write,
    close: async () => {},
  };
}
