import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { UsageError } from "./exit.ts";

/** A recipe is whole at every moment: the new text is written beside it and then takes its place. */
export function replaceFile(linked: string, text: string): void {
  const path = realpathSync(linked);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { mode: statSync(path).mode });
    renameSync(temporary, path);
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${error instanceof Error ? error.message : error}`);
  } finally {
    rmSync(temporary, { force: true });
  }
}
