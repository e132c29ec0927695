import { UserError } from "../../errors.ts";
import { nearest } from "../../suggestion.ts";
import type { CaptionColumns, FieldColumns } from "./caption-fields.ts";

/** A column of a table that a recipe names, and the option and key that it is named by. */
export interface TableColumn {
  readonly name: string;
  readonly option: "columns" | "fields";
  readonly key: string;
}

/** What a recipe names of a table's columns. */
export function namedColumns(options: {
  readonly columns: CaptionColumns;
  readonly fields: FieldColumns;
}): readonly TableColumn[] {
  return (["columns", "fields"] as const).flatMap((option) =>
    Object.entries(options[option]).flatMap(([key, name]) => (name === null ? [] : [{ name, option, key }])),
  );
}

/**
 * Looks for a table's columns, among which each that a recipe names must be once.
 *
 * @param advice how to mend that one is not there, where more is known than the names
 * @throws UserError that names the file, the column, and what there is
 */
export function checkColumns(
  path: string,
  there: readonly string[],
  named: readonly TableColumn[],
  advice: (name: string) => string | undefined = () => undefined,
): void {
  for (const { name, option, key } of named) {
    const count = there.filter((one) => one === name).length;
    if (count > 1)
      throw new UserError(
        `${path} has ${count} columns "${name}"`,
        `rename all but one of them, or name another: ${option} { ${key} = "…" }`,
      );
    if (count === 1) continue;
    const near = nearest(name, there);
    const names = near === undefined ? `its columns are ${there.join(", ")}` : `did you mean "${near}"?`;
    throw new UserError(
      `${path} has no column "${name}"`,
      advice(name) ?? `${names}; ${option} { ${key} = "…" } says which one it is`,
    );
  }
}
