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
  /** Peak resident memory of the process so far, bytes. */
  readonly peak: number;
}

/** A process that takes one step for each line it is sent, so that several can take turns. */
export interface Contender<Said = Ready, Took = Measured> {
  readonly name: string;
  readonly ready: Said;
  step(): Promise<Took>;
  close(): void;
}

/** Starts a contender; undefined, with a line that says why, when it cannot run here. */
export async function start<Said = Ready, Took = Measured>(
  name: string,
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Contender<Said, Took> | undefined> {
  const child: ChildProcess = spawn(command, [...args], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...environment },
  });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error(`${name} has no pipes`);
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const line = await lines.next();
    return line.done ? undefined : JSON.parse(line.value);
  };
  const ready = (await next()) as Said | undefined;
  if (ready === undefined) {
    console.log(`${name}: cannot run here`);
    return undefined;
  }
  return {
    name,
    ready,
    step: async () => {
      stdin.write("step\n");
      const measured = (await next()) as Took | undefined;
      if (measured === undefined) throw new Error(`${name} ended in a step`);
      return measured;
    },
    close: () => stdin.end(),
  };
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
