import {
  block,
  bool,
  defineCard,
  type Field,
  listOf,
  mapOf,
  number,
  type Option,
  type Options,
  oneOf,
  path,
  string,
} from "../../card.ts";
import { type AnnotationFiles, annotationFiles, token } from "./annotations.card.ts";
import { type Processing, type ProcessorKey, processorOptions } from "./processors.card.ts";

/** Instructions of the user's own. */
const templates = listOf(string({ doc: "An instruction, where `{}` stands for the text." }), {
  doc: "Instructions to draw from; none takes those of the text processor.",
  nullable: true,
  default: { value: null },
});

/** The kinds of media file, by LAVIS's keys of `build_info`. */
const folders = {
  images: "images",
  videos: "videos",
  video: "videos",
  audio: "sounds",
  pc: "clouds of points",
  features: "features",
} as const;
export type FolderKey = keyof typeof folders;

/** The keys that name folders: of media, and of features that were extracted beforehand. */
export const folderKeys: ReadonlySet<string> = new Set([...Object.keys(folders), "cached_dir"]);

const folder = (key: FolderKey, where: string) =>
  path({
    doc: `Folder that the names of ${folders[key]} in the annotations are relative to.`,
    default: { value: `cache:data/${where}` },
  });

/** Share of a dataset in training, for mixing several. */
export const ratio = number({
  doc: "Share of the training samples that is drawn from this dataset, where a recipe trains on several; none in any of them takes each sample once an epoch. Shares are scaled to sum to 1, and each batch has them to within a few samples. An epoch stays as long as all datasets together: one with a small share goes on in the next epoch, and one with a large share starts over within it.",
  range: { above: 0 },
  nullable: true,
  default: { value: null },
});

/** A dataset of LAVIS's, as far as it differs from others. */
export interface DatasetFacts<
  N extends string,
  F extends FolderKey,
  P extends ProcessorKey,
  I extends Options,
  O extends Options,
> {
  readonly name: N;
  readonly doc: string;
  /** The folders of its media, below the data cache. */
  readonly folders: Readonly<Record<F, string>>;
  /** Its annotation files by split, or by each value of its `type` and then by split; neither where it needs none. */
  readonly annotations?: Readonly<Record<string, AnnotationFiles>>;
  readonly types?: Readonly<Record<string, Readonly<Record<string, AnnotationFiles>>>>;
  /** Several media in one sample (LAVIS's MultiModalDatasetBuilder): `data_type` chooses among them. */
  readonly dataTypes: FolderKey | readonly FolderKey[];
  /** Its processors: those of its own, or none, where the model gives them. */
  readonly processors: Readonly<Record<P, Processing>>;
  /** More options of `build_info`, and of the dataset. */
  readonly buildInfo?: I;
  readonly options?: O;
  readonly provides: readonly Field[];
  readonly defaults?: Readonly<Record<string, unknown>>;
  readonly samples?: Readonly<Record<string, number>>;
  readonly candidates?: Readonly<Record<string, { readonly images: number; readonly texts: number }>>;
}

/** The card of a dataset that LAVIS registers. */
export function lavisDataset<
  const N extends string,
  const F extends FolderKey,
  const P extends ProcessorKey,
  const I extends Options = Record<never, Option>,
  const O extends Options = Record<never, Option>,
>(facts: DatasetFacts<N, F, P, I, O>) {
  const { name, doc, annotations, types, dataTypes, processors, provides, samples, candidates } = facts;
  return defineCard({
    kind: "dataset",
    name,
    implemented: false,
    doc,
    options: {
      ...(types && { type: typeOption(types) }),
      data_type: typeof dataTypes === "string" ? singleType(dataTypes) : severalTypes(dataTypes),
      ...keyed(Object.keys(processors) as P[], (key) => processorOptions[key]),
      build_info: block(
        {
          ...keyed(Object.keys(facts.folders) as F[], (key) => folder(key, facts.folders[key])),
          ...((annotations || types) && {
            annotations: mapOf(annotationFiles, {
              doc: "The annotation files of each split, by the split's name.",
              default: types ? { follows: "dataset.type", map: types } : { value: annotations ?? {} },
            }),
            token,
          }),
          ...(typeof dataTypes !== "string" && { templates }),
          ...(facts.buildInfo ?? ({} as I)),
        },
        { doc: "Where the dataset's files are." },
      ),
      ...(facts.options ?? ({} as O)),
      ratio,
    },
    provides,
    defaults: { ...preparedBy(processors), ...facts.defaults },
    ...(samples && { samples }),
    ...(candidates && { candidates }),
  });
}

const typeOption = (types: object) =>
  oneOf(Object.keys(types), {
    doc: "Which annotation files the splits have, where `annotations` does not name others.",
    default: { value: Object.keys(types)[0] ?? "" },
  });

const singleType = (key: FolderKey) =>
  oneOf([key], { doc: "What the samples show.", default: { value: key } });

const severalTypes = (keys: readonly FolderKey[]) =>
  listOf(oneOf(keys, { doc: "A medium." }), {
    doc: "What is taken of each sample.",
    single: true,
    default: { value: keys },
  });

/** An object with a value for each key. */
function keyed<K extends string, T>(keys: readonly K[], of: (key: K) => T): { readonly [Key in K]: T } {
  return Object.fromEntries(keys.map((key) => [key, of(key)])) as { [Key in K]: T };
}

/** A dataset's own processors as defaults, which come before the model's. */
const preparedBy = (processors: Readonly<Record<string, Processing>>) =>
  Object.fromEntries(
    Object.entries(processors).flatMap(([key, phases]) =>
      Object.entries(phases).map(([phase, value]) => [`dataset.${key}.${phase}`, value]),
    ),
  );

/** Features of sounds that may be there already (LAVIS's `build_info.kwargs` of audio datasets). */
export const cachedFeatures = <const C extends boolean>(where: string, cached: C) => ({
  cached: bool({
    doc: "Read the features of BEATs that were extracted beforehand, instead of the sounds.",
    default: { value: cached },
  }),
  cached_dir: path({ doc: "Folder of these features.", default: { value: `cache:data/${where}` } }),
});

/** Sounds of AudioCaps that are gone from where they were published. */
export const missingSounds = {
  missing_ids: listOf(string({ doc: "The name of a sound." }), {
    doc: "Sounds to leave out, by their names on YouTube: those that can no longer be had.",
    default: {
      value: ["2sh7ZkazyO8", "966jA2-z0mQ", "52RlolYyjAE", "HVAc9hm4jjk", "8lPjqvYWNyM", "eXgPnnE3TuQ"],
    },
  }),
} as const;

/** Questions that a language model made, as LAVIS's X-InstructBLIP data has them. */
export const addBinary = <const B extends boolean>(isAdded: B) => ({
  add_binary: bool({
    doc: "Ask questions that are answered by yes or no as well.",
    default: { value: isAdded },
  }),
});
