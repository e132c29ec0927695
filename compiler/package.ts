import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The package that this compiler is part of. */
export interface OwnPackage {
  /** Its folder, absolute. */
  readonly folder: string;
  readonly version: string;
  /** The declarations of `lavis/runtime`, absolute. */
  readonly runtimeTypes: string;
}

/** Finds the package by its `package.json` above this module, which may run from source or from the bundle. */
export function ownPackage(): OwnPackage {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    const path = join(folder, "package.json");
    if (existsSync(path)) {
      const { name, version }: { name?: string; version?: string } = JSON.parse(readFileSync(path, "utf8"));
      if (name === "lavis" && version !== undefined)
        return { folder, version, runtimeTypes: join(folder, "dist/runtime/index.d.ts") };
    }
    if (dirname(folder) === folder) throw new Error(`no package.json of lavis above ${start}`);
  }
}
