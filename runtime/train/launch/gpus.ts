import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Topology } from "../../distributed/topology.ts";
import { UserError } from "../../errors.ts";

/**
 * The GPU of each of `size` processes, as CUDA names it, out of those that `CUDA_VISIBLE_DEVICES` leaves.
 * @param numGpus GPUs of this machine; undefined where it cannot be asked: then nothing is checked
 * @throws UserError where there are fewer GPUs than processes
 */
export function assignGpus(
  size: number,
  visible: string | undefined,
  numGpus: number | undefined,
): readonly string[] {
  const gpus = visible === undefined ? all(numGpus ?? size) : leftBy(visible, numGpus);
  if (gpus.length >= size) return gpus.slice(0, size);
  const have = ["no GPU", "one GPU"][gpus.length] ?? `${gpus.length} GPUs`;
  const where = visible === undefined ? "this machine has" : `CUDA_VISIBLE_DEVICES=${visible} leaves`;
  throw new UserError(
    `run.world_size is ${size}, one GPU for each process, but ${where} ${have}`,
    gpus.length === 0
      ? "set run.device = cpu to train on the processors"
      : `set run.world_size = ${gpus.length}, or run.device = cpu`,
  );
}

const all = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => String(index));

/** CUDA sees the devices of the list up to the first that is none. */
function leftBy(visible: string, numGpus: number | undefined): readonly string[] {
  const named = visible.split(",").map((name) => name.trim());
  const isNone = (name: string) =>
    name === "" || (/^-?\d+$/.test(name) && (Number(name) < 0 || Number(name) >= (numGpus ?? Infinity)));
  const end = named.findIndex(isNone);
  return end < 0 ? named : named.slice(0, end);
}

/**
 * The GPU of a process that another launcher started among several of this host; undefined where that launcher has
 * left it but one (`srun --gpus-per-task 1`), and where there is nothing to choose.
 * @throws UserError where there are fewer GPUs than processes
 */
export async function gpuOf(
  { launcher, localRank, localWorldSize }: Topology,
  visible = process.env.CUDA_VISIBLE_DEVICES,
): Promise<string | undefined> {
  if (launcher === "lavis" || localWorldSize === 1 || (visible !== undefined && !visible.includes(","))) {
    return undefined;
  }
  return assignGpus(localWorldSize, visible, await countGpus())[localRank];
}

/** The number of NVIDIA GPUs of this machine; undefined where nvidia-smi cannot be asked or sees none. */
export async function countGpus(): Promise<number | undefined> {
  try {
    const { stdout } = await promisify(execFile)("nvidia-smi", ["-L"], { timeout: 30_000 });
    const count = stdout.split("\n").filter((line) => /^GPU \d+:/.test(line)).length;
    return count === 0 ? undefined : count;
  } catch {
    return undefined;
  }
}
