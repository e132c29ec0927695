import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** The files that an addon is built from, relative to its folder; what a build leaves there is none of them. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((file) => !file.startsWith("build/") && !file.startsWith("node_modules/"))
    .sort();
}

/** A digest of an addon's sources: one that was built from others does not fit this package. */
export function sourcesDigest(folder: string): string {
  const hash = createHash("sha256");
  for (const file of sourceFiles(folder)) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(folder, file)))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}
