import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** Folders that hold no recipes of the user's. */
const skipped: ReadonlySet<string> = new Set(["node_modules", "out", "dist"]);
/** A workspace with more is not searched any further: an answer that comes beats one that is complete. */
const mostFiles = 5_000;
const deepest = 16;

/** What a folder holds; empty where it cannot be read. */
export function readFolder(path: string): readonly { readonly name: string; readonly isFolder: boolean }[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  } catch {
    return [];
  }
}

/** The recipe files in some folders and those inside of them. */
export function recipesIn(folders: readonly string[]): readonly string[] {
  const found: string[] = [];
  const open = folders.map((path) => ({ path, depth: 0 }));
  for (let folder = open.shift(); folder && found.length < mostFiles; folder = open.shift()) {
    for (const { name, isFolder } of readFolder(folder.path)) {
      const path = join(folder.path, name);
      if (!isFolder && name.endsWith(".lavis")) found.push(path);
      const isOpen = isFolder && !name.startsWith(".") && !skipped.has(name) && folder.depth < deepest;
      if (isOpen) open.push({ path, depth: folder.depth + 1 });
    }
  }
  return found;
}

/** The innermost of some folders that holds a file; undefined where none does. */
export function folderAround(path: string, folders: readonly string[]): string | undefined {
  const around = folders.filter((folder) => {
    const inside = relative(folder, path);
    return inside !== "" && inside !== ".." && !inside.startsWith(`..${sep}`);
  });
  return around.sort((a, b) => b.length - a.length)[0];
}
