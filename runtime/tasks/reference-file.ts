import { basename } from "node:path";
import type { Dataset, ImageId } from "../datasets/dataset.ts";
import { obtainNamed } from "../datasets/download.ts";
import { type Column, fieldError, fieldsOf, idField, textField } from "../datasets/files/fields.ts";
import { readJsonItems } from "../datasets/files/json-items.ts";
import { UserError } from "../errors.ts";

const imageId: Column = { field: "image_id" };
const caption: Column = { field: "caption" };

/** Reference captions from a file in COCO's form, in place of a dataset's own. */
export class ReferenceFile {
  readonly #path: string;
  /** By the image's id as a text: files have 42 where a dataset has "42". */
  readonly #captions: ReadonlyMap<string, readonly string[]>;

  private constructor(path: string, captions: ReadonlyMap<string, readonly string[]>) {
    this.#path = path;
    this.#captions = captions;
  }

  /**
   * Reads `{"annotations": [{"image_id", "caption"}, …]}`, where other keys may stand beside.
   * @param place a path, or a URL that is downloaded once
   * @throws UserError where it cannot be had or is not of that form
   */
  static async open(place: string): Promise<ReferenceFile> {
    const path = await obtainNamed(place);
    const captions = new Map<string, string[]>();
    const { form, keys } = await readJsonItems(path, ["annotations"], ({ key, index, value }) => {
      if (key === undefined) return;
      const origin = () => `${path} annotations[${index}]`;
      const row = fieldsOf(value, origin);
      const image = idField(row, imageId, origin);
      if (image === undefined) throw fieldError(row, imageId, "a number or a text", origin);
      const text = textField(row, caption, origin);
      const before = captions.get(String(image));
      if (before) before.push(text);
      else captions.set(String(image), [text]);
    });
    if (form !== "object" || !keys.includes("annotations"))
      throw new UserError(
        `${path} is not in COCO's form: {"annotations": [{"image_id": …, "caption": …}, …]}`,
        "name a file of that form as annotation_file, or leave it out to score against the dataset's own captions",
      );
    return new ReferenceFile(path, captions);
  }

  /** The captions of a split's images. @throws UserError where the file has none of one of them */
  of(dataset: Dataset): ReadonlyMap<ImageId, readonly string[]> {
    const references = new Map<ImageId, readonly string[]>();
    for (let index = 0; index < dataset.length; index++) {
      const { image_id: id } = dataset.row(index);
      const captions = this.#captions.get(String(id));
      if (captions === undefined)
        throw new UserError(
          `${this.#path} has no caption of image ${id}, which ${dataset.name}, split ${dataset.split}, shows`,
          `${basename(this.#path)} must have captions of all images that are evaluated; img_ids in the task names fewer`,
        );
      references.set(id, captions);
    }
    return references;
  }
}
