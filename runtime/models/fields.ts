import type { FieldValue } from "../datasets/dataset.ts";
import { UserError } from "../errors.ts";
import type { Batch } from "./model.ts";

/** What the values of a field can be asked for as. */
export interface FieldKinds {
  readonly number: number;
  readonly text: string;
  readonly boolean: boolean;
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
}

/** Reads a value as each kind; undefined where it is none of it. */
const readers: { readonly [K in keyof FieldKinds]: (value: FieldValue) => FieldKinds[K] | undefined } = {
  number: (value) => {
    if (typeof value === "number") return value;
    // CSV and the texts of webdatasets have no numbers of their own.
    const isNumber = typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value));
    return isNumber ? Number(value) : undefined;
  },
  text: (value) => (typeof value === "string" ? value : undefined),
  boolean: (value) => (typeof value === "boolean" ? value : undefined),
  numbers: (value) => listOf(value, readers.number),
  texts: (value) => listOf(value, readers.text),
};

function listOf<T>(value: FieldValue, read: (value: FieldValue) => T | undefined): readonly T[] | undefined {
  if (typeof value !== "object") return undefined;
  const elements = value.flatMap((element) => read(element) ?? []);
  return elements.length === value.length ? elements : undefined;
}

const words: Readonly<Record<keyof FieldKinds, string>> = {
  number: "a number",
  text: "a text",
  boolean: "true or false",
  numbers: "a list of numbers",
  texts: "a list of texts",
};

/**
 * A field of the samples of a batch, a value for each. Texts that are numbers, as CSV has them, count as numbers.
 *
 * @throws UserError where a sample has no such field, or it is something else
 */
export function fieldOf<K extends keyof FieldKinds>(
  { fields = {}, instance_id }: Batch,
  name: string,
  kind: K,
): readonly FieldKinds[K][] {
  const values = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (!values) {
    const names = Object.keys(fields).join(", ");
    throw new UserError(
      `the samples carry no field ${name}${names === "" ? "" : `, but ${names}`}`,
      `give the dataset one: fields { ${name} = "…" }, or \`fields\` in the rows of a dataset of your own`,
    );
  }
  const read = readers[kind];
  return values.map((value, at) => {
    const found = read(value);
    if (found !== undefined) return found;
    const sample = instance_id?.[at] === undefined ? "a sample" : `sample ${instance_id[at]}`;
    throw new UserError(`the field ${name} of ${sample} is ${JSON.stringify(value)}, not ${words[kind]}`);
  });
}
