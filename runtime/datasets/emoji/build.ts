import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { cacheDir } from "../../cache.ts";
import { UserError } from "../../errors.ts";
import { withLock } from "../../lock.ts";
import { type EmojiCounts, emojiAnnotations } from "./annotations.ts";
import { attributionText } from "./attribution.ts";
import { chooseConcepts } from "./concepts.ts";
import { emojiStyles, readEmojiMetadata } from "./metadata.ts";
import { rasteriseAll } from "./raster-pool.ts";
import { type EmojiSourceFolders, emojiSources, fetchEmojiSources } from "./sources.ts";

/** Raise when the same sources would give other files, so that built data sets are built anew. */
const BUILDER_VERSION = 2;
const MANIFEST = "emoji.json";

export interface EmojiProgress {
  /** `sources`: packages fetched. `images`: pictures drawn. `done`: all is in place. */
  readonly phase: "sources" | "images" | "done";
  readonly done: number;
  readonly total: number;
}

export interface BuildEmojiOptions {
  /** The folder to build; the data cache's `data/emoji` when absent. */
  readonly out?: string;
  /** Side of the pictures, in pixels; 128 when absent. */
  readonly imageSize?: number;
  /** Threads that draw; as many as the processor has when absent; 0 draws in this thread. */
  readonly workers?: number;
  /** Folders of the source packages; fetched with npm when absent. */
  readonly sources?: EmojiSourceFolders;
  readonly onProgress?: (progress: EmojiProgress) => void;
  /** Stops the build; what is drawn is kept for the next one. */
  readonly signal?: AbortSignal;
}

/** What is in a built data set: its `emoji.json`. */
export interface EmojiManifest {
  readonly fingerprint: string;
  readonly imageSize: number;
  readonly counts: EmojiCounts;
}

/**
 * Builds the emoji data set: pictures of emoji in several drawing styles, with captions, questions and
 * answers, and classes made from their metadata, in the forms of COCO, Karpathy's split, and VQA v2.
 *
 * The folder appears when all of it is there. A build that was stopped goes on where it was; one that is
 * there already is returned at once. Processes that build at the same time wait for the first.
 *
 * @returns the folder and what it holds
 * @throws UserError when `out` is another folder of the user's
 */
export async function buildEmoji(
  options: BuildEmojiOptions = {},
): Promise<{ readonly folder: string; readonly manifest: EmojiManifest }> {
  const { imageSize = 128, workers = availableParallelism(), onProgress, signal } = options;
  const folder = resolve(options.out ?? cacheDir("data", "emoji"));
  if (!Number.isInteger(imageSize) || imageSize < 8 || imageSize > 1024) {
    throw new UserError(`the size of emoji pictures must be from 8 to 1024 pixels, not ${imageSize}`);
  }
  const fingerprint = fingerprintOf(imageSize, options.sources);
  return withLock(`${folder}.lock`, async () => {
    const built = await readManifest(folder);
    if (built?.fingerprint === fingerprint) {
      onProgress?.({ phase: "done", done: 1, total: 1 });
      return { folder, manifest: built };
    }
    if (existsSync(folder) && !built) {
      const hint = `remove it, or build into another folder (it has no ${MANIFEST}, so it is not a built data set)`;
      throw new UserError(`${folder} is there already and holds something else`, hint);
    }
    const sources =
      options.sources ??
      (await fetchEmojiSources((done, total) => onProgress?.({ phase: "sources", done, total })));
    const work = `${folder}.building-${fingerprint.slice(0, 12)}`;
    const manifest = await buildInto(work, sources, { imageSize, workers, onProgress, signal, fingerprint });
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
    await removeUnfinished(folder);
    onProgress?.({ phase: "done", done: 1, total: 1 });
    return { folder, manifest };
  });
}

async function buildInto(
  work: string,
  sources: EmojiSourceFolders,
  options: Pick<BuildEmojiOptions, "onProgress" | "signal"> & {
    readonly imageSize: number;
    readonly workers: number;
    readonly fingerprint: string;
  },
): Promise<EmojiManifest> {
  const { imageSize, workers, fingerprint, onProgress, signal } = options;
  const metadata = await readEmojiMetadata(sources);
  const concepts = chooseConcepts(metadata);
  const { files, counts } = emojiAnnotations(concepts, metadata);
  for (const [name, text] of [...files, ["ATTRIBUTION.md", attributionText()] as const]) {
    const path = join(work, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const pictures = [...concepts.concepts.flatMap((concept) => concept.pictures), ...concepts.tonedPictures];
  const jobs = pictures.map(({ file, svg }) => ({ path: join(work, "images", file), svg }));
  for (const style of emojiStyles) await mkdir(join(work, "images", style), { recursive: true });
  let done = 0;
  onProgress?.({ phase: "images", done, total: jobs.length });
  await rasteriseAll(jobs, {
    size: imageSize,
    workers,
    onProgress: (drawn) => {
      done += drawn;
      onProgress?.({ phase: "images", done, total: jobs.length });
    },
    ...(signal && { signal }),
  });
  const manifest: EmojiManifest = { fingerprint, imageSize, counts };
  await writeFile(join(work, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** Removes what builds of other sizes or versions left when they were stopped. */
async function removeUnfinished(folder: string): Promise<void> {
  const names = await readdir(dirname(folder));
  const unfinished = names.filter((name) => name.startsWith(`${basename(folder)}.building-`));
  await Promise.all(
    unfinished.map((name) => rm(join(dirname(folder), name), { recursive: true, force: true })),
  );
}

/** Names what a build would give: the builder, the picture size, and the pinned sources (or the folders given). */
function fingerprintOf(imageSize: number, folders: EmojiSourceFolders | undefined): string {
  const sources = folders ?? Object.values(emojiSources).map(({ integrity }) => integrity);
  return createHash("sha256")
    .update(JSON.stringify([BUILDER_VERSION, imageSize, sources]))
    .digest("hex");
}

async function readManifest(folder: string): Promise<EmojiManifest | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, MANIFEST), "utf8")) as EmojiManifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
