import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { runStep, type StepOptions } from "./run-step.ts";

const nodeGyp = (): string => createRequire(import.meta.url).resolve("node-gyp/bin/node-gyp.js");

/**
 * The folder with `include/node` of this Node: the one that the user's npm settings name, else where Node is
 * installed with its headers. Undefined when node-gyp has to fetch them.
 */
export function nodeHeaders(): string | undefined {
  const { npm_config_nodedir } = process.env;
  if (npm_config_nodedir) return npm_config_nodedir;
  const prefix = resolve(process.execPath, "..", "..");
  return existsSync(join(prefix, "include", "node", "node_api.h")) ? prefix : undefined;
}

/** Fetches Node's headers into node-gyp's own cache, unless they are at hand. */
export async function fetchNodeHeaders(options: Pick<StepOptions, "cwd" | "log">): Promise<void> {
  if (nodeHeaders() !== undefined) return;
  await runStep(process.execPath, [nodeGyp(), "install", "--ensure"], {
    ...options,
    hint: "Node's headers are missing and could not be fetched: install them (on Debian or Ubuntu, apt-get install libnode-dev), or set npm_config_nodedir to a folder that has include/node",
  });
}

/** Lines of compilers, linkers and make; node-gyp writes a page of its own below them. */
const compilerErrors = /\berror: |undefined reference|cannot find -l|\*\*\* /;

/**
 * Builds the binding whose binding.gyp is in `options.cwd`, into build/Release there.
 *
 * @param variables what binding.gyp reads as `<(name)`
 */
export async function buildBinding(
  variables: Readonly<Record<string, string | number>>,
  options: StepOptions,
): Promise<void> {
  const headers = nodeHeaders();
  await runStep(
    process.execPath,
    [
      nodeGyp(),
      "rebuild",
      ...(headers === undefined ? [] : [`--nodedir=${headers}`]),
      ...Object.entries(variables).map(([name, value]) => `--${name}=${value}`),
    ],
    { ...options, blame: compilerErrors },
  );
}
