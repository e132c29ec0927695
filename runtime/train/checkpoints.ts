import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { loadTensors, loadWeights, tensorsToWrite } from "../checkpoint/load.ts";
import type { TensorToWrite } from "../checkpoint/safetensors.ts";
import { CheckpointStore, type OpenCheckpoint, openCheckpoint, readPointer } from "../checkpoint/store.ts";
import type { TrainState } from "../checkpoint/train-state.ts";
import { broadcastTensors } from "../distributed/synchronise.ts";
import { UserError } from "../errors.ts";
import { namedTensors } from "../nn/module.ts";
import { keyWords } from "../tensor/index.ts";
import { packageVersion } from "../version.ts";
import type { Send } from "./control.ts";
import type { CheckpointEvent } from "./events.ts";
import { onDisk } from "./output.ts";
import { batchesOfStep, type Position, stepsOfEpoch, type TrainingPlan } from "./plan.ts";
import { recipeHash } from "./recipe-hash.ts";
import type { Session } from "./session.ts";
import type { Trainable } from "./step.ts";

export type Best = NonNullable<TrainState["best"]>;

/** What a resumed run goes on from. */
export interface Resumed {
  readonly path: string;
  readonly position: Position;
  readonly best: Best | undefined;
  /** The best checkpoint's name, which this run's folder now holds too. */
  readonly bestName: string | undefined;
}

/** How many updates each parameter has had is kept beside the moments, as PyTorch does. */
const stepPrefix = "step.";

/** The checkpoints that a run writes, and the one that it goes on from. Rank 0 reads and writes; the others follow. */
export class Checkpoints {
  /** Undefined in the processes that follow. */
  readonly #store: CheckpointStore | undefined;
  readonly #session: Session;
  readonly #trainable: Pick<Trainable, "optimizer" | "scaler">;
  readonly #plan: TrainingPlan;
  /** Samples of a batch, over all processes. */
  readonly #batchSize: number;
  readonly #send: Send;

  /** @param folder the run's folder */
  constructor(
    folder: string,
    session: Session,
    trainable: Pick<Trainable, "optimizer" | "scaler">,
    { plan, batchSize }: { readonly plan: TrainingPlan; readonly batchSize: number },
    send: Send,
  ) {
    this.#store = session.processes.rank === 0 ? new CheckpointStore(join(folder, "checkpoints")) : undefined;
    this.#session = session;
    this.#trainable = trainable;
    this.#plan = plan;
    this.#batchSize = batchSize;
    this.#send = send;
  }

  /**
   * Writes everything that the run needs to go on from `position`; returns the checkpoint's path.
   * @throws UserError where it cannot be written, such as for a full disk
   */
  save(name: string, position: Position, best: Best | undefined, reason: CheckpointEvent["reason"]): string {
    return this.#session.processes.fromFirst(`checkpoint ${name}`, () => {
      const store = this.#storeOfFirst();
      const started = performance.now();
      const content = {
        model: tensorsToWrite(namedTensors(this.#session.model)),
        optimizer: this.#optimizerState(),
        state: this.#state(position, best),
      };
      const path = onDisk(`the checkpoint ${name} cannot be written`, () => store.write(name, content));
      if (reason === "best") store.point("best", name);
      const seconds = (performance.now() - started) / 1000;
      this.#send({ type: "checkpoint", path, step: position.step, reason, seconds });
      return path;
    });
  }

  /** Deletes a checkpoint unless it is the latest or the best. */
  discard(name: string): void {
    this.#store?.remove(name);
  }

  /** Puts the weights of the best checkpoint into the model; false where no checkpoint was the best. */
  loadBest(): boolean {
    const { processes, model } = this.#session;
    const isLoaded = processes.fromFirst("best checkpoint", () => {
      const store = this.#storeOfFirst();
      if (store.pointed("best") === undefined) return false;
      const checkpoint = store.open("best");
      try {
        loadWeights(model, checkpoint.model, { strict: true });
      } finally {
        checkpoint.close();
      }
      return true;
    });
    if (isLoaded) broadcastTensors(processes, namedTensors(model), "the best weights");
    return isLoaded;
  }

  /**
   * Restores weights, moments, loss scale and position from a checkpoint, which rank 0 gives, and takes the best
   * checkpoint of its run over, so that this run's folder is whole. Says so where the recipe or the engine is not
   * the same.
   * @throws UserError when the checkpoint is damaged or of another model or optimizer.
   */
  resume(checkpoint: OpenCheckpoint | undefined): Resumed {
    const { processes, model } = this.#session;
    const { optimizer, scaler } = this.#trainable;
    const { state, steps, ...resumed } = processes.fromFirst("resuming", () => {
      if (checkpoint === undefined) throw new Error("rank 0 was given no checkpoint");
      const { path, manifest } = checkpoint;
      loadWeights(model, checkpoint.model, { strict: true });
      const read = { path, state: manifest.state, steps: this.#loadOptimizer(checkpoint) };
      this.#warnOfChanges(read.state);
      const position = this.#fitPosition(read.state);
      return { ...read, position, ...this.#adoptBest(path, read.state) };
    });
    broadcastTensors(processes, namedTensors(model), "the checkpoint's weights");
    broadcastTensors(processes, optimizer.namedTensors(), "the checkpoint's moments");
    optimizer.restoreSteps(steps);
    if (state.lossScaler) scaler?.restore(state.lossScaler);
    return resumed;
  }

  #storeOfFirst(): CheckpointStore {
    if (this.#store === undefined) throw new Error("only rank 0 has the run's checkpoints");
    return this.#store;
  }

  /** The checkpoint's position; the start of its epoch where steps or samples are counted otherwise now. */
  #fitPosition({ position: { samplesTaken, ...position } }: TrainState): Position {
    const { epoch, stepInEpoch, step } = position;
    const first = epoch * this.#plan.stepsPerEpoch;
    const fits =
      step === first + stepInEpoch &&
      stepInEpoch <= stepsOfEpoch(this.#plan, epoch) &&
      samplesTaken === this.#samplesTaken(position);
    if (fits || epoch >= this.#plan.numEpochs) return position;
    this.#warn(
      `an epoch has ${this.#plan.stepsPerEpoch} steps of ${this.#batchSize} samples now, which is not what the checkpoint's had: epoch ${epoch + 1} begins anew`,
    );
    return { epoch, stepInEpoch: 0, step: first };
  }

  #state(position: Position, best: Best | undefined): TrainState {
    const { engine, recipe, key } = this.#session;
    return {
      lavisVersion: packageVersion(),
      engine: { name: engine.name, device: engine.device, threads: engine.threads },
      recipeHash: recipeHash(recipe),
      position: { ...position, samplesTaken: this.#samplesTaken(position) },
      batch: { samples: this.#batchSize, perProcess: recipe.run.batch_size_train },
      randomKey: [...keyWords(key)],
      best: best ?? null,
      lossScaler: this.#trainable.scaler?.state ?? null,
    };
  }

  /** Samples of the current pass over the data that steps have taken. */
  #samplesTaken(position: Position): number {
    const { batchesPerPass, totalBatches } = this.#plan;
    const { first } = batchesOfStep(this.#plan, position);
    return (Math.min(first, totalBatches) % batchesPerPass) * this.#batchSize;
  }

  #optimizerState(): Map<string, TensorToWrite> {
    const { optimizer } = this.#trainable;
    const state = tensorsToWrite(optimizer.namedTensors());
    for (const [name, steps] of Object.entries(optimizer.steps())) {
      state.set(stepPrefix + name, { dtype: "I32", shape: [], data: Int32Array.of(steps) });
    }
    return state;
  }

  /** Loads the moments; returns how many updates each parameter has had. */
  #loadOptimizer({ optimizer: source, path }: OpenCheckpoint): Record<string, number> {
    if (source === undefined) {
      throw new UserError(
        `${path} holds weights only, without the optimizer's state`,
        "name it as model.pretrained to start a new run from its weights",
      );
    }
    const { optimizer } = this.#trainable;
    const report = loadTensors(optimizer.namedTensors(), source);
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
    return steps;
  }

  #warn(text: string): void {
    this.#send({ type: "message", level: "warning", text });
  }

  #warnOfChanges(state: TrainState): void {
    const { engine, recipe, key } = this.#session;
    if (state.recipeHash !== recipeHash(recipe)) {
      this.#warn("the recipe is not the one that wrote the checkpoint: the run goes on with the new one");
    }
    if (!isDeepStrictEqual(state.randomKey, [...keyWords(key)])) {
      this.#warn("the seed is not the checkpoint's: order and augmentation of the data and dropout change");
    }
    const { name, device, threads } = state.engine;
    if (name !== engine.name || device !== engine.device || threads !== engine.threads) {
      this.#warn(
        `the checkpoint was written on ${name} (${device}) with ${threads} thread(s), this is ${engine.name} (${engine.device}) with ${engine.threads}: losses will be equal up to rounding only`,
      );
    }
  }

  /** Copies the best checkpoint that lies beside the one resumed from into this run's folder. */
  #adoptBest(path: string, { best, position }: TrainState): Pick<Resumed, "best" | "bestName"> {
    if (best === null) return { best: undefined, bestName: undefined };
    const anew = (why: string) => {
      this.#warn(
        `the best checkpoint so far (epoch ${best.epoch}, ${best.metric} ${best.value}) ${why}: the best is sought anew`,
      );
      return { best: undefined, bestName: undefined };
    };
    const metric = this.#session.task.selection?.metric;
    if (metric !== best.metric)
      return anew(`was not chosen by ${metric ?? "this recipe, which scores nothing"}`);
    const pointed = readPointer(dirname(path), "best");
    // A process that was killed may have written the best checkpoint, and not yet that it is the best.
    const isThis = position.epoch === best.epoch && position.stepInEpoch === 0;
    const names = [...(pointed === undefined ? [] : [pointed]), ...(isThis ? [basename(path)] : [])];
    const name = names.find((one) => {
      const checkpoint = openCheckpoint(join(dirname(path), one)); // Found damaged now, not when the test wants it.
      checkpoint.close();
      return isDeepStrictEqual(checkpoint.manifest.state.best, best);
    });
    if (name === undefined) return anew(`is not beside ${path}`);
    const source = join(dirname(path), name);
    const store = this.#storeOfFirst();
    onDisk(`the best checkpoint ${source} cannot be copied`, () => store.adopt(source, name));
    store.point("best", name);
    return { best, bestName: name };
  }
}
