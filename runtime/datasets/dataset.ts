import { UserError } from "../errors.ts";

/** What names a picture in results and ground truth: COCO's number, or the annotation's own text. */
export type ImageId = number | string;

/** What a sample says under a name of its own, beside its picture and its text. */
export type FieldValue = string | number | boolean | readonly FieldValue[];

/** One sample, before decoding and text processing. */
export interface Row {
  /** Absolute path, or a slice of a file (see `image-source.ts` of the processors). */
  readonly image: string;
  /** The caption to learn; splits opened for the evaluation of captioning have none. */
  readonly text_input?: string;
  readonly image_id: ImageId;
  /** The row's place in its split, as LAVIS's `instance_id`. */
  readonly instance_id: string;
  /** What else it carries, by name: batches hand it to model and task as it is. */
  readonly fields?: Readonly<Record<string, FieldValue>>;
}

/** A split of a dataset: its metadata only, no picture is read. */
export interface Dataset {
  /** The name in logs and results: the recipe's label for the dataset. */
  readonly name: string;
  readonly split: string;
  /** The number of samples. */
  readonly length: number;
  /** Sample `index`, 0 ≤ index < length. */
  row(index: number): Row;
  /** Where sample `index` comes from, for messages: the annotation file and the row in it. */
  origin(index: number): string;
  /** The reference captions of each image, where the split is for evaluation. */
  references?(): ReadonlyMap<ImageId, readonly string[]>;
}

/** What opening a dataset's splits may report and be told. */
export interface OpenOptions {
  /** The recipe's label for the dataset. */
  readonly name: string;
  /** What the splits are opened for: training takes a sample for each text, evaluation one for each image. */
  readonly use: "training" | "evaluation";
  /** Told of downloads: bytes of a file that are there, of how many (undefined: unknown). */
  readonly onDownload?: (file: string, received: number, total: number | undefined) => void;
  readonly signal?: AbortSignal;
}

/** Opens the named splits; a split that the options do not describe is a `UserError`. */
export type OpenDataset<O> = (
  options: O,
  splits: readonly string[],
  context: OpenOptions,
) => Promise<ReadonlyMap<string, Dataset>>;

/**
 * Several datasets one after the other: LAVIS's ConcatDataset. Has references where all parts have; two parts
 * with one image id have no references in common, so asking for them is a `UserError`.
 */
export function concatDatasets(parts: readonly Dataset[]): Dataset {
  const [first, ...others] = parts;
  if (!first) throw new Error("concatDatasets: no dataset given");
  if (others.length === 0) return first;
  const starts: number[] = [];
  let length = 0;
  for (const part of parts) {
    starts.push(length);
    length += part.length;
  }
  const locate = (index: number): [Dataset, number] => {
    if (!Number.isInteger(index) || index < 0 || index >= length) {
      throw new RangeError(`sample ${index} of ${length} in ${parts.map(({ name }) => name).join(" + ")}`);
    }
    const at = starts.findLastIndex((start) => start <= index);
    return [parts[at]!, index - starts[at]!];
  };
  const references = parts.map((part) => part.references?.bind(part));
  return {
    name: parts.map(({ name }) => name).join(" + "),
    split: first.split,
    length,
    row: (index) => {
      const [part, inside] = locate(index);
      return { ...part.row(inside), instance_id: String(index) };
    },
    origin: (index) => {
      const [part, inside] = locate(index);
      return part.origin(inside);
    },
    ...(references.every((of) => of !== undefined) && {
      references: () => joinReferences(parts, references),
    }),
  };
}

function joinReferences(
  parts: readonly Dataset[],
  references: readonly (() => ReadonlyMap<ImageId, readonly string[]>)[],
): ReadonlyMap<ImageId, readonly string[]> {
  const joined = new Map<ImageId, readonly string[]>();
  for (const [part, of] of references.entries()) {
    for (const [id, captions] of of()) {
      if (joined.has(id)) {
        throw new UserError(
          `the ${parts[part]!.split} splits of ${parts.map(({ name }) => name).join(" and ")} both have an image ${id}`,
          "evaluate the datasets in separate runs",
        );
      }
      joined.set(id, captions);
    }
  }
  return joined;
}
