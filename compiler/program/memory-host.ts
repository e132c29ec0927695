import { posix } from "node:path";
import type { Host } from "./host.ts";

/** A host of files in memory under `/`, for tests and tools. */
export function memoryHost(
  files: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Host {
  return {
    workingDirectory: "/",
    readFile: (path) => files[path] ?? { problem: "is not there" },
    filesIn: (directory) =>
      Object.keys(files)
        .filter((path) => posix.dirname(path) === directory)
        .map((path) => posix.basename(path)),
    resolve: (directory, path) => posix.resolve(directory, path),
    directory: (path) => posix.dirname(path),
    display: (path) => (path.startsWith("/") ? path.slice(1) : path),
    environment: (name) => (Object.hasOwn(environment, name) ? environment[name] : undefined),
  };
}
