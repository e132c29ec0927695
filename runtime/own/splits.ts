import type { Dataset } from "../datasets/dataset.ts";
import { UserError } from "../errors.ts";

/**
 * Checks what TypeScript cannot see of the splits that a dataset of the user's own opened: that each one that was asked
 * for is there, with a sample, whose image has a name.
 *
 * @throws UserError that begins with `where`
 */
export function checkSplits(
  where: string,
  opened: ReadonlyMap<string, Dataset>,
  splits: readonly string[],
): void {
  for (const split of splits) {
    const dataset = opened.get(split);
    if (!dataset)
      throw new UserError(
        `${where} opened no split ${split}`,
        "return a Map with each of the splits asked for",
      );
    const { length } = dataset;
    if (!Number.isSafeInteger(length) || length < 0)
      throw new UserError(
        `${where}: split ${split} has the length ${length}`,
        "give the number of its samples",
      );
    if (length === 0)
      throw new UserError(`${where}: split ${split} has no sample`, "put data there, or name another split");
    const first: { readonly image?: unknown } | null | undefined = dataset.row(0);
    if (typeof first?.image !== "string")
      throw new UserError(
        `${where}: sample 0 of split ${split} has no image: ${JSON.stringify(first)?.slice(0, 60)}`,
        "each row needs the path of its image",
      );
  }
}
