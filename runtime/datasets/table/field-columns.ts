import { UserError } from "../../errors.ts";
import type { FieldValue } from "../dataset.ts";
import { TextColumn } from "./text-column.ts";

/** The values of the fields that a recipe names, row for row: every row has all of them. */
export class FieldColumns {
  readonly #name: string;
  readonly #origin: (row: number) => string;
  /** The values of each field, as JSON. */
  readonly #columns = new Map<string, TextColumn>();
  /** What the values of a field are, and where the first is. */
  readonly #kinds = new Map<string, { readonly kind: string; readonly row: number }>();

  /** `name` is the dataset's; `origin` is a row's place, for messages. */
  constructor(name: string, origin: (row: number) => string) {
    this.#name = name;
    this.#origin = origin;
  }

  /** Whether rows have any. */
  get isEmpty(): boolean {
    return this.#columns.size === 0;
  }

  /**
   * Adds the values of the next row, whose number is given.
   *
   * @throws UserError where a field is a number in one row and a text in another: found now, not in the middle of a run
   */
  add(values: Readonly<Record<string, FieldValue>>, row: number): void {
    for (const [name, value] of Object.entries(values)) {
      const column = this.#columns.get(name) ?? new TextColumn();
      this.#columns.set(name, column);
      column.push(JSON.stringify(value));
      const kind = kindOf(value);
      const first = this.#kinds.get(name);
      if (kind !== undefined && !first) this.#kinds.set(name, { kind, row });
      if (kind === undefined || !first || first.kind === kind) continue;
      throw new UserError(
        `dataset ${this.#name}: the field ${name} is ${kind} in ${this.#origin(row)}, and ${first.kind} in ${this.#origin(first.row)}`,
        "write its values in one way in all rows",
      );
    }
  }

  /** The values of a row, by field. */
  at(row: number): Record<string, FieldValue> {
    const values = Array.from(this.#columns, ([name, column]) => [name, JSON.parse(column.at(row))]);
    return Object.fromEntries(values);
  }

  /** The first field that two rows have different values of, with both as JSON; undefined where they agree. */
  difference(first: number, second: number): { name: string; values: [string, string] } | undefined {
    for (const [name, column] of this.#columns) {
      const values: [string, string] = [column.at(first), column.at(second)];
      if (values[0] !== values[1]) return { name, values };
    }
    return undefined;
  }
}

/** What a value is, in words; undefined where it does not show: in an empty list. */
function kindOf(value: FieldValue): string | undefined {
  if (typeof value === "string") return "a text";
  if (typeof value === "number") return "a number";
  if (typeof value === "boolean") return "true or false";
  const kinds = new Set(value.flatMap((element) => kindOf(element) ?? []));
  return kinds.size === 0 ? undefined : `a list with ${[...kinds].sort().join(" and ")}`;
}
