import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sourcesDigest } from "../../addon-sources.ts";
import { cacheDir } from "../../cache.ts";

/** The command that builds the addon. */
export const installShmCommand = "lavisc engine install shm";

/** The addon's sources in this package, beside this file both in the sources and in the built package. */
export const shmSources = fileURLToPath(new URL("./addon", import.meta.url));

/** The folder that the addon is cached in. */
export function shmCache(...parts: readonly string[]): string {
  return cacheDir("engines", "shm", ...parts);
}

/**
 * Where the addon lies once it is built from these sources for this kind of machine and has joined numbers. It
 * fits every Node: it is written against Node-API.
 */
export function shmAddonFile(sources: string = shmSources): string {
  const folder = `addon-${sourcesDigest(sources)}-${process.platform}-${process.arch}`;
  return shmCache(folder, "lavis_shm.node");
}

/** Whether processes on this host can share memory: whether the addon is built. */
export function isShmInstalled(): boolean {
  return existsSync(shmAddonFile());
}
