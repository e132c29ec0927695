import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { UserError } from "../../errors.ts";

/** How an installation reports what it does. */
export interface Progress {
  /** A new step begins, in words. */
  step(text: string): void;
}

export interface StepOptions {
  readonly cwd: string;
  /** Where all output goes; the error message shows some of its lines. */
  readonly log: string;
  /** What to do when the command fails or is missing. */
  readonly hint: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What the lines look like that say why the command failed; its last lines are shown where there are none. */
  readonly blame?: RegExp;
  /** Seconds after which the command is ended; none by default. */
  readonly timeout?: number;
}

/**
 * Runs a command to its end with its output in a log file and returns its standard output.
 * Throws a `UserError` with the command, the lines that tell why, and the hint when it cannot start or fails.
 */
export async function runStep(
  command: string,
  args: readonly string[],
  options: StepOptions,
): Promise<string> {
  const shown = [command, ...args].join(" ");
  appendFileSync(options.log, `\n$ ${shown}\n`);
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: options.timeout === undefined ? undefined : options.timeout * 1000,
  });
  let output = "";
  let everything = "";
  let line = "";
  const blamed: string[] = [];
  const collect = (chunk: Buffer) => {
    appendFileSync(options.log, chunk);
    const text = chunk.toString();
    everything = (everything + text).slice(-4000);
    const [rest = "", ...lines] = (line + text).split("\n").reverse();
    line = rest;
    if (options.blame !== undefined)
      blamed.push(...lines.reverse().filter((one) => options.blame?.test(one)));
  };
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    collect(chunk);
  });
  child.stderr.on("data", collect);
  const failure = await new Promise<string | undefined>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) =>
      resolve(code === 0 ? undefined : `it ended with ${signal ?? `exit code ${code}`}`),
    );
  });
  if (failure === undefined) return output;
  const shownLines = blamed.length > 0 ? blamed.slice(0, 8) : everything.trimEnd().split("\n").slice(-8);
  const tail = shownLines.join("\n    ");
  throw new UserError(
    `\`${shown}\` failed: ${failure}${tail === "" ? "" : `\n    ${tail}`}\n  (all of its output is in ${options.log})`,
    options.hint,
  );
}
