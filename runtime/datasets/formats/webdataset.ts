import { basename } from "node:path";
import type { OptionsOf } from "../../card.ts";
import { UserError } from "../../errors.ts";
import { sliceText } from "../../processors/image-source.ts";
import type { FieldValue, OpenDataset } from "../dataset.ts";
import type { CaptionFields } from "../files/caption-fields.ts";
import { type Column, type Fields, fieldsOf, idField, textsField, valueField } from "../files/fields.ts";
import { openCaptions } from "../files/open-captions.ts";
import { entryText, parseEntry } from "../files/slice-entry.ts";
import { expandFiles } from "../files/split-files.ts";
import { TarArchive, type TarMember } from "../files/tar-archive.ts";
import type { webdataset } from "./webdataset.card.ts";

type Options = OptionsOf<typeof webdataset>;

/**
 * Images with captions in tar archives, which are not unpacked: the loader's threads read each image from its place.
 * A sample's id is its shard's name and its own.
 */
export const openWebdataset: OpenDataset<Options> = (options, splits, context) =>
  openCaptions(options.annotations, splits, context, {
    expand: (path) => expandFiles(path, ".tar"),
    names: {
      image: (file, image) => sliceText({ file, ...parseEntry(image) }),
      ids: (rows) => (row) =>
        rows.imageId(row) ?? `${basename(rows.file(row), ".tar")}/${parseEntry(rows.image(row)).key}`,
      origin: (file, at) => `${file} sample ${at}`,
    },
    ids: options.columns,
    read: async (file, add) => {
      const archive = await TarArchive.open(file);
      try {
        const columns = new SampleColumns(archive, options);
        let at = 0;
        for await (const sample of samplesIn(archive)) add(await columns.row(sample), at++);
      } finally {
        await archive.close();
      }
    },
  });

/** The files of a sample, by their extensions in lower case. */
interface Sample {
  readonly key: string;
  readonly members: ReadonlyMap<string, TarMember>;
}

/** Files next to each other whose names are the same up to the first dot (webdataset's `group_by_keys`). */
async function* samplesIn(archive: TarArchive): AsyncGenerator<Sample, void, void> {
  let key: string | undefined;
  let members = new Map<string, TarMember>();
  for await (const member of archive.members()) {
    // What begins with a dot is no sample: macOS writes such files.
    const [whole, own = "", extension = ""] = /^((?:.*\/)?[^/.]+)\.([^/]+)$/.exec(member.name) ?? [];
    if (whole === undefined) continue;
    if (own !== key) {
      if (key !== undefined) yield { key, members };
      key = own;
      members = new Map();
    }
    if (members.has(extension.toLowerCase()))
      throw new UserError(
        `${archive.path}: sample ${key} has two files .${extension.toLowerCase()}`,
        "give each sample a name of its own",
      );
    members.set(extension.toLowerCase(), member);
  }
  if (key !== undefined) yield { key, members };
}

/** What a key of `columns` or `fields` names. */
interface NamedColumn extends Required<Pick<Column, "key" | "option">> {
  readonly column: string;
}

type Read<T> = (row: Fields, column: Column, origin: () => string) => T;

/** Reads samples by what `columns` says. */
class SampleColumns {
  readonly #archive: TarArchive;
  readonly #columns: Options["columns"];
  readonly #fields: Options["fields"];
  readonly #extensions: readonly string[];

  constructor(archive: TarArchive, { columns, fields }: Options) {
    this.#archive = archive;
    this.#columns = columns;
    this.#fields = fields;
    this.#extensions = columns.image.toLowerCase().split(";");
  }

  /** @throws UserError that names the sample and what it lacks */
  async row(sample: Sample): Promise<CaptionFields> {
    const [image] = this.#extensions.flatMap((extension) => sample.members.get(extension) ?? []);
    if (!image)
      throw this.#lacks(sample, `no image (.${this.#extensions.join(", .")})`, {
        key: "image",
        option: "columns",
      });
    const { caption, image_id, instance_id } = this.#columns;
    const fields: Record<string, FieldValue> = {};
    for (const [key, column] of Object.entries(this.#fields))
      fields[key] = await this.#read(sample, { key, column, option: "fields" }, valueField);
    return {
      image: entryText({ ...image, key: sample.key }),
      captions: await this.#readIfNamed(sample, "caption", caption, textsField),
      imageId: await this.#readIfNamed(sample, "image_id", image_id, idField),
      instanceId: (await this.#readIfNamed(sample, "instance_id", instance_id, idField))?.toString(),
      fields,
    };
  }

  /** Undefined where the column is none. */
  async #readIfNamed<T>(
    sample: Sample,
    key: string,
    column: string | null,
    of: Read<T>,
  ): Promise<T | undefined> {
    return column === null ? undefined : this.#read(sample, { key, column, option: "columns" }, of);
  }

  /** `txt` is a file's text, `json.caption` a field of a file. */
  async #read<T>(sample: Sample, { column, ...named }: NamedColumn, of: Read<T>): Promise<T> {
    const [extension = "", ...rest] = column.split(".");
    const member = sample.members.get(extension.toLowerCase());
    if (!member) throw this.#lacks(sample, `no .${extension}`, named);
    const origin = () => `${this.#archive.path}, ${member.name}`;
    const text = await this.#archive.text(member);
    const field = rest.join(".");
    return field === ""
      ? of({ [extension]: text.trim() }, { field: extension, ...named }, origin)
      : of(parseFields(text, origin), { field, ...named }, origin);
  }

  #lacks({ key, members }: Sample, what: string, named: Required<Pick<Column, "key" | "option">>): UserError {
    const there = [...members.keys()].map((extension) => `.${extension}`).join(", ");
    return new UserError(
      `${this.#archive.path}: sample ${key} has ${what}, but ${there}`,
      `${named.option} { ${named.key} = "…" } says which file of a sample it is`,
    );
  }
}

function parseFields(text: string, origin: () => string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${origin()} is not JSON: ${(cause as Error).message}`, undefined, { cause });
  }
  return fieldsOf(value, origin);
}
