import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { workspace } from "../cli/lavisc.ts";

export const projectFile = (name: string): string =>
  fileURLToPath(new URL(`../../../${name}`, import.meta.url));

/** A repository of git with some files, all of them staged, whose own `lavisc` is that of this project. */
export function repository(files: Readonly<Record<string, string>>) {
  const { folder } = workspace(files);
  const programs = join(folder, "node_modules", ".bin");
  mkdirSync(programs, { recursive: true });
  const command = `exec "${process.execPath}" "${projectFile("dist/lavisc.js")}" "$@"`;
  writeFileSync(join(programs, "lavisc"), `#!/bin/sh\n${command}\n`);
  chmodSync(join(programs, "lavisc"), 0o755);
  writeFileSync(join(folder, ".gitignore"), "node_modules\n");
  const run = (
    program: string,
    argv: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ) => spawnSync(program, argv, { cwd: folder, encoding: "utf8", env: { ...process.env, ...environment } });
  run("git", ["init", "--quiet"]);
  run("git", ["add", "."]);
  return { folder, programs, run };
}
