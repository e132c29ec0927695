import { UserError } from "../../errors.ts";
import type { Dataset, ImageId, OpenOptions, Row } from "../dataset.ts";
import type { CaptionFields } from "../files/caption-fields.ts";
import { elementOf } from "./element.ts";
import { FieldColumns } from "./field-columns.ts";
import { NumberColumn } from "./number-column.ts";
import { TextColumn } from "./text-column.ts";

/** How a dataset's rows are named, from the file that a row is in and what it says. */
export interface RowNames {
  /** The image as the loader takes it: an absolute path, or a stretch of a file (see `image-source.ts`). */
  image(file: string, image: string): string;
  /** An id for each row, once all rows are known. */
  ids(rows: TableRows): (row: number) => ImageId;
  /** A row's place, for messages; `at` is its number in the file. */
  origin(file: string, at: number): string;
}

/** What ids may be made of. */
export interface TableRows {
  readonly length: number;
  file(row: number): string;
  image(row: number): string;
  /** The row's own id. */
  imageId(row: number): ImageId | undefined;
}

/**
 * The rows of a split of images with captions, held in little more memory than their texts. For training there
 * is a sample for each caption; for evaluation one for each image, with its captions as references.
 */
export class CaptionTable implements TableRows {
  readonly #context: Pick<OpenOptions, "name" | "use">;
  readonly #split: string;
  readonly #names: RowNames;
  readonly #files: string[] = [];
  readonly #file = new NumberColumn();
  readonly #at = new NumberColumn();
  readonly #image = new TextColumn();
  /** As JSON, so that numbers stay numbers; "" is none. Empty until a row has one. */
  readonly #imageId = new TextColumn();
  readonly #instanceId = new TextColumn();
  readonly #caption = new TextColumn();
  readonly #fields: FieldColumns;
  /** The row of each caption. */
  readonly #rowOfCaption = new NumberColumn();
  #hasCaptions = true;

  constructor(context: Pick<OpenOptions, "name" | "use">, split: string, names: RowNames) {
    this.#context = context;
    this.#split = split;
    this.#names = names;
    this.#fields = new FieldColumns(context.name, (row) => this.#origin(row));
  }

  /** What the table is of, for messages. */
  get title(): string {
    return `${this.#context.name}, split ${this.#split}`;
  }

  /** Whether any row has an id of its own. */
  get hasImageIds(): boolean {
    return this.#imageId.length > 0;
  }

  get hasInstanceIds(): boolean {
    return this.#instanceId.length > 0;
  }

  get length(): number {
    return this.#image.length;
  }

  /** The rows that follow are of this file. */
  startFile(path: string): void {
    this.#files.push(path);
  }

  /** Adds a row; `at` is its number in the file. */
  add({ image, captions, imageId, instanceId, fields = {} }: CaptionFields, at: number): void {
    const row = this.length;
    this.#file.push(this.#files.length - 1);
    this.#at.push(at);
    this.#image.push(image);
    pushSparse(this.#imageId, row, imageId === undefined ? undefined : JSON.stringify(imageId));
    pushSparse(this.#instanceId, row, instanceId);
    this.#fields.add(fields, row);
    if (!captions) this.#hasCaptions = false;
    for (const caption of captions ?? []) {
      this.#caption.push(caption);
      this.#rowOfCaption.push(row);
    }
  }

  file(row: number): string {
    return elementOf(this.#files, this.#file.at(row));
  }

  image(row: number): string {
    return this.#image.at(row);
  }

  imageId(row: number): ImageId | undefined {
    const text = atSparse(this.#imageId, row);
    return text === "" ? undefined : (JSON.parse(text) as ImageId);
  }

  /** The split as the loader reads it. @throws UserError where it has no row, or two images have one id */
  dataset(): Dataset {
    const { name, use } = this.#context;
    if (this.length === 0)
      throw new UserError(
        `dataset ${name}: ${this.#files.join(", ") || `split ${this.#split}`} has no row`,
        "put data there, or name another file",
      );
    const id = this.#names.ids(this);
    return use === "training" ? this.#trainingSet(id) : this.#evaluationSet(id);
  }

  #trainingSet(id: (row: number) => ImageId): Dataset {
    if (!this.#hasCaptions) return this.#dataset(this.length, (row) => ({ row, image_id: id(row) }));
    return this.#dataset(this.#caption.length, (sample) => {
      const row = this.#rowOfCaption.at(sample);
      return { row, text_input: this.#caption.at(sample), image_id: id(row) };
    });
  }

  #evaluationSet(id: (row: number) => ImageId): Dataset {
    const firstRows = this.#firstRows(id);
    const dataset = this.#dataset(firstRows.length, (sample) => {
      const row = firstRows.at(sample);
      return { row, image_id: id(row) };
    });
    return this.#hasCaptions ? { ...dataset, references: () => this.#references(id) } : dataset;
  }

  /** The first row of each image. */
  #firstRows(id: (row: number) => ImageId): NumberColumn {
    const firstRows = new NumberColumn();
    const rowOf = new Map<ImageId, number>();
    for (let row = 0; row < this.length; row++) {
      const own = id(row);
      const first = rowOf.get(own);
      if (first === undefined) {
        rowOf.set(own, row);
        firstRows.push(row);
      } else if (this.#path(first) !== this.#path(row)) {
        throw new UserError(
          `dataset ${this.#context.name}, split ${this.#split}: two images have the id ${own}: ` +
            `${this.#path(first)} (${this.#origin(first)}) and ${this.#path(row)} (${this.#origin(row)})`,
          "give each image an id of its own",
        );
      } else this.#checkSameFields(first, row, own);
    }
    return firstRows;
  }

  /** An evaluation has one sample for each image: it cannot carry what two rows say differently. */
  #checkSameFields(first: number, row: number, id: ImageId): void {
    const found = this.#fields.difference(first, row);
    if (!found) return;
    const { name, values } = found;
    throw new UserError(
      `dataset ${this.#context.name}, split ${this.#split}: the field ${name} of image ${id} is ${values[0]} in ${this.#origin(first)}, and ${values[1]} in ${this.#origin(row)}`,
      'rows of one image are evaluated as one sample; where each is a sample of its own, name what tells them apart: columns { image_id = "…" }',
    );
  }

  #references(id: (row: number) => ImageId): ReadonlyMap<ImageId, readonly string[]> {
    const references = new Map<ImageId, string[]>();
    for (let caption = 0; caption < this.#caption.length; caption++) {
      const own = id(this.#rowOfCaption.at(caption));
      const captions = references.get(own);
      if (captions) captions.push(this.#caption.at(caption));
      else references.set(own, [this.#caption.at(caption)]);
    }
    return references;
  }

  #dataset(
    length: number,
    sample: (index: number) => { readonly row: number } & Omit<Row, "image" | "instance_id" | "fields">,
  ): Dataset {
    const { name } = this.#context;
    const at = (index: number) => {
      if (index >= 0 && index < length) return sample(index);
      throw new RangeError(`sample ${index} of ${length} in ${name} ${this.#split}`);
    };
    return {
      name,
      split: this.#split,
      length,
      row: (index) => {
        const { row, ...rest } = at(index);
        const instance_id = atSparse(this.#instanceId, row) || String(index);
        const fields = !this.#fields.isEmpty && { fields: this.#fields.at(row) };
        return { image: this.#path(row), ...rest, instance_id, ...fields };
      },
      origin: (index) => this.#origin(at(index).row),
    };
  }

  #path(row: number): string {
    return this.#names.image(this.file(row), this.image(row));
  }

  #origin(row: number): string {
    return this.#names.origin(this.file(row), this.#at.at(row));
  }
}

/** Puts the value of a row into a column that has none before the first row with a value. */
function pushSparse(column: TextColumn, row: number, value: string | undefined): void {
  if (value === undefined && column.length === 0) return;
  while (column.length < row) column.push("");
  column.push(value ?? "");
}

const atSparse = (column: TextColumn, row: number): string => (row < column.length ? column.at(row) : "");
