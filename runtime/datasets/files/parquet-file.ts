import { stat } from "node:fs/promises";
import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { UserError } from "../../errors.ts";
import type { Fields } from "./fields.ts";
import { readingError } from "./lines.ts";

/** A Parquet file whose columns are known. */
export interface ParquetFile {
  readonly path: string;
  /** The names of its columns. */
  readonly columns: readonly string[];
  /** Whether a column holds images: bytes, or `{bytes, path}` as Hugging Face's datasets have them. */
  holdsImages(column: string): boolean;
  /** Its rows with some of their columns; a group of rows is held at a time. @throws UserError where it is damaged */
  rows(columns: readonly string[]): AsyncGenerator<{ readonly row: Fields; readonly at: number }, void, void>;
}

/** Bytes of the marks at both ends of a table, and of the length of what describes it. */
const smallestTable = 12;

/** @throws UserError where the file cannot be read, or is none of Parquet's */
export async function openParquet(path: string): Promise<ParquetFile> {
  const found = await stat(path).catch((cause: unknown) => {
    throw readingError(path, cause);
  });
  if (found.isDirectory()) throw new UserError(`cannot read ${path}: it is a folder`);
  if (found.size < smallestTable) throw damaged(path, new Error(`it has ${found.size} bytes`));
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch((cause: unknown) => {
    throw damaged(path, cause);
  });
  const { children } = parquetSchema(metadata);
  return {
    path,
    columns: children.map(({ element }) => element.name),
    holdsImages: (column) => {
      const found = children.find(({ element }) => element.name === column);
      if (!found) return false;
      if (found.children.length > 0) return found.children.some(({ element }) => element.name === "bytes");
      const { type, converted_type, logical_type } = found.element;
      return type === "BYTE_ARRAY" && converted_type === undefined && logical_type === undefined;
    },
    rows: (columns) => rowsOf(path, file, metadata, columns),
  };
}

async function* rowsOf(
  path: string,
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: readonly string[],
): AsyncGenerator<{ readonly row: Fields; readonly at: number }, void, void> {
  let rowStart = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rowEnd = rowStart + Number(num_rows);
    const group = { file, metadata, columns: [...columns], rowStart, rowEnd, compressors, utf8: false };
    const rows: readonly Fields[] = await parquetReadObjects(group).catch((cause: unknown) => {
      throw damaged(path, cause, `, rows ${rowStart} to ${rowEnd - 1}`);
    });
    for (const [index, row] of rows.entries()) yield { row, at: rowStart + index };
    rowStart = rowEnd;
  }
}

function damaged(path: string, cause: unknown, where = ""): unknown {
  if (!(cause instanceof Error)) return cause;
  return new UserError(
    `${path}${where} cannot be read as Parquet: ${cause.message}`,
    "get the file anew: it may be damaged or only partly there",
    { cause },
  );
}
