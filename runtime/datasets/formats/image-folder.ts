import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, extname, join, relative, sep } from "node:path";
import type { OptionsOf } from "../../card.ts";
import { UserError } from "../../errors.ts";
import type { OpenDataset } from "../dataset.ts";
import { readingError } from "../files/lines.ts";
import { openCaptions } from "../files/open-captions.ts";
import { textOf } from "../files/utf8.ts";
import type { image_folder } from "./image-folder.card.ts";

type Options = OptionsOf<typeof image_folder>;

/** Extensions of the formats that are decoded (see `decode.ts`). */
const extensions = new Set([
  ".jpg",
  ".jpeg",
  ".jfif",
  ".png",
  ".webp",
  ".gif",
  ".tif",
  ".tiff",
  ".heic",
  ".heif",
  ".avif",
]);

/** Formats of images that are not decoded: left out, they would be missed by nobody. */
const otherExtensions = new Set([".bmp", ".ico", ".jp2", ".jxl", ".ppm", ".pgm", ".psd", ".svg", ".tga"]);

/** Images in folders, in the order of their names; an image's id is its path from the split's folder on. */
export const openImageFolder: OpenDataset<Options> = (options, splits, context) =>
  openCaptions(options.annotations, splits, context, {
    names: {
      image: join,
      ids: (rows) => (row) => [basename(rows.file(row)), ...rows.image(row).split(sep)].join("/"),
      origin: (folder) => `folder ${folder}`,
    },
    read: async (folder, add) => {
      let at = 0;
      for (const path of imagesIn(folder)) {
        const image = relative(folder, path);
        const captions = options.captions === "folder_name" ? folderCaption(folder, image) : textBeside(path);
        add({ image, captions, imageId: undefined, instanceId: undefined }, at++);
      }
      if (at === 0)
        throw new UserError(
          `the folder ${folder} has no image`,
          `images end in ${[...extensions].join(", ")}`,
        );
    },
  });

/**
 * The images in a folder and those in it, one folder's names at a time. Links to folders are followed.
 *
 * @param around the real paths of the folders that links led from and to on the way here
 */
function* imagesIn(folder: string, around: readonly string[] = []): Generator<string> {
  for (const entry of sortedEntries(folder)) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".")) continue;
    const extension = extname(entry.name).toLowerCase();
    if (entry.isDirectory()) yield* imagesIn(path, around);
    else if (entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isDirectory())
      yield* imagesIn(path, follow(path, around));
    else if (extensions.has(extension)) yield path;
    else if (otherExtensions.has(extension))
      throw new UserError(
        `the image ${path} cannot be read: ${extension} is none of the formats that are decoded`,
        `convert it (${[...extensions].join(", ")}), or take it out of the folder`,
      );
  }
}

/** What is around the folder that a link leads to. @throws UserError where it is among that, which would have no end */
function follow(link: string, around: readonly string[]): readonly string[] {
  const real = realpathSync(link);
  const outer = [...around, realpathSync(dirname(link))];
  if (outer.some((one) => `${one}${sep}`.startsWith(`${real}${sep}`)))
    throw new UserError(`the link ${link} leads to ${real}, which it lies in`, "take it out of the folder");
  return [...outer, real];
}

function sortedEntries(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    throw readingError(folder, cause);
  }
}

/** The first folder of `red_kettle/old/1.jpg`, as torchvision's ImageFolder takes it for a class. */
function folderCaption(folder: string, image: string): readonly string[] {
  const [first = "", ...rest] = image.split(sep);
  if (rest.length === 0)
    throw new UserError(
      `the image ${image} lies in ${folder} itself, so no folder says what it shows`,
      "put it into a folder with its caption as name, or write captions = text_file for texts beside the images",
    );
  const caption = first.replaceAll("_", " ").trim();
  if (caption === "")
    throw new UserError(
      `the folder ${join(folder, first)} has a blank for a name`,
      "the folder's name is the caption",
    );
  return [caption];
}

/** The lines of `1.txt` beside `1.jpg`. */
function textBeside(path: string): readonly string[] {
  const text = join(dirname(path), `${basename(path, extname(path))}.txt`);
  let bytes: Buffer;
  try {
    bytes = readFileSync(text);
  } catch (cause) {
    const { message } = readingError(text, cause) as Error;
    throw new UserError(
      `the image ${path} has no caption: ${message}`,
      "put a text of the image's name beside it, or write captions = folder_name for folders that are captions",
      { cause },
    );
  }
  const captions = textOf(bytes, () => text)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (captions.length === 0) throw new UserError(`the caption of the image ${path} is empty: ${text}`);
  return captions;
}
