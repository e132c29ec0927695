import type { OptionsOf } from "../../card.ts";
import { UserError } from "../../errors.ts";
import type { ImageId, OpenDataset } from "../dataset.ts";
import { type Column, fieldError, fieldsOf, idField, textField } from "../files/fields.ts";
import { readJsonItems } from "../files/json-items.ts";
import { type AddRow, fileNames, folderHint, openCaptions } from "../files/open-captions.ts";
import { TextColumn } from "../table/text-column.ts";
import type { coco_captions } from "./coco-captions.card.ts";

/** Images with captions in COCO's own form; a row is an annotation, and an image's annotations its captions. */
export const openCocoCaptions: OpenDataset<OptionsOf<typeof coco_captions>> = (options, splits, context) =>
  openCaptions(options.annotations, splits, context, {
    names: fileNames(options.images, (at) => `annotations[${at}]`),
    imageHint: folderHint,
    read: readCoco,
  });

const id: Column = { field: "id" };
const fileName: Column = { field: "file_name" };
const imageId: Column = { field: "image_id" };
const caption: Column = { field: "caption" };

/** Reads the file twice, for the names of images and then for captions, because either may stand first. */
export async function readCoco(file: string, add: AddRow): Promise<void> {
  const fileNames = new TextColumn();
  const indexOf = new Map<ImageId, number>();
  const { form, keys } = await readJsonItems(file, ["images"], ({ key, index, value }) => {
    if (key === undefined) return;
    const origin = () => `${file} images[${index}]`;
    const row = fieldsOf(value, origin);
    const own = idField(row, id, origin);
    if (own === undefined) throw fieldError(row, id, "a number or a text", origin);
    const name = textField(row, fileName, origin);
    const before = indexOf.get(own);
    if (before !== undefined && fileNames.at(before) !== name)
      throw new UserError(
        `${origin()} has the id ${own}, which ${fileNames.at(before)} has as well`,
        "give each image an id of its own, in images and annotations",
      );
    if (before !== undefined) return;
    indexOf.set(own, fileNames.length);
    fileNames.push(name);
  });
  if (form !== "object" || !keys.includes("images") || !keys.includes("annotations"))
    throw new UserError(
      `${file} is not in COCO's form: {"images": […], "annotations": […]}`,
      form === "list" ? "a list of rows is read with `from karpathy`" : `its keys are ${keys.join(", ")}`,
    );
  await readJsonItems(file, ["annotations"], ({ index, value }) => {
    const origin = () => `${file} annotations[${index}]`;
    const row = fieldsOf(value, origin);
    const own = idField(row, imageId, origin);
    const image = own === undefined ? undefined : indexOf.get(own);
    if (own === undefined) throw fieldError(row, imageId, "a number or a text", origin);
    if (image === undefined)
      throw new UserError(`${origin()} is of image ${own}, which is not among the images`);
    const captions = [textField(row, caption, origin)];
    add({ image: fileNames.at(image), captions, imageId: own, instanceId: undefined }, index);
  });
}
