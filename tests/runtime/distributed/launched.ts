import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { Joined, NotJoined } from "./joiner.ts";

/** The command that runs joiner.ts. */
export const joiner: readonly string[] = [
  process.execPath,
  "--import",
  import.meta.resolve("tsx"),
  fileURLToPath(new URL("./joiner.ts", import.meta.url)),
];

/** Whatever launchers set, or a person for them. */
const launchers =
  /^(RANK|WORLD_SIZE|LOCAL_.*|GROUP_.*|MASTER_.*|(LAVIS|TORCHELASTIC|SLURM|OMPI|PMIX?|MPI)_.*)$/;

/** This process's environment without that of a launcher, and with `added`. */
export function environment(added: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !launchers.test(name) || name === "LAVIS_CACHE");
  return { ...Object.fromEntries(own), ...added };
}

/** How a command ended, and the lines of JSON among what it printed. */
export interface Ended<Line = Joined & NotJoined> {
  readonly code: number | null;
  readonly lines: readonly Line[];
  readonly error: string;
}

/** Runs a command to its end; it ends with the test at the latest. */
export async function run<Line = Joined & NotJoined>(
  [command = "", ...args]: readonly string[],
  added: Readonly<Record<string, string>> = {},
): Promise<Ended<Line>> {
  const child: ChildProcess = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: environment(added),
    detached: true,
  });
  onTestFinished(() => {
    try {
      process.kill(-(child.pid ?? 0), "SIGKILL");
    } catch {
      // All have ended, as they should.
    }
  });
  const [output, error] = [child.stdout, child.stderr].map((stream) => {
    const chunks: Buffer[] = [];
    stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
    return chunks;
  });
  const [code] = (await once(child, "close")) as [number | null];
  const text = Buffer.concat(output ?? []).toString();
  const lines = text.split("\n").filter((line) => line.startsWith("{"));
  return {
    code,
    lines: lines.map((line) => JSON.parse(line)),
    error: Buffer.concat(error ?? []).toString(),
  };
}

/** Runs one process for each environment, as a launcher would. */
export function runEach(
  environments: readonly Readonly<Record<string, string>>[],
  ...args: string[]
): Promise<Ended[]> {
  return Promise.all(environments.map((added) => run([...joiner, ...args], added)));
}

/** torchrun, which may have another name; undefined where it is not there. */
export function foundTorchrun(): string | undefined {
  return found(process.env.LAVIS_TORCHRUN || "torchrun", "--help");
}

/** The environment without which mpirun does not start anything for root. */
export const mpirunAsRoot = { OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1" };

/** A command that is there, or undefined. */
export function found(command: string, ...args: string[]): string | undefined {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0 ? command : undefined;
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
