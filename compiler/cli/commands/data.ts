import { type ExitCode, exitCodes, UsageError } from "../exit.ts";
import { ProgressLine } from "../progress-line.ts";
import type { Terminal } from "../terminal.ts";

export interface DataFlags {
  readonly output?: string;
  readonly imageSize?: number;
}

const phases = { sources: "fetching sources", images: "drawing images", done: "done" } as const;

/** Builds a data set that lavis makes itself: emoji with their names as captions. */
export async function buildData(name: string, flags: DataFlags, terminal: Terminal): Promise<ExitCode> {
  if (name !== "emoji") throw new UsageError(`there is no data set ${name} to build`, "there is emoji");
  const { buildEmoji } = await import("lavis/runtime/data");
  const progress = new ProgressLine(terminal);
  const { folder, manifest } = await buildEmoji({
    ...(flags.output !== undefined && { out: flags.output }),
    ...(flags.imageSize !== undefined && { imageSize: flags.imageSize }),
    onProgress: ({ phase, done, total }) => progress.show(`emoji: ${phases[phase]}`, done, total),
  }).finally(() => progress.end());
  const { train, val, test } = manifest.counts.images;
  terminal.out(`${folder}\n`);
  terminal.error(`emoji: ${train} images to train on, ${val} to validate, ${test} to test\n`);
  return exitCodes.clean;
}
