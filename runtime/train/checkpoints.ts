import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { loadTensors, loadWeights, tensorsToWrite } from "../checkpoint/load.ts";
import type { TensorToWrite } from "../checkpoint/safetensors.ts";
import { CheckpointStore, type OpenCheckpoint, openCheckpoint, readPointer } from "../checkpoint/store.ts";
import type { TrainState } from "../checkpoint/train-state.ts";
import { UserError } from "../errors.ts";
import { namedTensors } from "../nn/module.ts";
import type { AdamW } from "../optim/adamw.ts";
import type { CompleteRecipe } from "../recipe.ts";
import { keyWords } from "../tensor/index.ts";
import { packageVersion } from "../version.ts";
import type { Send } from "./control.ts";
import type { CheckpointEvent } from "./events.ts";
import { batchesOfStep, type Position, type TrainingPlan } from "./plan.ts";
import type { Session } from "./session.ts";

export type Best = NonNullable<TrainState["best"]>;

/** What a resumed run goes on from. */
export interface Resumed {
  readonly position: Position;
  readonly best: Best | undefined;
}

/** How many updates each parameter has had is kept beside the moments, as PyTorch does. */
const stepPrefix = "step.";

/** The checkpoints that a run writes, and the one that it goes on from. */
export class Checkpoints {
  readonly #store: CheckpointStore;
  readonly #session: Session;
  readonly #optimizer: AdamW;
  readonly #plan: TrainingPlan;
  readonly #send: Send;

  constructor(folder: string, session: Session, optimizer: AdamW, plan: TrainingPlan, send: Send) {
    this.#store = new CheckpointStore(folder);
    this.#session = session;
    this.#optimizer = optimizer;
    this.#plan = plan;
    this.#send = send;
  }

  /** Writes everything that the run needs to go on from `position`; returns the checkpoint's path. */
  save(name: string, position: Position, best: Best | undefined, reason: CheckpointEvent["reason"]): string {
    const started = performance.now();
    const path = this.#store.write(name, {
      model: tensorsToWrite(namedTensors(this.#session.model)),
      optimizer: this.#optimizerState(),
      state: this.#state(position, best),
    });
    if (reason === "best") this.#store.point("best", name);
    const seconds = (performance.now() - started) / 1000;
    this.#send({ type: "checkpoint", path, step: position.step, reason, seconds });
    return path;
  }

  /** Deletes a checkpoint unless it is the latest or the best. */
  discard(name: string): void {
    this.#store.remove(name);
  }

  /** Puts the weights of the best checkpoint into the model; false where no checkpoint was the best. */
  loadBest(): boolean {
    if (this.#store.pointed("best") === undefined) return false;
    const checkpoint = this.#store.open("best");
    try {
      loadWeights(this.#session.model, checkpoint.model, { strict: true });
    } finally {
      checkpoint.close();
    }
    return true;
  }

  /**
   * Restores weights, moments and position from a checkpoint folder, and takes the best checkpoint of its run
   * over, so that this run's folder is whole. Says so where the recipe or the engine is not the same.
   * @throws UserError when the checkpoint is damaged or of another model or optimizer.
   */
  resume(path: string): Resumed {
    const checkpoint = openCheckpoint(path);
    try {
      const { state } = checkpoint.manifest;
      loadWeights(this.#session.model, checkpoint.model, { strict: true });
      this.#loadOptimizer(checkpoint);
      this.#warnOfChanges(state);
      return { position: state.position, best: this.#adoptBest(path, state.best) };
    } finally {
      checkpoint.close();
    }
  }

  #state(position: Position, best: Best | undefined): TrainState {
    const { engine, recipe, key } = this.#session;
    const { first } = batchesOfStep(this.#plan, position);
    const inPass = Math.min(first, this.#plan.totalBatches) % this.#plan.batchesPerPass;
    return {
      lavisVersion: packageVersion(),
      engine: { name: engine.name, device: engine.device, threads: engine.threads },
      recipeHash: recipeHash(recipe),
      position: { ...position, samplesTaken: inPass * recipe.run.batch_size_train },
      randomKey: [...keyWords(key)],
      best: best ?? null,
    };
  }

  #optimizerState(): Map<string, TensorToWrite> {
    const state = tensorsToWrite(this.#optimizer.namedTensors());
    for (const [name, steps] of Object.entries(this.#optimizer.steps())) {
      state.set(stepPrefix + name, { dtype: "I32", shape: [], data: Int32Array.of(steps) });
    }
    return state;
  }

  #loadOptimizer({ optimizer: source, path }: OpenCheckpoint): void {
    if (source === undefined) {
      throw new UserError(
        `${path} holds weights only, without the optimizer's state`,
        "name it as model.pretrained to start a new run from its weights",
      );
    }
    const report = loadTensors(this.#optimizer.namedTensors(), source);
    const unfit = [...report.missing, ...report.mismatched].map(({ name }) => name);
    if (unfit.length > 0) {
      throw new UserError(
        `the optimizer's state in ${path} does not fit the model: ${unfit.slice(0, 3).join(", ")}${unfit.length > 3 ? ` and ${unfit.length - 3} more` : ""}`,
        "resume with the recipe that wrote it",
      );
    }
    const steps: Record<string, number> = {};
    for (const name of source.tensors.keys()) {
      if (name.startsWith(stepPrefix))
        steps[name.slice(stepPrefix.length)] = Number(source.read(name).data[0]);
    }
    this.#optimizer.restoreSteps(steps);
  }

  #warnOfChanges(state: TrainState): void {
    const { engine, recipe } = this.#session;
    const warn = (text: string): void => this.#send({ type: "message", level: "warning", text });
    if (state.recipeHash !== recipeHash(recipe)) {
      warn("the recipe is not the one that wrote the checkpoint: the run goes on with the new one");
    }
    const { name, threads } = state.engine;
    if (name !== engine.name || threads !== engine.threads) {
      warn(
        `the checkpoint was written on ${name} with ${threads} thread(s), this is ${engine.name} with ${engine.threads}: losses will be equal up to rounding only`,
      );
    }
  }

  /** Copies the best checkpoint that lies beside the one resumed from into this run's folder. */
  #adoptBest(path: string, best: TrainState["best"]): Best | undefined {
    if (best === null) return undefined;
    const name = readPointer(dirname(path), "best");
    if (name === undefined) {
      const text = `the best checkpoint so far (epoch ${best.epoch}, ${best.metric} ${best.value}) is not beside ${path}: the best is sought anew`;
      this.#send({ type: "message", level: "warning", text });
      return undefined;
    }
    this.#store.adopt(join(dirname(path), name), name);
    this.#store.point("best", name);
    return best;
  }
}

/** What a run is: its resolved options, without those that change neither weights nor order of samples. */
export function recipeHash({ task, model, datasets, schedule, optimizer, run }: CompleteRecipe): string {
  const { output_dir, resume_ckpt_path, num_workers, log_freq, save_freq, save_last, ...rest } = run;
  const described = [task, model, ...datasets, schedule, optimizer].map(({ name, options }) => ({
    name,
    options,
  }));
  return createHash("sha256")
    .update(JSON.stringify([described, rest]))
    .digest("hex");
}
