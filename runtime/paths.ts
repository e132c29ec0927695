import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * A function that resolves paths against the folder of the module at `moduleUrl`, so that a program and the
 * data beside it can move together: `const here = relativeTo(import.meta.url); here("../data/images")`.
 */
export function relativeTo(moduleUrl: string): (path: string) => string {
  const folder = dirname(fileURLToPath(moduleUrl));
  return (path) => resolve(folder, path);
}
