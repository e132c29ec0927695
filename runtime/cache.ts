import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { cachePrefix } from "./card.ts";

/**
 * The folder for what lavis downloads or builds (data, engines, vocabularies): `$LAVIS_CACHE`, else
 * `~/.cache/lavis` (or `$XDG_CACHE_HOME/lavis`), joined with `parts`. The folder need not exist.
 */
export function cacheDir(...parts: readonly string[]): string {
  const { LAVIS_CACHE, XDG_CACHE_HOME } = process.env;
  const root = LAVIS_CACHE
    ? resolve(LAVIS_CACHE)
    : join(XDG_CACHE_HOME || join(homedir(), ".cache"), "lavis");
  return join(root, ...parts);
}

/** The absolute path of a resolved `path` option: `cache:data/emoji` lies in {@link cacheDir}. */
export function dataPath(path: string): string {
  return path.startsWith(cachePrefix)
    ? cacheDir(...path.slice(cachePrefix.length).split("/"))
    : resolve(path);
}
