import type { Topology } from "../topology.ts";
import { identify } from "./identity.ts";
import { loopback, readMaster } from "./master.ts";
import { firstHost, tasksOnNode } from "./node-list.ts";
import { place } from "./placement.ts";
import { type Environment, portOf, readCount, readText, requireCount, requireText } from "./variables.ts";

const launcher = "srun";

/** SLURM numbers the steps that are no srun (interactive shells, batch scripts, …) from here on (slurm.h). */
const firstSpecialStep = 0xffff_fff0;

/**
 * Whether srun started this process. Within sbatch or salloc a plain `node` sees the job's variables too, with
 * SLURM_PROCID=0 and the number of tasks that srun would start: as one of them it would wait for ever.
 */
export function isSlurmStep(env: Environment): boolean {
  const step = readText(env, "SLURM_STEP_ID");
  if (step === undefined || !/^\d+$/.test(step) || Number(step) >= firstSpecialStep) return false;
  return readText(env, "SLURM_STEP_NUM_TASKS") !== undefined && readText(env, "SLURM_PROCID") !== undefined;
}

/** A task of a SLURM step. Rank 0 is on the first host of the step's list. */
export function decodeSlurm(env: Environment): Topology | undefined {
  if (!isSlurmStep(env)) return undefined;
  const worldSize = requireCount(env, "SLURM_STEP_NUM_TASKS", launcher);
  const nodeRank = readCount(env, "SLURM_NODEID");
  const numNodes = readCount(env, "SLURM_STEP_NUM_NODES") ?? readCount(env, "SLURM_NNODES");
  const tasks = readText(env, "SLURM_STEP_TASKS_PER_NODE");
  const localWorldSize =
    tasks === undefined
      ? { name: "SLURM_STEP_NUM_TASKS", value: Math.ceil(worldSize.value / (numNodes?.value || 1)) }
      : { name: "SLURM_STEP_TASKS_PER_NODE", value: tasksOnNode(tasks, nodeRank?.value ?? 0) };
  const where = place({
    rank: requireCount(env, "SLURM_PROCID", launcher),
    worldSize,
    localRank: requireCount(env, "SLURM_LOCALID", launcher),
    localWorldSize,
    nodeRank,
    numNodes,
  });
  const id = `slurm-${requireText(env, "SLURM_JOB_ID", launcher)}.${readText(env, "SLURM_STEP_ID")}`;
  const job = identify(env, { jobId: id, restarts: "SLURM_RESTART_COUNT" });
  const port = portOf(job.jobId);
  const hosts = (): string => firstHost(requireText(env, "SLURM_STEP_NODELIST", launcher));
  return {
    launcher: "slurm",
    ...where,
    // Scripts for PyTorch export MASTER_ADDR and MASTER_PORT.
    master: readMaster(env, launcher, port) ?? { host: where.numNodes === 1 ? loopback : hosts(), port },
    ...job,
  };
}
