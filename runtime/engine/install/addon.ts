import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { sourceFiles } from "../../addon-sources.ts";
import { UserError } from "../../errors.ts";
import { buildBinding } from "./node-gyp.ts";
import { temporaryBeside } from "./pip.ts";
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
