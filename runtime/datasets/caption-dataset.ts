import { stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { dataPath } from "../cache.ts";
import type { OptionsOf, Secret } from "../card.ts";
import { UserError } from "../errors.ts";
import { type CaptionRow, readCaptionRows } from "./annotations.ts";
import type { Dataset, ImageId, OpenOptions } from "./dataset.ts";
import { obtainFile } from "./download.ts";
import type { imageTextOptions } from "./image-text-options.card.ts";
import type { Annotations } from "./options/annotations.card.ts";

/** The options of a dataset of images with captions. */
export type CaptionOptions = Pick<OptionsOf<{ options: ReturnType<typeof imageTextOptions> }>, "build_info">;

/**
 * Opens splits of a captioning dataset: obtains the annotation files of just these splits, reads them, and
 * looks for the images' folder. For training there is a sample per caption, for evaluation one per image, with its
 * captions as references (LAVIS datasets/builders/caption_builder.py, datasets/coco_caption_datasets.py, where
 * only the split called `train` can be trained on, and that one not evaluated).
 *
 * @param howToGet the hint for an annotation file that is not there and has no url
 * @throws UserError that names the option, file, or row at fault
 */
export async function openCaptionDataset(
  { build_info }: CaptionOptions,
  splits: readonly string[],
  context: OpenOptions,
  howToGet: string,
): Promise<ReadonlyMap<string, Dataset>> {
  const images = dataPath(build_info.images);
  const opened = new Map<string, Dataset>();
  for (const split of splits) {
    const annotations = Object.hasOwn(build_info.annotations, split)
      ? build_info.annotations[split]
      : undefined;
    if (!annotations) {
      const known = Object.keys(build_info.annotations).join(", ");
      throw new UserError(
        `dataset ${context.name} has no split ${split}; its annotations name ${known || "none"}`,
        `add annotations { ${split} = "…" } to its build_info, or ask for another split`,
      );
    }
    const path = await obtainAnnotations(annotations, build_info.token, context, howToGet);
    const rows = await readCaptionRows(path);
    await checkImages(images, rows[0]!, context.name);
    opened.set(split, captionDataset(context, split, images, rows));
  }
  return opened;
}

async function obtainAnnotations(
  { url, md5, storage }: Annotations,
  token: Secret | null,
  { name, onDownload, signal }: OpenOptions,
  howToGet: string,
): Promise<string> {
  const path = dataPath(storage);
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (!isThere && url === null) {
    throw new UserError(`dataset ${name}: the annotation file ${path} is not there`, howToGet);
  }
  return obtainFile(path, url ?? [], {
    token,
    ...(md5 !== null && { checksum: { md5 } }),
    ...(onDownload && { onProgress: (received, total) => onDownload(path, received, total) }),
    ...(signal && { signal }),
  });
}

/** A wrong folder is the common mistake: found here, not image by image while training. */
async function checkImages(folder: string, first: CaptionRow, name: string): Promise<void> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new UserError(
      `dataset ${name}: the folder of images ${folder} is not there`,
      "put the images there, or name their folder with build_info { images = … }",
    );
  }
  const path = join(folder, first.image);
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile) {
    throw new UserError(
      `dataset ${name}: the image ${path} of ${first.origin} is not there`,
      "image names are relative to build_info's images: check that it names the right folder",
    );
  }
}

/** One sample: its row and, where samples are captions, which caption. */
function captionDataset(
  { name, use }: OpenOptions,
  split: string,
  images: string,
  rows: readonly CaptionRow[],
): Dataset {
  const ids = imageIds(rows);
  if (use === "training") {
    const samples = rows.flatMap(({ captions }, row) => captions.map((caption) => ({ row, caption })));
    const at = (index: number) => within(samples, index, name, split);
    return {
      name,
      split,
      length: samples.length,
      row: (index) => {
        const { row, caption } = at(index);
        const image = join(images, rows[row]!.image);
        return { image, text_input: caption, image_id: ids[row]!, instance_id: String(index) };
      },
      origin: (index) => rows[at(index).row]!.origin,
    };
  }
  const at = (index: number) => within(rows, index, name, split);
  return {
    name,
    split,
    length: rows.length,
    row: (index) => ({
      image: join(images, at(index).image),
      image_id: ids[index]!,
      instance_id: String(index),
    }),
    origin: (index) => at(index).origin,
    references: () => new Map(rows.map(({ captions }, row) => [ids[row]!, captions])),
  };
}

function within<T>(items: readonly T[], index: number, name: string, split: string): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`sample ${index} of ${items.length} in ${name} ${split}`);
  return item;
}

/**
 * An id for each row: the annotation's own; else the number that ends the file's name, as COCO's do. Where a
 * name has none, or two images would share an id, the images are numbered in their order instead.
 */
function imageIds(rows: readonly CaptionRow[]): readonly ImageId[] {
  const named = rows.map(({ image, imageId }) => imageId ?? numberInName(image));
  const imageOf = new Map<ImageId, string>();
  const isUsable = named.every((id, row) => {
    if (id === undefined) return false;
    const { image } = rows[row]!;
    const other = imageOf.get(id);
    imageOf.set(id, image);
    return other === undefined || other === image;
  });
  if (isUsable) return named as readonly ImageId[];
  const numbers = new Map<string, number>();
  for (const { image } of rows) if (!numbers.has(image)) numbers.set(image, numbers.size);
  return rows.map(({ image }) => numbers.get(image)!);
}

/** 391895 of `val2014/COCO_val2014_000000391895.jpg`. */
function numberInName(image: string): number | undefined {
  const digits = /(\d+)$/.exec(basename(image, extname(image)))?.[1];
  const number = Number(digits);
  return digits !== undefined && Number.isSafeInteger(number) ? number : undefined;
}
