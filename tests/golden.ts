import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(process.env.GOLDEN_DIR ?? fileURLToPath(new URL("./golden", import.meta.url)));

/** The path of a file of a golden case; fails with the path when it is not there. */
export function goldenPath(name: string, ...parts: readonly string[]): string {
  const path = join(root, name, ...parts);
  if (!existsSync(path)) throw new Error(`golden file ${path} is missing (GOLDEN_DIR picks the folder)`);
  return path;
}

/** A parsed JSON file of a golden case; the caller states its shape. */
export function goldenJson<T>(name: string, file: string): T {
  return JSON.parse(readFileSync(goldenPath(name, file), "utf8")) as T;
}
