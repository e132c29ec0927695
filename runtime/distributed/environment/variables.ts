import { createHash } from "node:crypto";
import { UserError } from "../../errors.ts";

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A number of the environment with the variable that it was read from, for errors. */
export interface Setting {
  readonly name: string;
  readonly value: number;
}

/** The variable's text; a variable that is set to nothing counts as not set. */
export function readText(env: Environment, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === "" ? undefined : text;
}

/** Beyond every job there is: a larger number is an identifier or a typing error. */
const mostProcesses = 1_000_000;

/** The variable as a count. @throws UserError where it is set to anything but a count */
export function readCount(env: Environment, name: string, most = mostProcesses): Setting | undefined {
  const text = readText(env, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= most) return { name, value };
  throw new UserError(
    `${name}=${text} in the environment is no whole number from 0 to ${most}`,
    `correct ${name}, or unset it if no launcher is meant to have started this process`,
  );
}

/** As {@link readCount}, of a variable that `launcher` always sets. @throws UserError where it does not */
export function requireCount(env: Environment, name: string, launcher: string): Setting {
  const setting = readCount(env, name);
  if (setting !== undefined) return setting;
  throw notSet(env, name, launcher);
}

/** As {@link readText}, of a variable that `launcher` always sets. @throws UserError where it does not */
export function requireText(env: Environment, name: string, launcher: string): string {
  const text = readText(env, name);
  if (text !== undefined) return text;
  throw notSet(env, name, launcher);
}

/** Variables by which processes are placed, of all launchers: an error shows those that are set. */
const telling =
  /^(RANK|WORLD_SIZE|LOCAL_RANK|LOCAL_WORLD_SIZE|MASTER_ADDR|MASTER_PORT|LAVIS_RENDEZVOUS|TORCHELASTIC_RUN_ID|OMPI_COMM_WORLD_(LOCAL_)?(RANK|SIZE)|PMI_(RANK|SIZE)|MPI_LOCAL(RANKID|NRANKS)|SLURM_(PROCID|LOCALID|STEP_ID|STEP_NUM_TASKS|STEP_NODELIST))$/;

function notSet(env: Environment, name: string, launcher: string): UserError {
  const found = Object.keys(env)
    .filter((key) => telling.test(key) && readText(env, key) !== undefined)
    .sort()
    .map((key) => `${key}=${env[key]}`);
  return new UserError(
    `${name} is not set in the environment, but ${found.join(", ")} ${found.length > 1 ? "are" : "is"}: processes that ${launcher} starts have all of them`,
    `set ${name} too, or unset the others if no launcher is meant to have started this process`,
  );
}

/**
 * A port for what has a name but no port, the same in every process: below those that systems hand out by
 * themselves.
 */
export function portOf(id: string): number {
  return 15_000 + (createHash("sha256").update(id).digest().readUInt32LE(0) % 15_000);
}
