import { createHash } from "node:crypto";
import { basename } from "node:path";
import { cacheDir } from "../cache.ts";
import type { ComponentValue } from "../card.ts";
import { loadWeights } from "../checkpoint/load.ts";
import { formatReport } from "../checkpoint/load-report.ts";
import { openWeights } from "../checkpoint/open.ts";
import { concatDatasets, type Dataset } from "../datasets/dataset.ts";
import { obtainFile } from "../datasets/download.ts";
import { openEngine } from "../engine/open.ts";
import { UserError } from "../errors.ts";
import { Loader } from "../loader/loader.ts";
import type { Model } from "../models/model.ts";
import { namedParameters } from "../nn/module.ts";
import { openTextProcessor } from "../processors/registry.ts";
import type { CompleteRecipe } from "../recipe.ts";
import type { Task } from "../tasks/task.ts";
import { type Engine, fold, type Key, KeyStream, key, type Tensor } from "../tensor/index.ts";
import type { Send } from "./control.ts";

/** Everything that a recipe names, opened. */
export interface Session {
  readonly recipe: CompleteRecipe;
  readonly engine: Engine;
  readonly engineReason: string;
  readonly task: Task;
  readonly model: Model;
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** Training batches draw from `fold(key, batch number)`. */
  readonly key: Key;
  /** Each split that the run uses; the training one is the concatenation of its parts. */
  readonly datasets: ReadonlyMap<string, Dataset>;
  readonly training: Dataset | undefined;
  openLoader(dataset: Dataset, training: boolean): Promise<Loader>;
  close(): void;
}

/** Engines as recipes write them and as they call themselves: names of the language have no dashes. */
const engineNames = {
  auto: "auto",
  wasm: "wasm",
  tfjs_node: "tfjs-node",
  tfjs_node_gpu: "tfjs-node-gpu",
} as const;

/** What the run's key is folded with, by purpose. */
const weightsStream = 0;
const batchesStream = 1;

/**
 * Opens the engine, the data and the model of a recipe, with initial or loaded weights.
 * @throws UserError when any of them cannot be had; says which and what to do.
 */
export async function openSession(recipe: CompleteRecipe, send: Send): Promise<Session> {
  const { run } = recipe;
  const { engine, reason } = await openEngine(engineNames[run.engine], {
    device: run.device,
    ...(run.threads !== null && { threads: run.threads }),
  });
  const { datasets, training } = await openDatasets(recipe, send);
  const task = await recipe.task.create(recipe.task.options);
  const evaluated = new Set([...run.valid_splits, ...run.test_splits]);
  for (const [split, dataset] of datasets) if (evaluated.has(split)) task.check(dataset);

  const root = key(run.seed);
  const build = { engine, keys: new KeyStream(fold(root, weightsStream)) };
  const model = await recipe.model.create(recipe.model.options, build);
  await loadInitialWeights(recipe, model, send);

  const openLoader = async (dataset: Dataset, isTraining: boolean): Promise<Loader> => {
    const processors = processorsOf(recipe, dataset.name, isTraining ? "train" : "eval");
    return Loader.open({
      dataset,
      visProcessor: processors.vision,
      ...(processors.text && { textProcessor: await openTextProcessor(processors.text) }),
      batchSize: isTraining ? run.batch_size_train : run.batch_size_eval,
      numWorkers: run.num_workers,
      training: isTraining,
      seed: run.seed,
      maxBadImages: run.max_bad_images,
      onBadImage: ({ path, origin, reason: why }) =>
        send({ type: "message", level: "warning", text: `${path} (${origin}) is skipped: ${why}` }),
    });
  };
  return {
    recipe,
    engine,
    engineReason: reason,
    task,
    model,
    parameters: namedParameters(model),
    key: fold(root, batchesStream),
    datasets,
    training,
    openLoader,
    close: () => engine.dispose(),
  };
}

/** Opens each split that the run uses, of each dataset; the training splits become one dataset. */
async function openDatasets(
  { datasets: components, run }: CompleteRecipe,
  send: Send,
): Promise<{ datasets: Map<string, Dataset>; training: Dataset | undefined }> {
  const trainSplits = run.evaluate ? [] : run.train_splits;
  const evalSplits = [...new Set([...run.valid_splits, ...run.test_splits])];
  const bySplit = new Map<string, Dataset[]>();
  const splits = [...new Set([...trainSplits, ...evalSplits])];
  for (const component of components) {
    const context = { name: component.label, onDownload: reportDownloads(send) };
    const opened = await component.create(component.options, splits, context);
    for (const [split, dataset] of opened) bySplit.set(split, [...(bySplit.get(split) ?? []), dataset]);
  }
  const datasets = new Map<string, Dataset>();
  for (const split of evalSplits) {
    const parts = bySplit.get(split) ?? [];
    if (parts.length === 0) throw new UserError(`no dataset of the recipe has a split ${split}`);
    datasets.set(split, concatDatasets(parts));
  }
  const parts = trainSplits.flatMap((split) => bySplit.get(split) ?? []);
  return { datasets, training: parts.length === 0 ? undefined : concatDatasets(parts) };
}

/** Says every tenth of a download. */
function reportDownloads(send: Send): (file: string, received: number, total: number | undefined) => void {
  const said = new Map<string, number>();
  return (file, received, total) => {
    if (total === undefined) return;
    const tenth = Math.floor((10 * received) / total);
    if (said.get(file) === tenth) return;
    said.set(file, tenth);
    send({ type: "phase", phase: "starting", detail: `downloading ${basename(file)}: ${tenth * 10} %` });
  };
}

interface ProcessorBlock {
  readonly train: ComponentValue | null;
  readonly eval: ComponentValue | null;
}

/** The processors of the dataset with that label; one that was concatenated takes its first part's. */
function processorsOf(
  { datasets }: CompleteRecipe,
  name: string,
  use: keyof ProcessorBlock,
): { readonly vision: ComponentValue; readonly text: ComponentValue | null } {
  const component = datasets.find(({ label }) => label === name) ?? datasets[0];
  const options = component?.options as
    | { vis_processor?: ProcessorBlock; text_processor?: ProcessorBlock }
    | undefined;
  const vision = options?.vis_processor?.[use];
  if (!vision) {
    throw new UserError(
      `dataset ${name} has no vis_processor for ${use}`,
      `give it one: vis_processor { ${use} = blip_image_${use} }`,
    );
  }
  return { vision, text: options?.text_processor?.[use] ?? null };
}

/** Loads the weights that the model's options name, and says what became of each tensor. */
async function loadInitialWeights(
  { model: component, run }: CompleteRecipe,
  model: Model,
  send: Send,
): Promise<void> {
  const options = component.options as {
    readonly load_finetuned?: boolean;
    readonly finetuned?: string | null;
    readonly load_pretrained?: boolean;
    readonly pretrained?: string | null;
  };
  const which = options.load_finetuned ? "finetuned" : options.load_pretrained ? "pretrained" : undefined;
  if (which === undefined || run.resume_ckpt_path !== null) return;
  const place = options[which];
  if (!place) {
    throw new UserError(
      `model.load_${which} is true, but model.${which} names no weights`,
      `give model.${which} a path or URL, or set load_${which} = false`,
    );
  }
  const source = openWeights(await fetchWeights(place, send));
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
function fetchWeights(place: string, send: Send): Promise<string> {
  const digest = createHash("sha256").update(place).digest("hex").slice(0, 12);
  const report = reportDownloads(send);
  return obtainFile(cacheDir("downloads", `${digest}-${basename(place)}`), place, {
    onProgress: (received, total) => report(place, received, total),
  });
}
