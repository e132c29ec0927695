import { captionFields } from "./files/caption-fields.ts";
import { fieldsOf } from "./files/fields.ts";
import { readJsonItems } from "./files/json-items.ts";
import { readJsonLines } from "./files/json-lines.ts";
import type { AddRow } from "./files/open-captions.ts";
import { readCoco } from "./formats/coco-captions.ts";

const columns = { image: "image", caption: "caption", image_id: "image_id", instance_id: null };

/**
 * Reads the annotation file of a captioning dataset of the catalogue: Karpathy's form (`[{image, caption, image_id?}]`,
 * the caption a text or a list of references), as JSON or JSON lines (`.jsonl`), or COCO's (`{images, annotations}`).
 *
 * @throws UserError that names the file, and the row and field where one is missing or of the wrong type
 */
export async function readAnnotations(path: string, add: AddRow): Promise<void> {
  const read = captionFields(columns, { isFixed: true });
  const addRow = (value: unknown, at: number): void => {
    const origin = () => annotationPlace(path, at);
    add(read(fieldsOf(value, origin), origin), at);
  };
  if (path.endsWith(".jsonl")) return readJsonLines(path, addRow);
  const { form } = await readJsonItems(path, [], ({ value, index }) => addRow(value, index));
  if (form === "object") await readCoco(path, add);
}

/** A row's place in an annotation file, for messages: JSON lines are counted as editors count them. */
export const annotationPlace = (path: string, at: number): string =>
  `${path} ${path.endsWith(".jsonl") ? "line" : "row"} ${at}`;
