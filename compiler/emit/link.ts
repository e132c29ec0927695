import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The link to this package in an output folder. */
export const runtimeLink = "node_modules/lavis";

/** What tells Node that the JavaScript of an output folder is made of modules. */
export const moduleMarker = {
  name: "package.json",
  text: '{ "private": true, "type": "module" }\n',
} as const;

/**
 * Whether Node would not take `run.js` in `outputFolder` for a module: the nearest `package.json` says nothing
 * of the kind. `ownsMarker`: the one in the folder itself is an earlier build's.
 */
export function needsModuleMarker(outputFolder: string, ownsMarker: boolean): boolean {
  for (let folder = ownsMarker ? dirname(outputFolder) : outputFolder; ; folder = dirname(folder)) {
    const path = join(folder, moduleMarker.name);
    if (existsSync(path)) return !/"type"\s*:\s*"module"/.test(readFileSync(path, "utf8"));
    if (dirname(folder) === folder) return true;
  }
}

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
