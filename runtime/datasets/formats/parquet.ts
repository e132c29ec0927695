import { basename } from "node:path";
import type { OptionsOf } from "../../card.ts";
import { sliceText } from "../../processors/image-source.ts";
import type { OpenDataset, OpenOptions } from "../dataset.ts";
import { captionFields } from "../files/caption-fields.ts";
import { type Fields, fieldError } from "../files/fields.ts";
import { type ImagePack, packImages } from "../files/image-pack.ts";
import { type AddRow, checkFirstImage, fileNames, folderHint, openCaptions } from "../files/open-captions.ts";
import { openParquet, type ParquetFile } from "../files/parquet-file.ts";
import { entryText, parseEntry } from "../files/slice-entry.ts";
import { expandFiles } from "../files/split-files.ts";
import { checkColumns, namedColumns } from "../files/table-columns.ts";
import { textOf } from "../files/utf8.ts";
import type { RowNames } from "../table/caption-table.ts";
import type { parquet } from "./parquet.card.ts";

type Options = OptionsOf<typeof parquet>;

/**
 * Images with captions in Parquet tables. Images that are in a table are packed into the cache once: a table is
 * compressed a group of rows at a time, so that no image can be read from the middle of it.
 */
export const openParquetCaptions: OpenDataset<Options> = async (options, splits, context) => {
  const tables = new Tables(options, context);
  const opened = await openCaptions(options.annotations, splits, context, {
    expand: (path) => expandFiles(path, ".parquet"),
    names: tables.names,
    ids: options.columns,
    read: (file, add) => tables.read(file, add),
  });
  for (const dataset of opened.values())
    if (!dataset.row(0).image.startsWith("slice:")) await checkFirstImage(dataset, folderHint);
  return opened;
};

class Tables {
  readonly names: RowNames;
  readonly #columns: Options["columns"];
  readonly #fields: Options["fields"];
  readonly #context: OpenOptions;
  /** The packed images of tables that hold them. */
  readonly #packs = new Map<string, ImagePack>();

  constructor({ columns, fields, images }: Options, context: OpenOptions) {
    this.#columns = columns;
    this.#fields = fields;
    this.#context = context;
    const named = fileNames(images, (at) => `row ${at}`);
    this.names = {
      image: (file, image) => {
        const pack = this.#packs.get(file);
        return pack ? sliceText({ ...parseEntry(image), file: pack.file }) : named.image(file, image);
      },
      ids: (rows) => {
        const idOf = named.ids(rows);
        return (row) => {
          const file = rows.file(row);
          if (!this.#packs.has(file)) return idOf(row);
          return rows.imageId(row) ?? `${basename(file, ".parquet")}/${parseEntry(rows.image(row)).key}`;
        };
      },
      origin: named.origin,
    };
  }

  async read(path: string, add: AddRow): Promise<void> {
    const file = await openParquet(path);
    const { image } = this.#columns;
    const named = namedColumns({ columns: this.#columns, fields: this.#fields });
    checkColumns(path, file.columns, named);
    const wanted = [...new Set(named.map(({ name }) => name))];
    const pack = file.holdsImages(image) ? await this.#pack(file, image) : undefined;
    const read = captionFields(this.#columns, { fields: this.#fields });
    for await (const { row, at } of file.rows(pack ? wanted.filter((one) => one !== image) : wanted)) {
      const entry = pack && entryText(entryOf(pack, at));
      const origin = () => this.names.origin(path, at);
      const fields = { ...textsOf(row, origin), ...(entry !== undefined && { [image]: entry }) };
      add(read(fields, origin), at);
    }
  }

  async #pack(file: ParquetFile, column: string): Promise<ImagePack> {
    const { origin } = this.names;
    const images = async function* (): AsyncGenerator<Uint8Array, void, void> {
      for await (const { row, at } of file.rows([column]))
        yield bytesOf(row, column, () => origin(file.path, at));
    };
    const pack = await packImages(file.path, column, images, this.#context.signal);
    this.#packs.set(file.path, pack);
    return pack;
  }
}

const entryOf = ({ offsets }: ImagePack, at: number) => {
  const [offset = 0, end = 0] = offsets.subarray(at, at + 2);
  return { offset, size: end - offset, key: String(at) };
};

/** The bytes of an image, which are the column's value or its `bytes`. */
function bytesOf(row: Fields, column: string, origin: () => string): Uint8Array {
  const value = row[column];
  const bytes = value instanceof Uint8Array ? value : (value as Fields | null)?.bytes;
  if (bytes instanceof Uint8Array) return bytes;
  throw fieldError({ [column]: bytes ?? null }, { field: column, key: "image" }, "an image's bytes", origin);
}

/** Texts that their table does not say to be texts come as bytes. */
function textsOf(row: Fields, origin: () => string): Fields {
  const entries = Object.entries(row).map(([name, value]) =>
    value instanceof Uint8Array ? [name, textOf(value, origin)] : [name, value],
  );
  return Object.fromEntries(entries);
}
