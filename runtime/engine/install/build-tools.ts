import { execFile } from "node:child_process";
import { UserError } from "../../errors.ts";
import { nodeHeaders } from "./node-gyp.ts";

/** Something that building an engine's binding needs. */
export interface BuildTool {
  readonly name: string;
  /** What was found, in words; undefined when it is missing or too old. */
  readonly found: string | undefined;
  /** The Debian package that brings it. */
  readonly debian: string;
}

/** The tools of this machine, and the compiler's command. */
export interface BuildTools {
  readonly tools: readonly BuildTool[];
  /** The command that compiles C++20, for make's `CXX`; undefined when there is none. */
  readonly compiler: string | undefined;
}

/** The first line that a command prints; undefined when it is not there or fails. */
export async function firstLine(
  command: string,
  args: readonly string[],
  input = "",
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = execFile(command, [...args], { timeout: 30_000 }, (error, stdout) =>
      resolve(error ? undefined : stdout.trim().split("\n")[0]),
    );
    child.stdin?.on("error", () => undefined); // A command that reads nothing may end before we have written.
    child.stdin?.end(input);
  });
}

/** What C++20 compilers take and older ones do not: concepts (g++ 10, clang 10) with their library. */
const probe = `
#include <concepts>
#include <span>
template <std::integral T> T twice(T x) { return x + x; }
int main() { int x[2] = {0, 1}; return twice(static_cast<int>(std::span(x)[0])); }
`;

/** The first command that compiles C++20: `$CXX` where it is set, else the usual names. */
async function findCompiler(): Promise<{ command: string; version: string } | undefined> {
  const { CXX } = process.env;
  for (const command of CXX ? [CXX] : ["g++", "c++", "clang++"]) {
    const [program = command, ...flags] = command.split(/\s+/).filter(Boolean);
    const compiled = await firstLine(
      program,
      [...flags, "-x", "c++", "-std=c++20", "-fsyntax-only", "-"],
      probe,
    );
    if (compiled === undefined) continue;
    return { command, version: (await firstLine(program, [...flags, "--version"])) ?? command };
  }
  return undefined;
}

/** Looks for everything that builds a binding, and for pip. */
export async function findBuildTools(): Promise<BuildTools> {
  const [compiler, make, python, pip] = await Promise.all([
    findCompiler(),
    firstLine(process.env.MAKE || "make", ["--version"]),
    firstLine("python3", ["--version"]),
    firstLine("python3", ["-m", "pip", "--version"]),
  ]);
  const tools: BuildTool[] = [
    { name: "a C++20 compiler (g++ 10, clang 12, or newer)", found: compiler?.version, debian: "g++" },
    { name: "make", found: make, debian: "make" },
    { name: "Python 3", found: python, debian: "python3" },
    { name: "pip", found: pip, debian: "python3-pip" },
  ];
  return { tools, compiler: compiler?.command };
}

/** How to get the tools that are missing. */
export function howToGet(missing: readonly BuildTool[]): string {
  if (process.platform === "darwin") {
    return "on macOS, xcode-select --install brings the compiler, make, and Python 3 with pip";
  }
  return `on Debian or Ubuntu: apt-get install ${missing.map(({ debian }) => debian).join(" ")}`;
}

/** Node's headers, where they are at hand without a download. */
export function headersLine(): string {
  const folder = nodeHeaders();
  return folder === undefined ? "Node's headers: node-gyp fetches them" : `Node's headers: in ${folder}`;
}

/**
 * Throws a `UserError` that names every missing tool and how to get it; `pip` says whether pip is needed.
 *
 * @returns the C++ compiler's command
 */
export function requireBuildTools({ tools, compiler }: BuildTools, pip: boolean): string {
  const missing = tools.filter(({ name, found }) => found === undefined && (pip || name !== "pip"));
  if (missing.length > 0 || compiler === undefined) {
    const { CXX } = process.env;
    const isGiven = compiler === undefined && CXX !== undefined && CXX !== "";
    throw new UserError(
      `building the torch engine needs ${missing.map(({ name }) => name).join(", ")}: not found on this machine`,
      isGiven ? `CXX names \`${CXX}\`, which compiles no C++20: set another, or none` : howToGet(missing),
    );
  }
  return compiler;
}
