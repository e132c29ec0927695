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
  readonly language: Language;
  readonly tools: readonly BuildTool[];
  /** The command that compiles the language, for make's `CXX` or `CC`; undefined when there is none. */
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

/** What addons are written in. */
export type Language = "c++" | "c";

interface Toolchain {
  /** What the compiler has to be, in words. */
  readonly name: string;
  /** The Debian package that brings it. */
  readonly debian: string;
  /** The variable by which the user and make name it, and the usual names. */
  readonly variable: "CXX" | "CC";
  readonly commands: readonly string[];
  readonly flags: readonly string[];
  /** What newer compilers take and older ones do not. */
  readonly probe: string;
}

const toolchains: Readonly<Record<Language, Toolchain>> = {
  "c++": {
    name: "a C++20 compiler (g++ 10, clang 12, or newer)",
    debian: "g++",
    variable: "CXX",
    commands: ["g++", "c++", "clang++"],
    flags: ["-x", "c++", "-std=c++20"],
    // Concepts (g++ 10, clang 10) with their library.
    probe: `
#include <concepts>
#include <span>
template <std::integral T> T twice(T x) { return x + x; }
int main() { int x[2] = {0, 1}; return twice(static_cast<int>(std::span(x)[0])); }
`,
  },
  c: {
    name: "a C11 compiler (gcc or clang)",
    debian: "gcc libc6-dev",
    variable: "CC",
    commands: ["gcc", "cc", "clang"],
    flags: ["-x", "c", "-std=gnu11"],
    probe: `
#include <stdatomic.h>
_Alignas(64) static _Atomic int x;
int main(void) { return atomic_load(&x); }
`,
  },
};

/** The first command that compiles the language: `$CXX` or `$CC` where it is set, else the usual names. */
async function findCompiler({
  variable,
  commands,
  flags,
  probe,
}: Toolchain): Promise<{ command: string; version: string } | undefined> {
  const given = process.env[variable];
  for (const command of given ? [given] : commands) {
    const [program = command, ...own] = command.split(/\s+/).filter(Boolean);
    const compiled = await firstLine(program, [...own, ...flags, "-fsyntax-only", "-"], probe);
    if (compiled === undefined) continue;
    return { command, version: (await firstLine(program, [...own, "--version"])) ?? command };
  }
  return undefined;
}

/** Looks for everything that builds a binding in a language, and for pip. */
export async function findBuildTools(language: Language): Promise<BuildTools> {
  const { name, debian } = toolchains[language];
  const [compiler, make, python, pip] = await Promise.all([
    findCompiler(toolchains[language]),
    firstLine(process.env.MAKE || "make", ["--version"]),
    firstLine("python3", ["--version"]),
    firstLine("python3", ["-m", "pip", "--version"]),
  ]);
  const tools: BuildTool[] = [
    { name, found: compiler?.version, debian },
    { name: "make", found: make, debian: "make" },
    { name: "Python 3", found: python, debian: "python3" },
    { name: "pip", found: pip, debian: "python3-pip" },
  ];
  return { language, tools, compiler: compiler?.command };
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
 * Throws a `UserError` that names every tool that is missing to build `what`, and how to get it; `pip` says whether
 * pip is needed.
 *
 * @returns the compiler's command
 */
export function requireBuildTools(
  what: string,
  { language, tools, compiler }: BuildTools,
  pip: boolean,
): string {
  const missing = missingTools(tools, pip);
  if (missing.length > 0 || compiler === undefined) {
    const { variable } = toolchains[language];
    const given = process.env[variable];
    const isGiven = compiler === undefined && given !== undefined && given !== "";
    const standard = language === "c" ? "C11" : "C++20";
    throw new UserError(
      `building ${what} needs ${missing.map(({ name }) => name).join(", ")}: not found on this machine`,
      isGiven
        ? `${variable} names \`${given}\`, which compiles no ${standard}: set another, or none`
        : howToGet(missing),
    );
  }
  return compiler;
}

/** The tools that are not there; `pip` says whether pip is needed. */
export function missingTools(tools: readonly BuildTool[], pip: boolean): BuildTool[] {
  return tools.filter(({ name, found }) => found === undefined && (pip || name !== "pip"));
}
