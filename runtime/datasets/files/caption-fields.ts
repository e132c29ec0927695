import type { FieldValue, ImageId } from "../dataset.ts";
import { type Column, type Fields, idField, textField, textsField, valueField } from "./fields.ts";

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
  /** What else a sample carries, by name: each row of a dataset has the same. */
  readonly fields?: Readonly<Record<string, FieldValue>>;
}

/** What `fields` of a recipe says: which field of a row holds what a sample carries under a name. */
export type FieldColumns = Readonly<Record<string, string>>;

/** Reads the fields that a recipe names. @throws UserError from the function that is returned */
export function namedFields(
  columns: FieldColumns,
): (row: Fields, origin: () => string) => Readonly<Record<string, FieldValue>> {
  const entries = Object.entries(columns).map(([key, field]) => ({ field, key, option: "fields" as const }));
  return (row, origin) =>
    Object.fromEntries(entries.map((column) => [column.key, valueField(row, column, origin)]));
}

/**
 * Reads rows by the names of their fields, with those of `fields` besides. `isFixed`: a recipe cannot rename them.
 *
 * @throws UserError from the function that is returned, which names the row and the field at fault
 */
export function captionFields(
  columns: CaptionColumns,
  { fields = {}, isFixed = false }: { readonly fields?: FieldColumns; readonly isFixed?: boolean } = {},
): (row: Fields, origin: () => string) => CaptionFields {
  const column = (key: keyof CaptionColumns, field: string): Column => ({ field, ...(!isFixed && { key }) });
  const image = column("image", columns.image);
  const caption = columns.caption === null ? undefined : column("caption", columns.caption);
  const imageId = columns.image_id === null ? undefined : column("image_id", columns.image_id);
  const instanceId = columns.instance_id === null ? undefined : column("instance_id", columns.instance_id);
  const named = namedFields(fields);
  return (row, origin) => ({
    image: textField(row, image, origin),
    captions: caption && textsField(row, caption, origin),
    imageId: imageId && idField(row, imageId, origin),
    instanceId: instanceId && idField(row, instanceId, origin)?.toString(),
    fields: named(row, origin),
  });
}
