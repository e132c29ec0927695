import { decodeRecipe } from "../program/index.ts";
import {
  colourStyle,
  type Format,
  plainStyle,
  type Report,
  reporters,
  type Style,
  wantsColour,
} from "../report/index.ts";

import { UsageError } from "./exit.ts";

/** The process around a command, so that tests need none. */
export interface Terminal {
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Results. */
  readonly out: (text: string) => void;
  /** Messages, and diagnostics for people. */
  readonly error: (text: string) => void;
  /** All of standard input. */
  readonly readInput: () => Promise<string>;
  readonly stdinIsTerminal: boolean;
  /** A line that somebody types behind a question; undefined at the end of the input. */
  readonly ask: (question: string) => Promise<string | undefined>;
  /** Settles when the process is told to stop: by the signal that Ctrl-C sends, or that ends a service. */
  readonly interrupted: () => Promise<void>;
}

/** The terminal of this process. A reader that has seen enough (`| head`) ends it quietly. */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit();
    });
  }
  return {
    workingFolder: process.cwd(),
    environment: process.env,
    stdoutIsTerminal: process.stdout.isTTY === true,
    stderrIsTerminal: process.stderr.isTTY === true,
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    async readInput() {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk);
      const text = decodeRecipe(Buffer.concat(chunks));
      if (typeof text === "string") return text;
      throw new UsageError(`standard input ${text.problem}`, text.hint);
    },
    stdinIsTerminal: process.stdin.isTTY === true,
    ask,
    interrupted: () =>
      new Promise((resolve) => {
        for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => resolve());
      }),
  };
}

async function ask(question: string): Promise<string | undefined> {
  const { createInterface } = await import("node:readline/promises");
  const questions = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<undefined>((resolve) => questions.once("close", () => resolve(undefined)));
  try {
    return await Promise.race([questions.question(question), closed]);
  } finally {
    questions.close();
  }
}

/** The colours for messages, or for results. */
export function styleOf(terminal: Terminal, where: "messages" | "results" = "messages"): Style {
  const isTerminal = where === "messages" ? terminal.stderrIsTerminal : terminal.stdoutIsTerminal;
  return wantsColour(isTerminal, terminal.environment) ? colourStyle : plainStyle;
}

/** Shows a report, or only its errors: for people among the messages, for programs as the result. */
export function showReport(whole: Report, format: Format, terminal: Terminal, isQuiet = false): void {
  const errors = whole.diagnostics.filter(({ severity }) => severity === "error");
  if (isQuiet && errors.length === 0 && format === "pretty") return;
  const report = isQuiet ? { ...whole, diagnostics: errors } : whole;
  const text = reporters[format](report, styleOf(terminal));
  if (format === "pretty") terminal.error(text);
  else terminal.out(text);
}

/** Says what went wrong that the user can mend, and what to do about it. */
export function showUserError(
  { message, hint }: Error & { readonly hint?: string },
  terminal: Terminal,
): void {
  const style = styleOf(terminal);
  terminal.error(`${style.error("error")}${style.bold(`: ${message}`)}\n`);
  if (hint) terminal.error(`  ${hint}\n`);
}
