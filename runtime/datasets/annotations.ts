import { readFile } from "node:fs/promises";
import { UserError } from "../errors.ts";
import type { ImageId } from "./dataset.ts";

/** A row of a captioning annotation file. */
export interface CaptionRow {
  /** The image file, relative to the folder of images. */
  readonly image: string;
  readonly captions: readonly string[];
  /** Undefined where the file gives none. */
  readonly imageId: ImageId | undefined;
  /** The row's place in the file, for messages. */
  readonly origin: string;
}

/**
 * Reads captions in Karpathy's form (`[{image, caption, image_id?}]`, the caption a text or a list of
 * references), as JSON or JSON lines (`.jsonl`), or in COCO's (`{images, annotations}`).
 *
 * @throws UserError that names the file, and the row and field where one is missing or of the wrong type
 */
export async function readCaptionRows(path: string): Promise<readonly CaptionRow[]> {
  const content = await parseFile(path);
  const rows = Array.isArray(content) ? karpathyRows(content, path) : cocoRows(content, path);
  if (rows.length === 0) throw new UserError(`${path} has no row`);
  return rows;
}

async function parseFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new UserError(`cannot read the annotation file ${path}: ${(cause as Error).message}`, undefined, {
      cause,
    });
  }
  if (!path.endsWith(".jsonl")) return parseJson(text, path);
  return text
    .split("\n")
    .flatMap((line, index) => (line.trim() === "" ? [] : parseJson(line, `${path} line ${index + 1}`)));
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${where} is not JSON: ${(cause as Error).message}`, undefined, { cause });
  }
}

function karpathyRows(list: readonly unknown[], path: string): readonly CaptionRow[] {
  return list.map((value, index) => {
    const origin = `${path} row ${index}`;
    const row = record(value, origin);
    const { caption } = row;
    const captions = Array.isArray(caption) ? caption : [caption];
    if (caption === undefined || !captions.every((one) => typeof one === "string") || captions.length === 0) {
      throw fieldError(origin, "caption", "a text or a list of texts", caption);
    }
    return {
      image: textField(row, "image", origin),
      captions,
      imageId: idField(row, "image_id", origin),
      origin,
    };
  });
}

/** COCO's form gives a row per annotation; an image's annotations are one row with several captions here. */
function cocoRows(value: unknown, path: string): readonly CaptionRow[] {
  const { images, annotations } = record(value, path);
  if (!Array.isArray(images) || !Array.isArray(annotations)) {
    const hint = "give a list of {image, caption}, or COCO's {images, annotations}";
    throw new UserError(`${path} is neither a list of rows nor COCO's form`, hint);
  }
  const captionsOf = new Map<ImageId, string[]>();
  for (const [index, one] of annotations.entries()) {
    const origin = `${path} annotations[${index}]`;
    const row = record(one, origin);
    const id = idField(row, "image_id", origin);
    if (id === undefined) throw fieldError(origin, "image_id", "a number or a text", id);
    const captions = captionsOf.get(id) ?? [];
    captions.push(textField(row, "caption", origin));
    captionsOf.set(id, captions);
  }
  return images.flatMap((one, index) => {
    const origin = `${path} images[${index}]`;
    const row = record(one, origin);
    const imageId = idField(row, "id", origin);
    const captions = imageId === undefined ? undefined : captionsOf.get(imageId);
    return captions ? [{ image: textField(row, "file_name", origin), captions, imageId, origin }] : [];
  });
}

function record(value: unknown, origin: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new UserError(`${origin} must be an object with fields, not ${shown(value)}`);
}

function textField(row: Readonly<Record<string, unknown>>, name: string, origin: string): string {
  const value = row[name];
  if (typeof value !== "string" || value === "") throw fieldError(origin, name, "a text", value);
  return value;
}

function idField(row: Readonly<Record<string, unknown>>, name: string, origin: string): ImageId | undefined {
  const value = row[name];
  if (value === undefined || typeof value === "string" || typeof value === "number") return value;
  throw fieldError(origin, name, "a number or a text", value);
}

function fieldError(origin: string, name: string, wanted: string, found: unknown): UserError {
  const message =
    found === undefined
      ? `${origin} has no field "${name}"`
      : `${origin}: field "${name}" must be ${wanted}, not ${shown(found)}`;
  return new UserError(message, `each row needs "${name}": ${wanted}`);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
