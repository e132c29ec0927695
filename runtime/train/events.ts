import type { Backend } from "../distributed/transport.ts";
import type { AmpDType } from "../tensor/index.ts";

/**
 * What a training process tells its launcher, and what it may be told.
 *
 * Events travel over the process's IPC channel, are printed as they are by `--ui json`, and those that
 * matter later are appended to `log.jsonl`. Times are seconds, memory is bytes, numbers are full precision.
 */

/** The phase that a run is in. */
export type Phase = "starting" | "training" | "paused" | "validating" | "testing" | "stopping" | "done";

/** One generated caption beside what people wrote. */
export interface SamplePrediction {
  readonly id: string;
  readonly prediction: string;
  readonly references: readonly string[];
}

export interface StartEvent {
  readonly type: "start";
  readonly recipe: string;
  readonly source: string;
  readonly task: string;
  readonly model: string;
  readonly engine: string;
  readonly device: string;
  readonly threads: number;
  /** Why `engine = auto` took this engine and not a faster one. */
  readonly engineReason: string;
  /** What training computes products in under mixed precision; absent in float32. */
  readonly amp?: AmpDType;
  readonly outputDir: string;
  /** Those that learn: not those of a part that is frozen. */
  readonly numParameters: number;
  readonly numTrainSamples: number;
  readonly batchSize: number;
  readonly numEpochs: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  /** The optimizer step that a resumed run goes on after; 0 for a fresh one. */
  readonly startStep: number;
  /** Steps between two lines of plain output. */
  readonly logFreq: number;
  /** Epochs between two validations; 0 where nothing is validated. */
  readonly valFreq: number;
  /** The processes that train together, where there are several. */
  readonly processes?: ProcessesInfo;
}

/** The processes of a run: how many, what moves data between them, and in words where they are. */
export interface ProcessesInfo {
  readonly size: number;
  readonly backend: Backend;
  readonly topology: string;
}

export interface PhaseEvent {
  readonly type: "phase";
  readonly phase: Phase;
  readonly detail?: string;
}

export interface StepEvent {
  readonly type: "step";
  /** 1-based epoch that the step belongs to. */
  readonly epoch: number;
  /** 1-based optimizer step within the epoch and within the run. */
  readonly stepInEpoch: number;
  readonly step: number;
  readonly lr: number;
  /**
   * `loss` and each `loss_*` of the model, averaged over the accumulated batches; where a loss overflowed, those of
   * its batch.
   */
  readonly losses: Readonly<Record<string, number>>;
  /** Global gradient norm, before clipping; not finite where the step overflowed. */
  readonly gradNorm: number;
  /** With float16: the loss scale of the next step. */
  readonly lossScale?: number;
  /** With float16: what left its range. The step was skipped: it changed no weights. */
  readonly overflowed?: "loss" | "gradients";
  /** Wall time of the step, and the part of it spent waiting for the loader. */
  readonly seconds: number;
  readonly loaderSeconds: number;
  readonly samples: number;
  readonly memory: { readonly engine: number; readonly rss: number };
  /** What each process did in the step, in the order of ranks, where there are several. */
  readonly ranks?: readonly RankStep[];
}

/** One process's part of a step. */
export interface RankStep {
  /** Its own time for the step, without waiting for the others. */
  readonly seconds: number;
  /** Time that it was blocked in communication. */
  readonly communicationSeconds: number;
  readonly samples: number;
}

export interface EvaluateProgressEvent {
  readonly type: "evaluate_progress";
  readonly split: string;
  readonly done: number;
  readonly total: number;
}

export interface EvaluatedEvent {
  readonly type: "evaluated";
  readonly split: string;
  /** The epoch whose weights were evaluated; "best" or "loaded" for test runs. */
  readonly epoch: number | "best" | "last" | "loaded";
  readonly metrics: Readonly<Record<string, number>>;
  /** The metric that picks the best checkpoint, and whether this evaluation is the best so far. */
  readonly select?: string;
  readonly isBest?: boolean;
  readonly samples: readonly SamplePrediction[];
  /** What the best constant answer gets, where the task asks for it. */
  readonly baseline?: { readonly prediction: string; readonly metric: string; readonly value: number };
  readonly seconds: number;
}

export interface CheckpointEvent {
  readonly type: "checkpoint";
  readonly path: string;
  readonly step: number;
  readonly reason: "epoch" | "best" | "last" | "asked" | "stopped";
  readonly seconds: number;
}

export interface MessageEvent {
  readonly type: "message";
  readonly level: "info" | "warning";
  readonly text: string;
  /** The process that says it, where that is not the first of several. */
  readonly rank?: number;
}

export interface DoneEvent {
  readonly type: "done";
  /** `stopped`: ended early on request, with a checkpoint to resume from. */
  readonly outcome: "finished" | "stopped";
  readonly step: number;
  /** Steps of the whole run, resumed parts included, that were skipped for they overflowed float16. */
  readonly skippedSteps?: number;
  readonly seconds: number;
  /** Absent where the run was stopped before it began, and so wrote nothing. */
  readonly outputDir?: string;
  /** The checkpoint to go on from where it was stopped: `--resume`, or `resume_ckpt_path` in the recipe. */
  readonly resumeFrom?: string;
}

export interface FailedEvent {
  readonly type: "failed";
  readonly message: string;
  /** The process that failed, where there are several. */
  readonly rank?: number;
  readonly hint?: string;
  /** The last checkpoint of the run, if it wrote one. */
  readonly resumeFrom?: string;
  /** Present for internal errors only: a user error needs none. */
  readonly stack?: string;
}

export type TrainEvent =
  | StartEvent
  | PhaseEvent
  | StepEvent
  | EvaluateProgressEvent
  | EvaluatedEvent
  | CheckpointEvent
  | MessageEvent
  | DoneEvent
  | FailedEvent;

/** An event with the moment it was sent (milliseconds since 1970), as logs and the JSON output hold it. */
export type Stamped = TrainEvent & { readonly time: number };

/** What the launcher may ask of a training process; each is done between two steps. */
export type TrainCommand =
  | { readonly type: "pause" }
  | { readonly type: "resume" }
  | { readonly type: "checkpoint" }
  /** Finish the step, write a checkpoint, end. */
  | { readonly type: "stop" };
