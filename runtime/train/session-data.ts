import { basename } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { ComponentValue } from "../card.ts";
import { concatDatasets, type Dataset, type OpenOptions } from "../datasets/dataset.ts";
import { UserError } from "../errors.ts";
import type { Source } from "../loader/sequence.ts";
import type { CompleteRecipe, DatasetSource } from "../recipe.ts";
import type { Send } from "./control.ts";
import { sharesOf } from "./shares.card.ts";

/** Says what a session's start is at, and lets a stop that was asked for end it. */
export interface Start {
  readonly send: Send;
  readonly signal: AbortSignal;
  /** @throws StopRequested */
  begin(detail: string): Promise<void>;
}

/** What a run trains on. */
export interface TrainingData {
  /** All training splits of all datasets, one after the other. */
  readonly dataset: Dataset;
  /** The datasets that it consists of, where their ratios say how they are mixed. */
  readonly sources: readonly Source[] | undefined;
}

/**
 * Opens each split that the run uses, of each dataset that has it.
 * @throws UserError where none has it
 */
export async function openDatasets(
  { datasets: components, run }: CompleteRecipe,
  { send, signal, begin }: Start,
): Promise<{ datasets: Map<string, Dataset>; training: TrainingData | undefined }> {
  const trainSplits = run.evaluate ? [] : run.train_splits;
  const evalSplits = [...new Set([...run.valid_splits, ...run.test_splits])];
  if (components.length === 0) throw new UserError("the recipe has no dataset", "give it one");
  if (!run.evaluate && trainSplits.length === 0) {
    throw new UserError(
      "run.train_splits is empty, so there is nothing to train on",
      "name a split, or set run.evaluate = true to only evaluate",
    );
  }
  const evaluated = new Map<string, Dataset[]>(evalSplits.map((split) => [split, []]));
  const trained: Trained[] = [];
  for (const component of components) {
    await begin(`opening the data set ${component.label}`);
    const context = { name: component.label, onDownload: reportDownloads(send), signal };
    const openFor = async (use: OpenOptions["use"], wanted: readonly string[]) => {
      // One that nobody has is asked of all: the first says what is wrong.
      const splits = wanted.filter(
        (split) => mayHave(component, split) || !components.some((other) => mayHave(other, split)),
      );
      return component.create(component.options, splits, { ...context, use });
    };
    const parts = [...(await openFor("training", trainSplits)).values()];
    if (parts.length > 0) trained.push({ component, dataset: concatDatasets(parts) });
    for (const [split, dataset] of await openFor("evaluation", evalSplits))
      evaluated.get(split)?.push(dataset);
  }
  return {
    datasets: new Map(Array.from(evaluated, ([split, parts]) => [split, concatDatasets(parts)])),
    training: trained.length === 0 ? undefined : trainingData(trained),
  };
}

/** The training splits of a dataset of the recipe. */
interface Trained {
  readonly component: DatasetSource;
  readonly dataset: Dataset;
}

/** @throws UserError where a dataset has a share, and nothing to draw, or nothing is left to be its share */
function trainingData(trained: readonly Trained[]): TrainingData {
  const dataset = concatDatasets(trained.map((one) => one.dataset));
  const portions = trained.map(({ component: { options }, dataset: { length: samples } }) => {
    const { ratio } = options as { readonly ratio?: number | null };
    return { samples, ratio: ratio ?? null };
  });
  const shares = sharesOf(portions);
  if (shares === undefined) return { dataset, sources: undefined };
  const sources = trained.map(({ component: { label: name }, dataset: { length: samples } }, at) => {
    const share = shares[at]!;
    if (samples === 0) {
      throw new UserError(
        `the dataset ${name} has no sample to train on, so it cannot have a share of the training samples`,
        "take it out of the recipe, or give its training splits annotations",
      );
    }
    if (share === 0) {
      throw new UserError(
        `the ratios of the other datasets sum to 1 or more, which leaves nothing for ${name}`,
        "give each dataset a ratio, or none",
      );
    }
    return { name, samples, share };
  });
  return { dataset, sources };
}

/** What a mixture comes to in a run of so many samples: `mixing shapes 75.0 % (each of 12 samples 1.5 times), …` */
export function describeMixture(sources: readonly Source[], samplesSeen: number): string {
  const each = sources.map(({ name, samples, share }) => {
    const times = Number(((share * samplesSeen) / samples).toPrecision(3));
    return `${name} ${(100 * share).toFixed(1)} % (each of ${samples} samples ${times} times)`;
  });
  return `mixing ${each.join(", ")}`;
}

/** Whether a dataset has a split: its annotations say, where it has any. */
function mayHave({ options }: DatasetSource, split: string): boolean {
  const { annotations, build_info } = options as {
    readonly annotations?: object | null;
    readonly build_info?: { readonly annotations?: object | null };
  };
  const described = annotations ?? build_info?.annotations;
  return !described || Object.hasOwn(described, split);
}

/** Says every tenth of a download. */
export function reportDownloads(
  send: Send,
): (file: string, received: number, total: number | undefined) => void {
  const said = new Map<string, number>();
  return (file, received, total) => {
    if (total === undefined) return;
    const tenth = Math.floor((10 * received) / total);
    if (said.get(file) === tenth) return;
    said.set(file, tenth);
    send({ type: "phase", phase: "starting", detail: `downloading ${basename(file)}: ${tenth * 10} %` });
  };
}

/** The processors of a modality, by use. */
export interface ProcessorBlock {
  readonly train: ComponentValue | null;
  readonly eval: ComponentValue | null;
}

/**
 * The processors of the dataset with that label, or of those that were joined into one of another name.
 * @throws UserError where there is none, and where joined ones have different processors
 */
export function processorsOf(
  { datasets }: CompleteRecipe,
  name: string,
  use: keyof ProcessorBlock,
): { readonly vision: ComponentValue; readonly text: ComponentValue | null } {
  const labelled = datasets.filter(({ label }) => label === name);
  const [first, ...others] = (labelled.length > 0 ? labelled : datasets).map(({ label, options }) => {
    const { vis_processor, text_processor } = options as {
      readonly vis_processor?: ProcessorBlock;
      readonly text_processor?: ProcessorBlock;
    };
    return { label, vision: vis_processor?.[use] ?? null, text: text_processor?.[use] ?? null };
  });
  if (!first?.vision) {
    throw new UserError(
      `dataset ${name} has no vis_processor for ${use}`,
      `give it one: vis_processor { ${use} = blip_image_${use} }`,
    );
  }
  const { vision, text } = first;
  const differing = others.find(
    (other) => !sameProcessor(other.vision, vision) || !sameProcessor(other.text, text),
  );
  if (differing) {
    throw new UserError(
      `the datasets ${first.label} and ${differing.label} are mixed, but their processors for ${use} differ`,
      "give both the same processors: this version has one for all samples of a batch",
    );
  }
  return { vision, text };
}

function sameProcessor(a: ComponentValue | null, b: ComponentValue | null): boolean {
  return a?.name === b?.name && a?.module === b?.module && isDeepStrictEqual(a?.options, b?.options);
}
