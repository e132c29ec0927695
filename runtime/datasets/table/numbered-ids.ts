import { basename, extname } from "node:path";
import type { ImageId } from "../dataset.ts";
import type { TableRows } from "./caption-table.ts";
import { NumberColumn } from "./number-column.ts";

/**
 * Ids as COCO's results have them, for each row: the row's own; else the number that ends its image's name. Where a
 * name has none, or two images would share an id, the images are numbered in their order instead.
 */
export function numberedIds(rows: TableRows): (row: number) => ImageId {
  const named = (row: number): ImageId | undefined => rows.imageId(row) ?? numberInName(rows.image(row));
  if (namesAllImages(rows, named)) return (row) => named(row)!;
  const numbers = new Map<string, number>();
  const numberOf = new NumberColumn();
  for (let row = 0; row < rows.length; row++) {
    const image = rows.image(row);
    const number = numbers.get(image) ?? numbers.size;
    numbers.set(image, number);
    numberOf.push(number);
  }
  return (row) => numberOf.at(row);
}

/** Whether each image has an id, and no two the same. */
function namesAllImages(rows: TableRows, named: (row: number) => ImageId | undefined): boolean {
  const imageOf = new Map<ImageId, string>();
  for (let row = 0; row < rows.length; row++) {
    const id = named(row);
    const image = rows.image(row);
    if (id === undefined || (imageOf.get(id) ?? image) !== image) return false;
    imageOf.set(id, image);
  }
  return true;
}

/** 391895 of `val2014/COCO_val2014_000000391895.jpg`. */
function numberInName(image: string): number | undefined {
  const digits = /(\d+)$/.exec(basename(image, extname(image)))?.[1];
  const number = Number(digits);
  return digits !== undefined && Number.isSafeInteger(number) ? number : undefined;
}
