import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isPlacedElsewhere } from "./card.ts";

/**
 * A function that resolves paths against the folder of the module at `moduleUrl`, so that a program and the
 * data beside it can move together: `const here = relativeTo(import.meta.url); here("../data/images")`.
 * With several parts each is relative to the one before. A URL or a `cache:` path stays as it is.
 */
export function relativeTo(moduleUrl: string): (...parts: readonly string[]) => string {
  const folder = dirname(fileURLToPath(moduleUrl));
  return (...parts) => {
    const last = parts.at(-1) ?? "";
    return isPlacedElsewhere(last) ? last : resolve(folder, ...parts);
  };
}
