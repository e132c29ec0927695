import type { ImageId } from "../dataset.ts";
import { type Column, type Fields, idField, textField, textsField } from "./fields.ts";

/** The names of a row's fields, as `columns` gives them. */
export interface CaptionColumns {
  readonly image: string;
  /** None where rows have no caption. */
  readonly caption: string | null;
  readonly image_id: string | null;
  readonly instance_id: string | null;
}

/** What a row says of an image. */
export interface CaptionFields {
  /** The image file, relative to the folder of images. */
  readonly image: string;
  /** Undefined where the columns name no caption. */
  readonly captions: readonly string[] | undefined;
  /** Undefined where the row gives none. */
  readonly imageId: ImageId | undefined;
  readonly instanceId: string | undefined;
}

/**
 * Reads rows by the names of their fields. `isFixed`: a recipe cannot rename them.
 *
 * @throws UserError from the function that is returned, which names the row and the field at fault
 */
export function captionFields(
  columns: CaptionColumns,
  isFixed = false,
): (row: Fields, origin: () => string) => CaptionFields {
  const column = (key: keyof CaptionColumns, field: string): Column => ({ field, ...(!isFixed && { key }) });
  const image = column("image", columns.image);
  const caption = columns.caption === null ? undefined : column("caption", columns.caption);
  const imageId = columns.image_id === null ? undefined : column("image_id", columns.image_id);
  const instanceId = columns.instance_id === null ? undefined : column("instance_id", columns.instance_id);
  return (row, origin) => ({
    image: textField(row, image, origin),
    captions: caption && textsField(row, caption, origin),
    imageId: imageId && idField(row, imageId, origin),
    instanceId: instanceId && idField(row, instanceId, origin)?.toString(),
  });
}
