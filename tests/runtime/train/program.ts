import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Stamped } from "../../../runtime/train/events.ts";
import { tinyModel } from "./fixture.ts";
import { type Options, programText } from "./program-text.ts";

/** What a test changes of the program's recipe, section by section. */
export interface ProgramChanges {
  readonly task?: Options;
  readonly model?: Options;
  readonly schedule?: Options;
  readonly run?: Options;
  /** Ratios by which datasets of the same pictures are mixed; one dataset without. */
  readonly ratios?: readonly number[];
}

/**
 * Writes a program that trains on the pictures of `makeData` until it is stopped; `before` is JavaScript that
 * runs ahead of it, `engine` what computes, as recipes name it. Its training processes print `worker PID`.
 */
export function writeProgram(
  folder: string,
  name: string,
  before = "",
  engine = "wasm",
  changes: ProgramChanges = {},
): string {
  const path = join(folder, name);
  const splits = ["train", "val", "test"];
  const program = programText({
    before: `if (process.env.RANK !== undefined) console.log("worker " + process.pid);\n${before}`,
    task: { max_len: 7, min_len: 4, ...changes.task },
    model: { ...tinyModel(folder), ...changes.model },
    images: join(folder, "images"),
    annotations: Object.fromEntries(splits.map((split) => [split, join(folder, `${split}.json`)])),
    ...(changes.ratios && { ratios: changes.ratios }),
    schedule: { init_lr: 1e-4, max_epoch: 100_000, ...changes.schedule },
    run: {
      batch_size_train: 4,
      batch_size_eval: 4,
      device: "cpu",
      engine,
      threads: 1,
      num_workers: 1,
      save_freq: 1,
      log_freq: 1,
      valid_splits: [],
      test_splits: [],
      output_dir: join(folder, "output"),
      ...changes.run,
    },
  });
  writeFileSync(path, program);
  return path;
}

/** The environment of a person's shell: no launcher's variables, no continuous integration, no forced colours. */
export function cleanEnvironment(added: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const foreign = /^(RANK|LOCAL_RANK|WORLD_SIZE|CI|CI_.*|CONTINUOUS_INTEGRATION|FORCE_COLOR|NODE_OPTIONS)$/;
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(own), ...added };
}

/** What the interface printed with `--ui json`; lines that are no JSON are of type `text`. */
export type Printed = Stamped | { readonly type: "output" | "text"; readonly text: string };

/** A program that runs. */
export interface Started {
  readonly child: ChildProcess;
  readonly printed: readonly Printed[];
  /** Resolves to the first line that fits, also if it was printed already; rejects when the program ends. */
  until<T extends Printed>(fits: (line: Printed) => line is T): Promise<T>;
  /** Resolves when the n-th training step is done. */
  step(n: number): Promise<void>;
  /** The training process. */
  workerPid(): Promise<number>;
  /** Sends a signal to the launcher and the training process, as a terminal does. */
  signalAll(signal: NodeJS.Signals): void;
  /** The exit code (or the signal) and the error output. */
  end(): Promise<{ readonly code: number | string | null; readonly error: string }>;
}

/** Starts a program in a process group of its own. */
export function startProgram(
  path: string,
  args: readonly string[] = ["--ui", "json"],
  env: Readonly<Record<string, string>> = {},
): Started {
  const child = spawn(process.execPath, [path, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    env: cleanEnvironment(env),
  });
  const printed: Printed[] = [];
  const listeners = new Set<() => void>();
  createInterface({ input: child.stdout! }).on("line", (line) => {
    printed.push(line.startsWith("{") ? JSON.parse(line) : { type: "text", text: line });
    for (const listener of listeners) listener();
  });
  let error = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    error += chunk;
  });
  const closed = once(child, "close") as Promise<[number | null, string | null]>;
  const until: Started["until"] = (fits) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = printed.find(fits);
        if (!found) return;
        listeners.delete(look);
        resolve(found);
      };
      listeners.add(look);
      closed.then(() => reject(new Error(`it ended first: ${error}${JSON.stringify(printed.at(-1))}`)));
      look();
    });
  return {
    child,
    printed,
    until,
    async step(n) {
      await until((line): line is Printed & { type: "step" } => line.type === "step" && line.step >= n);
    },
    async workerPid() {
      const line = await until(
        (one): one is Printed & { type: "output" } => one.type === "output" && one.text.startsWith("worker "),
      );
      return Number(line.text.split(" ")[1]);
    },
    signalAll: (signal) => void process.kill(-(child.pid ?? 0), signal),
    async end() {
      const [code, signal] = await closed;
      return { code: signal ?? code, error };
    },
  };
}
