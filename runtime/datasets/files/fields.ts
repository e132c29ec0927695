import { UserError } from "../../errors.ts";
import { nearest } from "../../suggestion.ts";
import type { FieldValue, ImageId } from "../dataset.ts";

/** A row of a file: its values by field. */
export type Fields = Readonly<Record<string, unknown>>;

/** A field that a row must or may have. */
export interface Column {
  /** The field's name in the rows. */
  readonly field: string;
  /** The key that names it in a recipe; absent where the format fixes it. */
  readonly key?: string;
  /** The option of the recipe that the key stands in; `columns` unless given. */
  readonly option?: "columns" | "fields";
}

/** A row as fields. @throws UserError where it is something else */
export function fieldsOf(value: unknown, origin: () => string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new UserError(`${origin()} must be an object with fields, not ${shown(value)}`);
}

export function textField(row: Fields, column: Column, origin: () => string): string {
  const value = row[column.field];
  if (isText(value)) return value;
  throw fieldError(row, column, "a text", origin);
}

/** A text, or a list of at least one. */
export function textsField(row: Fields, column: Column, origin: () => string): readonly string[] {
  const value = row[column.field];
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (texts.length > 0 && texts.every(isText)) return texts;
  throw fieldError(row, column, "a text or a list of texts", origin);
}

/** Blanks say nothing, and would be taken for words. */
const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";

/** A number or a text; undefined where the row has none, as an empty cell of a table. */
export function idField(row: Fields, column: Column, origin: () => string): ImageId | undefined {
  const value = row[column.field];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string" || (typeof value === "number" && Number.isFinite(value))) return value;
  // 64-bit integers of Parquet; those of data are far below 2⁵³.
  if (typeof value === "bigint" && BigInt(Number(value)) === value) return Number(value);
  throw fieldError(row, column, "a number or a text", origin);
}

/** What `fields` of a recipe names: a number, a text, a truth value, or a list of these. */
export function valueField(row: Fields, column: Column, origin: () => string): FieldValue {
  const value = plainValue(row[column.field]);
  if (value !== undefined) return value;
  throw fieldError(row, column, "a number, a text, true or false, or a list of these", origin);
}

function plainValue(value: unknown): FieldValue | undefined {
  if (Array.isArray(value)) {
    const elements = value.map(plainValue);
    return elements.every((element) => element !== undefined) ? elements : undefined;
  }
  if (typeof value === "bigint") return BigInt(Number(value)) === value ? Number(value) : undefined;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return typeof value === "string" || typeof value === "boolean" ? value : undefined;
}

export function fieldError(row: Fields, column: Column, wanted: string, origin: () => string): UserError {
  const { field, key, option = "columns" } = column;
  const found = row[field];
  const rename = key === undefined ? "" : `, and ${option} { ${key} = "…" } says which one it is`;
  if (found === undefined) {
    const names = Object.keys(row);
    const near = nearest(field, names);
    const hint = near ? `did you mean "${near}"?` : `its fields are ${names.join(", ") || "none"}`;
    return new UserError(`${origin()} has no field "${field}"`, `${hint}${rename}`);
  }
  const message = `${origin()}: field "${field}" must be ${wanted}, not ${shown(found)}`;
  return new UserError(message, `each row needs "${field}": ${wanted}${rename}`);
}

function shown(value: unknown): string {
  const text = typeof value === "bigint" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
