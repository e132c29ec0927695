import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { dataPath } from "../../cache.ts";
import { UserError } from "../../errors.ts";
import type { OpenOptions } from "../dataset.ts";
import { readingError } from "./lines.ts";
import { maxShards, shardRanges } from "./shard-range.card.ts";

/** The files of each split, as a dataset's `annotations` list them. */
export type SplitFiles = Readonly<Record<string, readonly string[]>>;

/** What a dataset's `annotations` list for a split, as absolute paths. @throws UserError where there is nothing */
export function filesOfSplit(
  annotations: SplitFiles,
  split: string,
  { name }: Pick<OpenOptions, "name">,
): readonly string[] {
  const files = Object.hasOwn(annotations, split) ? annotations[split] : undefined;
  if (!files || files.length === 0) {
    const known = Object.keys(annotations).join(", ");
    throw new UserError(
      `dataset ${name} has no split ${split}; its annotations name ${known || "none"}`,
      `add annotations { ${split} = "…" } to it, or ask for another split`,
    );
  }
  return files.map(dataPath);
}

/**
 * The files that a path stands for: a folder is its files with the extension, in the order of their names, and
 * `train-{000..015}.tar` is sixteen files.
 */
export async function expandFiles(path: string, extension: string): Promise<readonly string[]> {
  const expanded = expandRange(path);
  if (expanded.length !== 1 || expanded[0] !== path) return expanded;
  const found = await stat(path).catch((cause: unknown) => {
    throw readingError(path, cause);
  });
  if (!found.isDirectory()) return [path];
  const all = (await readdir(path)).filter((name) => !name.startsWith("."));
  const packed = all.find((name) => /\.(?:gz|tgz|bz2|xz|zst)$/.test(name));
  if (packed !== undefined)
    throw new UserError(
      `the folder ${path} has ${packed}, which is compressed`,
      `unpack it to a plain ${extension}, or take it out of the folder`,
    );
  const names = all.filter((name) => name.endsWith(extension));
  if (names.length === 0) throw new UserError(`the folder ${path} has no ${extension} file`);
  return names.sort().map((name) => join(path, name));
}

/** `{000..015}` as sixteen numbers of three digits, as webdataset writes shards. */
function expandRange(path: string): readonly string[] {
  const [range] = shardRanges(path);
  if (!range) return [path];
  const { text, first, count } = range;
  if (count < 1 || count > maxShards)
    throw new UserError(
      `${path}: ${text} is no range of 1 to ${maxShards} files`,
      "write the lower number first: {000..015}",
    );
  const numbers = Array.from({ length: count }, (_, at) =>
    String(Number(first) + at).padStart(first.length, "0"),
  );
  return numbers.flatMap((number) => expandRange(path.replace(text, number)));
}
