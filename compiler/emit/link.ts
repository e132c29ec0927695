import { lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The link to this package in an output folder. */
export const runtimeLink = "node_modules/lavis";

/** Whether `lavis/runtime` cannot be found from programs in `outputFolder`, which need not exist yet. */
export function needsRuntimeLink(outputFolder: string): boolean {
  try {
    createRequire(join(outputFolder, "run.js")).resolve("lavis/runtime");
    return false;
  } catch {
    return true;
  }
}

/** Links the package into `outputFolder`; a link that is there is replaced, anything else stays and fails. */
export function createRuntimeLink(outputFolder: string, packageFolder: string): void {
  const path = join(outputFolder, runtimeLink);
  mkdirSync(dirname(path), { recursive: true });
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
    if (readlinkSync(path) === packageFolder) return;
    rmSync(path);
  }
  // A junction needs no rights on Windows; elsewhere the type is ignored.
  symlinkSync(packageFolder, path, "junction");
}
