import { openCheckpoint } from "../checkpoint/store.ts";
import { titleOf } from "../component.ts";
import { GradientReducer } from "../distributed/reducer.ts";
import type { HostBatch, Loader } from "../loader/loader.ts";
import { batchesPerPass } from "../loader/order.ts";
import { LossScaler } from "../optim/loss-scaler.ts";
import { parameterGroups } from "../optim/parameter-groups.ts";
import type { CompleteRecipe } from "../recipe.ts";
import type { Schedule } from "../schedule/schedule.card.ts";
import { isBetter } from "../tasks/task.ts";
import { type Best, Checkpoints, type Resumed } from "./checkpoints.ts";
import type { Control, Send } from "./control.ts";
import { Evaluator, toBatch } from "./evaluate.ts";
import type { CheckpointEvent, DoneEvent } from "./events.ts";
import type { RunFolder } from "./output.ts";
import {
  batchesOfStep,
  type Position,
  planTraining,
  positionAt,
  stepsOfEpoch,
  type TrainingPlan,
} from "./plan.ts";
import type { Session } from "./session.ts";
import { describeMixture } from "./session-data.ts";
import { type SharedBatch, trainingBatch } from "./shared-batch.ts";
import { type Trainable, trainStep } from "./step.ts";
import type { Group } from "./step-gradients.ts";

/** How a run ended, and what to resume it from when it was stopped. */
export type Outcome = Pick<DoneEvent, "outcome" | "step" | "skippedSteps" | "resumeFrom">;

/**
 * Trains, validates, keeps the best checkpoint, and tests with it; or only evaluates (`run.evaluate`).
 * Follows LAVIS's RunnerBase (runners/runner_base.py:363) without its defects: validation and saving follow
 * `val_freq` and `save_freq`, the best is chosen by the task's metric and direction, and a run that was
 * stopped goes on from `resume_ckpt_path` exactly.
 */
export async function runRecipe(
  session: Session,
  folder: RunFolder,
  control: Control,
  send: Send,
): Promise<Outcome> {
  const evaluator = new Evaluator(session, folder, control, send);
  try {
    if (session.recipe.run.evaluate) return await evaluateOnly(session, folder, evaluator, send);
    const training = await Training.open(session, folder, control, send, evaluator);
    try {
      return await training.run();
    } finally {
      await training.close();
    }
  } finally {
    await evaluator.close();
  }
}

/** Evaluates each split once with the weights that were loaded. */
async function evaluateOnly(
  session: Session,
  folder: RunFolder,
  evaluator: Evaluator,
  send: Send,
): Promise<Outcome> {
  const { run } = session.recipe;
  sendStart(session, folder, undefined, 0, send);
  for (const split of new Set([...run.valid_splits, ...run.test_splits])) {
    if ((await evaluator.evaluate(split, "loaded")) === undefined) return { outcome: "stopped", step: 0 };
  }
  return { outcome: "finished", step: 0 };
}

/** The processes that train together, and what sums their gradients. */
function groupOf({ processes, engine, parameters }: Session): Group {
  return { processes, reducer: new GradientReducer(processes, engine, [...parameters.values()]) };
}

/** What a training loop works with. */
interface Parts {
  readonly session: Session;
  readonly control: Control;
  readonly send: Send;
  readonly evaluator: Evaluator;
  readonly loader: Loader;
  readonly batch: SharedBatch;
  readonly plan: TrainingPlan;
  readonly schedule: Schedule;
  readonly trainable: Trainable;
  readonly checkpoints: Checkpoints;
}

/** The training loop: its parts, and what changes from step to step. */
class Training {
  readonly #parts: Parts;
  #position: Position;
  #best: Best | undefined;
  /** The checkpoint written last for being the best, deleted when a better one comes and it is not kept. */
  #bestName: string | undefined;
  /** Where the last checkpoint is, and which step it was written after. */
  #saved: { readonly path: string; readonly step: number } | undefined;

  private constructor(parts: Parts, resumed: Resumed | undefined) {
    const { plan, session } = parts;
    this.#parts = parts;
    this.#position = resumed?.position ?? positionAt(plan, 0);
    this.#best = resumed?.best;
    const isKept = resumed?.best !== undefined && isDue(session.recipe.run.save_freq, resumed.best.epoch);
    this.#bestName = isKept ? undefined : resumed?.bestName;
    this.#saved = resumed && { path: resumed.path, step: resumed.position.step };
  }

  static async open(
    session: Session,
    folder: RunFolder,
    control: Control,
    send: Send,
    evaluator: Evaluator,
  ): Promise<Training> {
    const { recipe, processes, engine, amp, model, parameters, training } = session;
    if (training === undefined) throw new Error("a run that trains has no training split");
    const { resume_ckpt_path } = recipe.run;
    const checkpoint =
      resume_ckpt_path === null || processes.rank > 0 ? undefined : openCheckpoint(resume_ckpt_path);
    const before = processes.fromFirst("checkpoint", () => checkpoint?.manifest.state.batch ?? null);
    const batch = trainingBatch(recipe.run, processes, before);
    const numBatches = batchesPerPass(training.dataset.length, batch.samples, true);
    const plan = planTraining(numBatches, { ...lengthOf(recipe), ...recipe.run });
    const schedule = await recipe.schedule.create(recipe.schedule.options);
    const { weight_decay, lr_layer_decay, grad_clip_norm } = recipe.optimizer.options as OptimizerOptions;
    const groups = parameterGroups(parameters, { weight_decay, lr_layer_decay }, model.layerNumbering);
    const optimizer = await recipe.optimizer.create(recipe.optimizer.options, groups);
    const scaler = amp === "float16" ? new LossScaler() : undefined;
    const group = processes.size === 1 ? undefined : groupOf(session);
    const trainable = { engine, model, parameters, optimizer, clipNorm: grad_clip_norm, amp, scaler, group };
    const length = { plan, batchSize: batch.samples };
    const checkpoints = new Checkpoints(folder.path, session, trainable, length, send);
    let resumed: Resumed | undefined;
    try {
      if (resume_ckpt_path !== null) resumed = checkpoints.resume(checkpoint);
    } finally {
      checkpoint?.close();
    }
    sendStart(session, folder, length, resumed?.position.step ?? 0, send);
    if (training.sources) {
      const text = describeMixture(training.sources, plan.totalBatches * batch.samples);
      send({ type: "message", level: "info", text });
    }
    const loader = await session.openTrainingLoader(training, batch);
    const parts = {
      session,
      control,
      send,
      evaluator,
      loader,
      batch,
      plan,
      schedule,
      trainable,
      checkpoints,
    };
    return new Training(parts, resumed);
  }

  async close(): Promise<void> {
    this.#parts.trainable.optimizer.dispose();
    await this.#parts.loader.close();
  }

  /** Trains to the end or to a stop; the outcome tells of skipped steps where there are any. */
  async run(): Promise<Outcome> {
    const outcome = (await this.#train()) ?? (await this.#test());
    const skippedSteps = this.#parts.trainable.scaler?.state.skippedSteps ?? 0;
    return {
      ...(outcome ?? { outcome: "finished", step: this.#position.step }),
      ...(skippedSteps > 0 && { skippedSteps }),
    };
  }

  /** Takes the epochs that are left; the outcome when a stop was asked for. */
  async #train(): Promise<Outcome | undefined> {
    while (this.#position.epoch < this.#parts.plan.numEpochs) {
      const stopped = (await this.#trainEpoch()) ?? (await this.#endEpoch());
      if (stopped) return stopped;
    }
    return undefined;
  }

  /** Takes the steps that are left of the epoch; the outcome when a stop was asked for. */
  async #trainEpoch(): Promise<Outcome | undefined> {
    const { epoch } = this.#position;
    const numSteps = stepsOfEpoch(this.#parts.plan, epoch);
    if (this.#position.stepInEpoch >= numSteps) return undefined;
    this.#parts.send({ type: "phase", phase: "training" });
    const { first } = batchesOfStep(this.#parts.plan, this.#position);
    const batches = this.#parts.loader.batches({ first });
    try {
      while (this.#position.stepInEpoch < numSteps) {
        await this.#takeStep(batches);
        await this.#parts.control.agree(this.#parts.session.processes);
        const stopped = await this.#answerRequests();
        if (stopped) return stopped;
      }
    } finally {
      await batches.return();
    }
    return undefined;
  }

  /** One optimizer step: its batches are read one by one, as the loader uses their memory again. */
  async #takeStep(batches: AsyncGenerator<HostBatch, void, void>): Promise<void> {
    const started = performance.now();
    const { session, batch, plan, trainable, schedule } = this.#parts;
    const { engine, key, processes } = session;
    const waitedBefore = processes.secondsWaited;
    const { epoch, stepInEpoch, step } = this.#position;
    const { stepsPerEpoch, totalSteps } = plan;
    const { first, count } = batchesOfStep(plan, this.#position);
    const numParts = count * batch.sharing.parts;
    const hosts: HostBatch[] = [];
    let loaderTime = 0;
    for (let i = 0; i < numParts; i++) {
      const waited = performance.now();
      const { value } = await batches.next();
      loaderTime += performance.now() - waited;
      if (!value) throw new Error(`the loader ended before part ${i + 1} of the step from batch ${first}`);
      hosts.push(numParts === 1 ? value : { ...value, image: value.image.slice() });
    }
    session.badImages.exchange(processes);
    const position = { epoch, step: stepInEpoch, globalStep: step, stepsPerEpoch, totalSteps };
    const lr = schedule(position);
    const parts = hosts.map((host) => ({
      load: () => toBatch(engine, host),
      number: host.number,
      ...(host.rows.count < batch.samples && {
        share: { first: host.rows.first, rows: host.rows.count, of: batch.samples },
      }),
    }));
    const result = trainStep(trainable, parts, { epoch, stepInEpoch, stepsPerEpoch, lr, key });
    this.#position = { epoch, stepInEpoch: stepInEpoch + 1, step: step + 1 };
    const seconds = (performance.now() - started) / 1000;
    const communicationSeconds = processes.secondsWaited - waitedBefore;
    const own = {
      seconds: seconds - communicationSeconds,
      communicationSeconds,
      samples: hosts.reduce((sum, { rows }) => sum + rows.count, 0),
    };
    const ranks = processes.size === 1 ? undefined : processes.gatherObjects(own, "times");
    this.#parts.send({
      type: "step",
      epoch: epoch + 1,
      stepInEpoch: stepInEpoch + 1,
      step: step + 1,
      lr,
      ...result,
      seconds,
      loaderSeconds: loaderTime / 1000,
      samples: count * batch.samples,
      memory: { engine: engine.memory().bytes, rss: process.memoryUsage.rss() },
      ...(ranks && { ranks }),
    });
  }

  /** Does what was asked for between two steps; the outcome when that is to stop. */
  async #answerRequests(): Promise<Outcome | undefined> {
    for (;;) {
      if (this.#parts.control.takeCheckpointRequest()) this.#save(`step_${this.#position.step}`, "asked");
      if (this.#parts.control.stopReason !== undefined) return this.#stop();
      if (!this.#parts.control.paused) return undefined;
      this.#parts.send({ type: "phase", phase: "paused" });
      await this.#parts.control.nextRequest(this.#parts.session.processes);
      if (!this.#parts.control.paused && this.#parts.control.stopReason === undefined) {
        this.#parts.send({ type: "phase", phase: "training" });
      }
    }
  }

  /** Validates and saves at the end of an epoch, then begins the next one. */
  async #endEpoch(): Promise<Outcome | undefined> {
    const { run } = this.#parts.session.recipe;
    const { epoch, step } = this.#position;
    const number = epoch + 1;
    const isLast = number === this.#parts.plan.numEpochs;
    let best: Best | undefined;
    if (run.valid_splits.length > 0 && (number % run.val_freq === 0 || isLast)) {
      const validated = await this.#validate(number);
      if (validated === "stopped") return this.#stop();
      best = validated;
    }
    this.#position = { epoch: number, stepInEpoch: 0, step };
    const isKept = isDue(run.save_freq, number);
    const name = `epoch_${number}`;
    if (best !== undefined) {
      this.#best = best;
      const before = this.#bestName;
      this.#bestName = isKept ? undefined : name;
      this.#save(name, "best");
      if (before !== undefined) this.#parts.checkpoints.discard(before);
    } else if (isKept || (isLast && run.save_last)) {
      this.#save(name, isKept ? "epoch" : "last");
    }
    const asked = this.#parts.control.takeCheckpointRequest();
    if (asked && this.#saved?.step !== step) this.#save(`step_${step}`, "asked");
    return undefined;
  }

  /** Evaluates every validation split; the first one's score where it is the best so far. */
  async #validate(epoch: number): Promise<Best | "stopped" | undefined> {
    const { recipe, task } = this.#parts.session;
    const { selection } = task;
    let best: Best | undefined;
    for (const [index, split] of recipe.run.valid_splits.entries()) {
      const metrics = await this.#parts.evaluator.evaluate(split, epoch, (scores) => {
        if (index > 0 || selection === undefined) return undefined;
        const value = scores[selection.metric] ?? Number.NaN;
        const isBest = isBetter(selection, value, this.#best?.value);
        if (isBest) best = { metric: selection.metric, value, epoch };
        return { select: selection.metric, isBest };
      });
      if (metrics === undefined) return "stopped";
    }
    return best;
  }

  /** Tests with the best weights, or the last where no validation chose one. */
  async #test(): Promise<Outcome | undefined> {
    const { test_splits } = this.#parts.session.recipe.run;
    if (test_splits.length === 0) return undefined;
    const weights = this.#best !== undefined && this.#parts.checkpoints.loadBest() ? "best" : "last";
    for (const split of test_splits) {
      if ((await this.#parts.evaluator.evaluate(split, weights)) !== undefined) continue;
      const { step } = this.#position;
      // The model may hold the best weights now: only a checkpoint of the training's end will do.
      const { path } = this.#saved?.step === step ? this.#saved : { path: undefined };
      return { outcome: "stopped", step, ...(path !== undefined && { resumeFrom: path }) };
    }
    return undefined;
  }

  #stop(): Outcome {
    this.#parts.send({ type: "phase", phase: "stopping" });
    const { step } = this.#position;
    return { outcome: "stopped", step, resumeFrom: this.#save(`step_${step}`, "stopped") };
  }

  #save(name: string, reason: CheckpointEvent["reason"]): string {
    const path = this.#parts.checkpoints.save(name, this.#position, this.#best, reason);
    this.#saved = { path, step: this.#position.step };
    return path;
  }
}

/** Whether the checkpoint of an epoch (1-based) is kept whatever comes later. */
function isDue(saveFreq: number, epoch: number): boolean {
  return saveFreq > 0 && epoch % saveFreq === 0;
}

type OptimizerOptions = {
  readonly weight_decay: number;
  readonly lr_layer_decay: number;
  readonly grad_clip_norm: number | null;
};

function lengthOf({ schedule }: CompleteRecipe) {
  return schedule.options as {
    readonly max_epoch: number | null;
    readonly max_iters: number | null;
    readonly iters_per_inner_epoch: number | null;
  };
}

function sendStart(
  { recipe, processes, jobDescription, engine, engineReason, amp, parameters, training }: Session,
  folder: RunFolder,
  length: { readonly plan: TrainingPlan; readonly batchSize: number } | undefined,
  startStep: number,
  send: Send,
): void {
  let numParameters = 0;
  for (const { size } of parameters.values()) numParameters += size;
  send({
    type: "start",
    recipe: recipe.name,
    source: recipe.source ?? "a program",
    task: recipe.task.name,
    model: titleOf(recipe.model),
    engine: engine.name,
    device: engine.device,
    threads: engine.threads,
    engineReason,
    ...(amp && { amp }),
    ...(processes.backend !== undefined && {
      processes: { size: processes.size, backend: processes.backend, topology: jobDescription },
    }),
    outputDir: folder.path,
    numParameters,
    numTrainSamples: training?.dataset.length ?? 0,
    batchSize: length?.batchSize ?? recipe.run.batch_size_eval,
    numEpochs: length?.plan.numEpochs ?? 0,
    stepsPerEpoch: length?.plan.stepsPerEpoch ?? 0,
    totalSteps: length?.plan.totalSteps ?? 0,
    startStep,
    logFreq: recipe.run.log_freq,
    valFreq: recipe.run.valid_splits.length > 0 ? recipe.run.val_freq : 0,
  });
}
