import { stat } from "node:fs/promises";
import { dirname, isAbsolute, normalize, relative, resolve, sep } from "node:path";
import { dataPath } from "../../cache.ts";
import { UserError } from "../../errors.ts";
import type { Dataset, ImageId, OpenOptions } from "../dataset.ts";
import { CaptionTable, type RowNames } from "../table/caption-table.ts";
import type { CaptionFields } from "./caption-fields.ts";
import { filesOfSplit, type SplitFiles } from "./split-files.ts";

/** Takes a row of a file; `at` is its number there. */
export type AddRow = (row: CaptionFields, at: number) => void;

/** How a format's files are read, and what their rows are called. */
export interface CaptionFiles {
  /** The files of a split, where `annotations` may list folders or ranges of them. */
  expand?(path: string): Promise<readonly string[]>;
  /** Gives each row of a file to `add`. @throws UserError that names the file and the row at fault */
  read(file: string, add: AddRow, context: OpenOptions): Promise<void>;
  readonly names: RowNames;
  /** The columns that a recipe names for ids: a row may be without, but not each that is evaluated. */
  readonly ids?: { readonly image_id: string | null; readonly instance_id: string | null };
  /** How to mend that the first row's image is no file; absent where images are no files of their own. */
  readonly imageHint?: string;
}

/** Opens splits of a dataset of the user's own: reads their files one after the other, and looks for an image. */
export async function openCaptions(
  annotations: SplitFiles,
  splits: readonly string[],
  context: OpenOptions,
  { expand, read, names, ids, imageHint }: CaptionFiles,
): Promise<ReadonlyMap<string, Dataset>> {
  const opened = new Map<string, Dataset>();
  for (const split of splits) {
    const table = new CaptionTable(context, split, names);
    for (const path of filesOfSplit(annotations, split, context))
      for (const file of expand ? await expand(path) : [path]) {
        context.signal?.throwIfAborted();
        table.startFile(file);
        await read(file, (row, at) => table.add(row, at), context);
      }
    const dataset = table.dataset();
    if (context.use === "evaluation") checkIds(table, ids);
    if (imageHint !== undefined) await checkFirstImage(dataset, imageHint);
    opened.set(split, dataset);
  }
  return opened;
}

/** A slip in the name of a column that rows may be without would go unnoticed, until results are read. */
function checkIds(table: CaptionTable, ids: CaptionFiles["ids"]): void {
  const found = { image_id: table.hasImageIds, instance_id: table.hasInstanceIds };
  for (const key of ["image_id", "instance_id"] as const) {
    const column = ids?.[key] ?? null;
    if (column !== null && !found[key])
      throw new UserError(
        `dataset ${table.title}: no row has "${column}"`,
        `columns { ${key} = "…" } says what holds it; without this line the file names and numbers of samples are taken`,
      );
  }
}

/**
 * The names of rows that name image files, relative to `images` or, where that is null, to their own file's
 * folder. A row without an id of its own has its image's name.
 *
 * @param place what `at` counts: "line 3", "row 3"
 */
export function fileNames(images: string | null, place: (at: number) => string): RowNames {
  const folder = images === null ? undefined : dataPath(images);
  const baseOf = (file: string) => folder ?? dirname(file);
  return {
    image: (file, image) => resolve(baseOf(file), image),
    ids: (rows) => (row) => rows.imageId(row) ?? nameOf(baseOf(rows.file(row)), rows.image(row)),
    origin: (file, at) => `${file} ${place(at)}`,
  };
}

/** An image's name below its folder, which is the same on every machine. */
function nameOf(folder: string, image: string): ImageId {
  const name = isAbsolute(image) ? relative(folder, image) : normalize(image);
  return sep === "/" ? name : name.replaceAll(sep, "/");
}

/** How to mend that images are not where rows say. */
export const folderHint =
  'names are relative to the folder of the annotation file, or to images = "…" where it is given: check that it is the right one';

/** A wrong folder is the common mistake: found when a dataset is opened, not image by image while training. */
export async function checkFirstImage(dataset: Dataset, hint: string): Promise<void> {
  const { image } = dataset.row(0);
  if (/[\\/]https?:[\\/]/.test(image))
    throw new UserError(
      `dataset ${dataset.name}: the image of ${dataset.origin(0)} is a URL`,
      "download the images, and name their files in the rows",
    );
  const isFile = await stat(image).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile)
    throw new UserError(
      `dataset ${dataset.name}: the image ${image} of ${dataset.origin(0)} is not there`,
      hint,
    );
}
