import { readdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import type { Host, Unreadable } from "./host.ts";

/** The host of the command line: this machine's files and environment. */
export function nodeHost(workingDirectory: string = process.cwd()): Host {
  return {
    workingDirectory,
    readFile,
    filesIn,
    resolve: (directory, path) => resolve(directory, path),
    directory: (path) => dirname(path),
    display(path) {
      const shorter = relative(workingDirectory, path);
      return shorter.startsWith("..") || shorter === "" ? path : shorter;
    },
    environment: (name) => process.env[name],
  };
}

const problems: Readonly<Record<string, string>> = {
  ENOENT: "is not there",
  ENOTDIR: "is not there",
  EISDIR: "is a folder",
  EACCES: "may not be read by you",
  EPERM: "may not be read by you",
};

function readFile(path: string): string | Unreadable {
  try {
    return decodeRecipe(readFileSync(path));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return { problem: problems[code] ?? `cannot be read (${code})` };
  }
}

function filesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** The text of a recipe's bytes, which must be UTF-8: anything else would be damaged in reading, and by `fmt`. */
export function decodeRecipe(bytes: Uint8Array): string | Unreadable {
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isUtf16) return { problem: "is text in UTF-16", hint: "save it as UTF-8" };
  try {
    // The parser skips a byte order mark; `fmt` must see it.
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") ? { problem: "is not a text file" } : text;
  } catch {
    return { problem: "is not text in UTF-8", hint: "save it as UTF-8, if it is a recipe" };
  }
}
