import type { Dataset } from "../datasets/dataset.ts";
import type { HostBatch, Loader } from "../loader/loader.ts";
import type { Batch } from "../models/model.ts";
import { resultFile } from "../tasks/task.ts";
import { type Engine, fold, noGrad, scope, wrap } from "../tensor/index.ts";
import type { Control, Send } from "./control.ts";
import type { EvaluatedEvent, PhaseEvent } from "./events.ts";
import type { RunFolder } from "./output.ts";
import type { Session } from "./session.ts";

/** Predictions that an evaluation shows. */
const numSamples = 10;

/**
 * A loader's batch on the engine; freed with the scope that it is made in. It may be in the loader's own memory,
 * so the scope must end before the next batch is asked for.
 */
export function toBatch(
  engine: Engine,
  { image, imageShape, number: _, rows: __, indices: ___, ...rest }: HostBatch,
): Batch {
  return { image: wrap(engine, image, imageShape), ...rest };
}

/** Results of a batch, or of a process's rows of it. */
interface Part {
  readonly batch: number;
  readonly results: unknown[];
}

/** Evaluates splits, writes their results to the run's folder, and tells of their scores. Close it after the last. */
export class Evaluator {
  readonly #session: Session;
  readonly #folder: RunFolder;
  readonly #control: Control;
  readonly #send: Send;
  /** The loader of each split that was evaluated: its threads are started once in a run. */
  readonly #loaders = new Map<Dataset, Loader>();

  constructor(session: Session, folder: RunFolder, control: Control, send: Send) {
    this.#session = session;
    this.#folder = folder;
    this.#control = control;
    this.#send = send;
  }

  /** Ends the loaders' threads. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#loaders.values(), (loader) => loader.close()));
  }

  /** The metrics of a split (none where the task only writes results); undefined when a stop was asked for. */
  async evaluate(
    split: string,
    epoch: EvaluatedEvent["epoch"],
    judge: (
      metrics: Readonly<Record<string, number>>,
    ) => Pick<EvaluatedEvent, "select" | "isBest"> | undefined = () => undefined,
  ): Promise<Readonly<Record<string, number>> | undefined> {
    const { task, datasets, processes } = this.#session;
    const dataset = datasets.get(split);
    if (dataset === undefined) throw new Error(`the split ${split} was not opened`);
    const started = performance.now();
    const phase = typeof epoch === "number" ? "validating" : "testing";
    const result = await this.#results(dataset, { type: "phase", phase, detail: `on ${split}` });
    if (result === undefined) return undefined;
    const { results, evaluation } = result;
    this.#folder.writeJson(resultFile(split, epoch), results);
    const metrics = evaluation?.metrics ?? {};
    if (evaluation !== undefined && evaluation.unscored > 0) {
      const text = `${evaluation.unscored} of ${dataset.length} images of ${split} have no result and are not scored`;
      this.#send({ type: "message", level: "warning", text });
    }
    const baseline = phase === "testing" && processes.rank === 0 ? task.baseline(dataset) : undefined;
    this.#send({
      type: "evaluated",
      split,
      epoch,
      metrics,
      ...(baseline && { baseline }),
      ...judge(metrics),
      samples: task.samples(results, dataset, numSamples),
      seconds: (performance.now() - started) / 1000,
    });
    return metrics;
  }

  /**
   * The task over a split in evaluation mode, batch by batch, each process its rows of them; undefined when a stop was
   * asked for. Every process gets all results, in the split's order and each sample once, and rank 0's scores.
   */
  async #results(dataset: Dataset, phase: PhaseEvent) {
    const { engine, model, task, processes, recipe, badImages, evaluationKey } = this.#session;
    this.#send(phase);
    const loader = await this.#loaderOf(dataset);
    const parts: Part[] = [];
    for await (const host of loader.batches()) {
      const [size] = host.imageShape;
      if (size > 0) {
        const keys = host.indices.map((index) => fold(evaluationKey, index));
        const results = noGrad(engine, () =>
          scope(engine, () => task.validStep(model, toBatch(engine, host), keys)),
        );
        parts.push({ batch: host.number, results });
      }
      const done = Math.min(dataset.length, (host.number + 1) * loader.batchSize);
      this.#send({ type: "evaluate_progress", split: dataset.split, done, total: dataset.length });
      badImages.exchange(processes);
      await this.#control.agree(processes);
      this.#declineCheckpoint(phase);
      if (this.#control.paused) {
        this.#send({ type: "phase", phase: "paused" });
        while (this.#control.paused) {
          await this.#control.nextRequest(processes);
          this.#declineCheckpoint(phase);
        }
        this.#send(phase);
      }
      if (this.#control.stopReason !== undefined) return undefined;
    }
    const isShared = recipe.run.use_dist_eval_sampler;
    const all = isShared ? processes.gatherObjects(parts, `results of ${dataset.split}`).flat() : parts;
    // Stable: within a batch the ranks' rows are in order.
    all.sort((a, b) => a.batch - b.batch);
    const results = task.merge(all.map((part) => part.results));
    const evaluation = processes.fromFirst(`scores of ${dataset.split}`, () =>
      task.evaluate(results, dataset),
    );
    return { results, evaluation };
  }

  async #loaderOf(dataset: Dataset): Promise<Loader> {
    const loader = this.#loaders.get(dataset) ?? (await this.#session.openEvaluationLoader(dataset));
    this.#loaders.set(dataset, loader);
    return loader;
  }

  /** A test has nothing to save, and says so; one asked for in a validation is written after the epoch. */
  #declineCheckpoint(phase: PhaseEvent): void {
    if (phase.phase !== "testing" || !this.#control.takeCheckpointRequest()) return;
    const text = "no checkpoint is written while testing: a test changes no weights";
    this.#send({ type: "message", level: "warning", text });
    this.#send(this.#control.paused ? { type: "phase", phase: "paused" } : phase);
  }
}
