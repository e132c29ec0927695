import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { Dataset } from "../../../../runtime/datasets/dataset.ts";
import type { CompleteRecipe } from "../../../../runtime/recipe.ts";

/** A folder for each test, which also holds the data cache. */
export interface Folder {
  path: string;
  /** Writes a file, and the folders that it lies in; values other than texts and bytes as JSON. Returns its path. */
  write(name: string, content: unknown): string;
  at(name: string): string;
}

/** Makes a folder before each test of the file and removes it afterwards. */
export function folderForTests(): Folder {
  const folder: Folder = {
    path: "",
    at: (name) => join(folder.path, name),
    write(name, content) {
      const path = folder.at(name);
      mkdirSync(dirname(path), { recursive: true });
      const isText = typeof content === "string" || content instanceof Uint8Array;
      writeFileSync(path, isText ? content : JSON.stringify(content));
      return path;
    },
  };
  const { LAVIS_CACHE } = process.env;
  beforeEach(() => {
    folder.path = mkdtempSync(join(tmpdir(), "lavis-formats-"));
    process.env.LAVIS_CACHE = folder.at("cache");
  });
  afterEach(() => {
    rmSync(folder.path, { recursive: true, force: true });
    if (LAVIS_CACHE === undefined) delete process.env.LAVIS_CACHE;
    else process.env.LAVIS_CACHE = LAVIS_CACHE;
  });
  return folder;
}

type Source = CompleteRecipe["datasets"][number];

/** Opens one split of a dataset; `train` is for training, the others for evaluation. */
export async function open(source: Source, split = "train"): Promise<Dataset> {
  const use = split === "train" ? "training" : "evaluation";
  const opened = await source.create(source.options, [split], { name: source.label, use });
  const dataset = opened.get(split);
  if (!dataset) throw new Error(`the split ${split} was not opened`);
  return dataset;
}

/** Every sample of a dataset. */
export const rowsOf = (dataset: Dataset) =>
  Array.from({ length: dataset.length }, (_, index) => dataset.row(index));
