import { availableParallelism } from "node:os";
import { basename } from "node:path";
import type { Secret } from "../card.ts";
import { loadWeights } from "../checkpoint/load.ts";
import { formatReport } from "../checkpoint/load-report.ts";
import { openWeights } from "../checkpoint/open.ts";
import { titleOf } from "../component.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { obtainNamed } from "../datasets/download.ts";
import type { Collectives } from "../distributed/collectives.ts";
import type { Job } from "../distributed/job.ts";
import { broadcastTensors, requireSame } from "../distributed/synchronise.ts";
import { engines } from "../engine/engines.card.ts";
import { type OpenedEngine, openEngine } from "../engine/open.ts";
import { UserError } from "../errors.ts";
import { BadImages } from "../loader/bad-images.ts";
import { Loader } from "../loader/loader.ts";
import type { Model } from "../models/model.ts";
import { namedParameters, namedTensors } from "../nn/module.ts";
import { openTextProcessor } from "../processors/registry.ts";
import type { CompleteRecipe, RunOptions } from "../recipe.ts";
import type { Task } from "../tasks/task.ts";
import { type AmpDType, type Engine, fold, type Key, KeyStream, key, type Tensor } from "../tensor/index.ts";
import { packageVersion } from "../version.ts";
import type { Control, Send } from "./control.ts";
import { recipeHash } from "./recipe-hash.ts";
import {
  openDatasets,
  type ProcessorBlock,
  processorsOf,
  reportDownloads,
  type Start,
  type TrainingData,
} from "./session-data.ts";
import { evaluationBatch, type SharedBatch } from "./shared-batch.ts";

/** Everything that a recipe names, opened. */
export interface Session {
  readonly recipe: CompleteRecipe;
  /** The processes that train together. */
  readonly processes: Collectives;
  /** Who they are, in words. */
  readonly jobDescription: string;
  readonly engine: Engine;
  readonly engineReason: string;
  /** What training computes products in; undefined for float32, in which evaluation always computes. */
  readonly amp: AmpDType | undefined;
  readonly task: Task;
  readonly model: Model;
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** The images that could not be read, of all processes. */
  readonly badImages: BadImages;
  /** Training batches draw from `fold(key, batch number)`. */
  readonly key: Key;
  /** Evaluations draw for sample n of a split from `fold(evaluationKey, n)`, the same in each epoch. */
  readonly evaluationKey: Key;
  /** Each split that the run evaluates; of several datasets, one after the other. */
  readonly datasets: ReadonlyMap<string, Dataset>;
  readonly training: TrainingData | undefined;
  openTrainingLoader(training: TrainingData, batch: SharedBatch): Promise<Loader>;
  openEvaluationLoader(dataset: Dataset): Promise<Loader>;
  close(): void;
}

/** What the run's key is folded with, by purpose. */
const weightsStream = 0;
const batchesStream = 1;
const evaluationsStream = 2;

/**
 * Opens the engine, the data and the model of a recipe, with initial or loaded weights.
 * @throws UserError when any of them cannot be had; says which and what to do.
 */
export async function openSession(
  recipe: CompleteRecipe,
  { processes, topology, description }: Job,
  control: Control,
  send: Send,
): Promise<Session> {
  checkWeightsNamed(recipe);
  const { run } = recipe;
  const amp = ampOf(run);
  const start: Start = {
    send,
    signal: control.signal,
    async begin(detail) {
      send({ type: "phase", phase: "starting", detail });
      await control.listen();
      control.signal.throwIfAborted();
    },
  };
  const engineName = run.engine === "auto" ? "auto" : engines[run.engine].title;
  await start.begin(`opening the engine ${engineName}`);
  const { engine, reason } = await openEngine(engineName, {
    device: run.device,
    ...(amp && { amp }),
    ...threadsOf(run, topology?.localWorldSize ?? 1),
  });
  try {
    requireSame(
      processes,
      [`lavis ${packageVersion()}`, `engine ${engine.name}`, recipeHash(recipe)],
      "what they run",
    );
    const session = await openOn(
      { engine, reason, amp, processes, jobDescription: description },
      recipe,
      start,
    );
    broadcastTensors(processes, namedTensors(session.model), "parameters");
    await control.listen();
    control.signal.throwIfAborted();
    return session;
  } catch (error) {
    engine.dispose();
    throw error;
  }
}

/** The threads of an engine on the processor, whose cores the processes of a host share. */
function threadsOf({ threads }: RunOptions, processesHere: number): { readonly threads?: number } {
  if (threads !== null) return { threads };
  return processesHere === 1
    ? {}
    : { threads: Math.max(1, Math.floor(availableParallelism() / processesHere)) };
}

function ampOf({ amp, amp_dtype, evaluate }: RunOptions): AmpDType | undefined {
  return amp && !evaluate ? amp_dtype : undefined;
}

async function openOn(
  { engine, reason, ...shared }: OpenedEngine & Pick<Session, "amp" | "processes" | "jobDescription">,
  recipe: CompleteRecipe,
  start: Start,
): Promise<Session> {
  const { run } = recipe;
  const { send } = start;
  const task = await recipe.task.create(recipe.task.options);
  const { datasets: whole, training } = await openDatasets(recipe, start);
  const datasets = new Map(Array.from(whole, ([split, dataset]) => [split, narrowed(task, dataset, send)]));
  for (const dataset of datasets.values()) task.check(dataset);

  await start.begin(`building the model ${titleOf(recipe.model)}`);
  const root = key(run.seed);
  const build = { engine, keys: new KeyStream(fold(root, weightsStream)) };
  const model = await recipe.model.create(recipe.model.options, build);
  await loadInitialWeights(recipe, model, start);

  const { processes } = shared;
  const badImages = new BadImages(run.max_bad_images, ({ path, origin, reason }) => {
    // The first process is told of all of them.
    if (processes.rank > 0) return;
    send({ type: "message", level: "warning", text: `${path} (${origin}) is skipped: ${reason}` });
  });
  const openLoader = async (
    { dataset, sources }: TrainingData,
    use: keyof ProcessorBlock,
    batch: SharedBatch,
  ): Promise<Loader> => {
    const processors = processorsOf(recipe, dataset.name, use);
    return Loader.open({
      dataset,
      visProcessor: processors.vision,
      ...(processors.text && { textProcessor: await openTextProcessor(processors.text) }),
      batchSize: batch.samples,
      sharing: batch.sharing,
      numWorkers: run.num_workers,
      training: use === "train",
      ...(sources && { sources }),
      seed: run.seed,
      badImages,
    });
  };
  return {
    ...shared,
    recipe,
    engine,
    engineReason: reason,
    task,
    model,
    parameters: namedParameters(model),
    badImages,
    key: fold(root, batchesStream),
    evaluationKey: fold(root, evaluationsStream),
    datasets,
    training,
    openTrainingLoader: (data, batch) => openLoader(data, "train", batch),
    openEvaluationLoader: (dataset) =>
      openLoader({ dataset, sources: undefined }, "eval", evaluationBatch(run, processes)),
    close: () => engine.dispose(),
  };
}

/** What the task evaluates of a split. */
function narrowed(task: Task, dataset: Dataset, send: Send): Dataset {
  const chosen = task.narrow?.(dataset) ?? dataset;
  if (chosen.length !== dataset.length) {
    const text = `of ${dataset.length} samples of ${dataset.split}, ${chosen.length} are evaluated, as the task says`;
    send({ type: "message", level: "info", text });
  }
  return chosen;
}

/** Which weights a model starts from; undefined where from random ones. */
function initialWeights({ options: given }: CompleteRecipe["model"]) {
  const options = given as {
    readonly load_finetuned?: boolean;
    readonly finetuned?: string | null;
    readonly load_pretrained?: boolean;
    readonly pretrained?: string | null;
    readonly weights_token?: Secret | null;
  };
  const which = options.load_finetuned ? "finetuned" : options.load_pretrained ? "pretrained" : undefined;
  return { options, which } as const;
}

/** @throws UserError where a run that only evaluates would do so with random weights */
function checkWeightsNamed({ model, run }: CompleteRecipe): void {
  if (!run.evaluate) return;
  if (run.resume_ckpt_path !== null) {
    throw new UserError(
      "run.evaluate does not train, so there is nothing to resume",
      `to evaluate a checkpoint's weights, set model.finetuned = "${run.resume_ckpt_path}/model.safetensors"`,
    );
  }
  if (initialWeights(model).which === undefined) {
    throw new UserError(
      "run.evaluate is true, but the model loads no weights: random ones would be evaluated",
      "set model.load_finetuned = true and model.finetuned to a file of weights",
    );
  }
}

/** Loads the weights that the model's options name, and says what became of each tensor. */
async function loadInitialWeights(
  { model: component, run }: CompleteRecipe,
  model: Model,
  start: Start,
): Promise<void> {
  const { options, which } = initialWeights(component);
  if (which === undefined || run.resume_ckpt_path !== null) return;
  const place = options[which];
  if (!place) {
    throw new UserError(
      `model.load_${which} is true, but model.${which} names no weights`,
      `give model.${which} a path or URL, or set load_${which} = false`,
    );
  }
  const { send } = start;
  await start.begin(`loading the weights ${basename(place)}`);
  const source = openWeights(await fetchWeights(place, options.weights_token ?? null, start));
  try {
    const report = loadWeights(model, source, { resize: (name, weight) => model.resizeWeight(name, weight) });
    const complete = report.missing.length + report.mismatched.length === 0;
    send({ type: "message", level: complete ? "info" : "warning", text: formatReport(report) });
    if (report.loaded.length === 0) {
      throw new UserError(
        `none of the tensors of ${place} is one of the model's`,
        `check that model.${which} is a checkpoint of ${component.name}`,
      );
    }
  } finally {
    source.close();
  }
}

/** The local file of weights: the path itself, or a URL's download in the cache. */
function fetchWeights(place: string, token: Secret | null, { send, signal }: Start): Promise<string> {
  const report = reportDownloads(send);
  return obtainNamed(place, {
    onProgress: (received, total) => report(place, received, total),
    token,
    signal,
  });
}
