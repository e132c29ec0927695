import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { sourceFiles } from "../../addon-sources.ts";
import { UserError } from "../../errors.ts";
import { buildBinding } from "./node-gyp.ts";
import { isTemporary, temporaryBeside } from "./pip.ts";
import type { Progress } from "./run-step.ts";

export interface AddonBuild {
  /** The folder of the addon's sources. */
  readonly sources: string;
  /** What binding.gyp reads as `<(name)`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: string;
  /** What to do when it does not build. */
  readonly hint: string;
  readonly progress: Progress;
  /** Lets an addon compute something in a process of its own. @throws UserError when it does not */
  verify(addon: string): Promise<void>;
}

/**
 * Builds the addon whose final place is `addon` and that binding.gyp calls by that name, lets it compute something,
 * and puts it there: it is there only when it works.
 *
 * @throws UserError when it does not build, or does not compute.
 */
export async function buildAddon(addon: string, build: AddonBuild): Promise<void> {
  const { sources, variables, environment, log, hint, progress, verify } = build;
  // Sources are copied: the package's own folder may be read-only, or used by two at a time.
  const partial = temporaryBeside(dirname(addon));
  try {
    for (const file of sourceFiles(sources)) {
      mkdirSync(dirname(join(partial, file)), { recursive: true });
      copyFileSync(join(sources, file), join(partial, file));
    }
    await buildBinding(variables, { cwd: partial, log, hint, environment });
    progress.step("computing something with it");
    const output = join(partial, "build", "Release", basename(addon));
    if (!existsSync(output)) throw new UserError(`the build made no ${basename(addon)}`, `see ${log}`);
    // As deep as its final place, for the run path.
    const built = join(partial, basename(addon));
    renameSync(output, built);
    await verify(built);
    mkdirSync(dirname(addon), { recursive: true });
    renameSync(built, addon);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Removes what installations left that were killed, in a cache's folder and in those of its versions. */
export function removeLeftovers(folder: string, depth = 0): void {
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    // A child of a killed installation may still be writing there.
    if (isTemporary(entry.name)) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
    else if (entry.isDirectory() && depth === 0) removeLeftovers(path, 1);
  }
}

/** Throws a `UserError` for a path that a makefile cannot name. */
export function requirePlainPath(path: string, hint: string): void {
  if (/[\s$"'`#%\\:]/.test(path)) {
    throw new UserError(`make cannot build with a path that has spaces or signs like $ in it: ${path}`, hint);
  }
}
