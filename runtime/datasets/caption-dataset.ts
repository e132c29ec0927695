import { stat } from "node:fs/promises";
import { join } from "node:path";
import { dataPath } from "../cache.ts";
import type { OptionsOf, Secret } from "../card.ts";
import { UserError } from "../errors.ts";
import { annotationPlace, readAnnotations } from "./annotations.ts";
import type { Dataset, OpenOptions } from "./dataset.ts";
import { obtainFile } from "./download.ts";
import { checkFirstImage } from "./files/open-captions.ts";
import type { imageTextOptions } from "./image-text-options.card.ts";
import type { Annotations } from "./options/annotations.card.ts";
import { CaptionTable } from "./table/caption-table.ts";
import { numberedIds } from "./table/numbered-ids.ts";

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
    const table = new CaptionTable(context, split, {
      image: (_, image) => join(images, image),
      ids: numberedIds,
      origin: annotationPlace,
    });
    table.startFile(path);
    await readAnnotations(path, (row, at) => table.add(row, at));
    const dataset = table.dataset();
    await checkFolder(images, context.name);
    await checkFirstImage(
      dataset,
      "image names are relative to build_info's images: check that it names the right folder",
    );
    opened.set(split, dataset);
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
async function checkFolder(folder: string, name: string): Promise<void> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return;
  throw new UserError(
    `dataset ${name}: the folder of images ${folder} is not there`,
    "put the images there, or name their folder with build_info { images = … }",
  );
}
