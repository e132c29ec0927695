import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import type { Host } from "./host.ts";

/** The host of the command line: this machine's files and environment. */
export function nodeHost(workingDirectory: string = process.cwd()): Host {
  return {
    workingDirectory,
    readFile(path) {
      try {
        return readFileSync(path, "utf8");
      } catch {
        return undefined;
      }
    },
    resolve: (directory, path) => resolve(directory, path),
    directory: (path) => dirname(path),
    display(path) {
      const shorter = relative(workingDirectory, path);
      return shorter.startsWith("..") ? path : shorter;
    },
    environment: (name) => process.env[name],
  };
}
