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
  };
}

/** The colours for messages, or for results. */
export function styleOf(terminal: Terminal, where: "messages" | "results" = "messages"): Style {
  const isTerminal = where === "messages" ? terminal.stderrIsTerminal : terminal.stdoutIsTerminal;
  return wantsColour(isTerminal, terminal.environment) ? colourStyle : plainStyle;
}

/** Shows a report: for people among the messages, for programs as the result. */
export function showReport(report: Report, format: Format, terminal: Terminal): void {
  const text = reporters[format](report, styleOf(terminal));
  if (format === "pretty") terminal.error(text);
  else terminal.out(text);
}
