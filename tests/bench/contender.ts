import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** What a contender says of itself when it is ready. */
export interface Ready {
  readonly parameters: number;
  readonly version: string;
}

/** One training step as a contender measured it. */
export interface Measured {
  /** Wall time of the step. */
  readonly seconds: number;
  readonly loss: number;
  /** Most memory so far, bytes: resident memory of the process, or what tensors took on a GPU. */
  readonly peak: number;
  /** The engine's own count of the bytes of its tensors; PyTorch on the CPU has none. */
  readonly tensorPeak?: number;
}

/** A process that takes one step for each line it is sent, so that several can take turns. */
export interface Contender<Said = Ready, Took = Measured> {
  readonly name: string;
  readonly ready: Said;
  /** @throws EndedEarly when the process ends in it, such as for want of memory */
  step(): Promise<Took>;
  /** Resolves when the process is gone, and its memory with it. */
  close(): Promise<void>;
}

/** A contender's process has ended before it was asked to; the message says why, in one line. */
export class EndedEarly extends Error {
  override readonly name = "EndedEarly";
}

/** Starts a contender; undefined, with a line that says why, when it cannot run here. */
export async function start<Said = Ready, Took = Measured>(
  name: string,
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Contender<Said, Took> | undefined> {
  const child = spawn(command, [...args], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2", ...environment },
  });
  const { stdin, stdout, stderr } = child;
  stdin.on("error", () => {
    // It has ended: `next` says so.
  });
  let errors = "";
  stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-20_000);
  });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", () => resolve(reasonOfEnd(child, errors)));
  });
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const line = await lines.next();
    return line.done ? undefined : JSON.parse(line.value);
  };
  const ready = (await next()) as Said | undefined;
  if (ready === undefined) {
    console.log(`${name}: cannot run here: ${await ended}`);
    return undefined;
  }
  return {
    name,
    ready,
    step: async () => {
      stdin.write("step\n");
      const measured = (await next()) as Took | undefined;
      if (measured === undefined) throw new EndedEarly(await ended);
      return measured;
    },
    close: async () => {
      stdin.end();
      await ended;
    },
  };
}

/** The error that a process printed last, without its trace; how it ended where it printed none. */
function reasonOfEnd({ exitCode, signalCode }: ChildProcess, errors: string): string {
  const said = errors.match(/^[\w.]*(?:Error|Exception)\b.*$/gm)?.at(-1);
  if (said !== undefined) return said;
  if (signalCode === "SIGKILL") return "it was ended by SIGKILL, most likely for want of memory";
  return signalCode === null ? `it ended with exit code ${exitCode}` : `it was ended by ${signalCode}`;
}

/** The command line that runs a TypeScript file of this folder in a process of its own. */
export function runFile(name: string, ...args: readonly string[]): [string, readonly string[]] {
  return [process.execPath, ["--import", "tsx", benchFile(name), ...args]];
}

/** The Python that has PyTorch: `$LAVIS_BENCH_PYTHON`, else `python3`; undefined when neither has it. */
export function pythonWithTorch(): string | undefined {
  const python = process.env.LAVIS_BENCH_PYTHON ?? "python3";
  const { status } = spawnSync(python, ["-c", "import torch"], { stdio: "ignore" });
  if (status === 0) return python;
  console.log(
    "PyTorch is not installed for this Python (LAVIS_BENCH_PYTHON names another): its rows are missing",
  );
  return undefined;
}

/** The path of a file of this folder. */
export function benchFile(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** The middle one of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
