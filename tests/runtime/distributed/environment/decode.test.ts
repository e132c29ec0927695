import { describe, expect, it } from "vitest";
import { decodeEnvironment } from "../../../../runtime/distributed/environment/decode.ts";
import { describeTopology } from "../../../../runtime/distributed/environment/describe.ts";
import type { Topology } from "../../../../runtime/distributed/topology.ts";
import {
  batch,
  lavis,
  mpich,
  openmpi,
  pytorchjob,
  slurm,
  torchrun,
  type Variables,
  without,
} from "./variables.ts";

describe("an environment that no launcher has made", () => {
  const plain: readonly (readonly [string, Variables])[] = [
    ["nothing", {}],
    ["variables that are set to nothing", { RANK: "", WORLD_SIZE: " " }],
    ["the shell of a SLURM batch script", batch],
    ["the interactive step of salloc", { ...batch, SLURM_STEP_ID: "4294967290", SLURM_STEP_NUM_TASKS: "1" }],
    [
      "a master's address alone, as scripts export it for all",
      { MASTER_ADDR: "node1", MASTER_PORT: "29500" },
    ],
  ];
  it.each(plain)("has no place in a job: %s", (_, variables) => {
    expect(decodeEnvironment(variables)).toBeUndefined();
  });
});

describe("the environment of a process that was started by", () => {
  const unnamed: Variables = { ...torchrun, TORCHELASTIC_RESTART_COUNT: "0" };
  const alone = { rank: 0, worldSize: 1, localRank: 0, localWorldSize: 1, nodeRank: 0, numNodes: 1 };
  const cases: readonly (readonly [string, Variables, Partial<Topology>])[] = [
    [
      "the program's own launcher",
      lavis,
      {
        launcher: "lavis",
        rank: 1,
        worldSize: 4,
        localRank: 1,
        localWorldSize: 4,
        nodeRank: 0,
        numNodes: 1,
        master: { host: "127.0.0.1", port: 34001 },
        jobId: "job",
        restartCount: 2,
        token: "secret",
      },
    ],
    [
      "the program's own launcher, alone",
      { RANK: "0", LOCAL_RANK: "0", WORLD_SIZE: "1" },
      { launcher: "lavis", ...alone, master: undefined, jobId: "alone", restartCount: 0, token: undefined },
    ],
    [
      "torchrun, whose agent has the master's port",
      torchrun,
      {
        launcher: "torchrun",
        rank: 3,
        worldSize: 4,
        localRank: 1,
        localWorldSize: 2,
        nodeRank: 1,
        numNodes: 2,
        master: { host: "node1", port: 29501 },
        jobId: "torchrun-none-node1:29500",
        restartCount: 1,
        mayBeRestarted: true,
      },
    ],
    ["torchrun for the first time", unnamed, { restartCount: 0, mayBeRestarted: false }],
    [
      "torchrun with a run's id, maybe again after a host has come or gone, when another is the master",
      { ...unnamed, TORCHELASTIC_RUN_ID: "mine", MASTER_ADDR: "node2", MASTER_PORT: "41234" },
      {
        jobId: "torchrun-mine",
        restartCount: 0,
        mayBeRestarted: true,
        master: { host: "node2", port: 41235 },
      },
    ],
    [
      "torchrun, whose agent leaves rank 0 the master's port",
      { ...torchrun, TORCHELASTIC_USE_AGENT_STORE: "False" },
      { master: { host: "node1", port: 29500 } },
    ],
    [
      "torchrun at the last port",
      { ...torchrun, MASTER_PORT: "65535" },
      { master: { host: "node1", port: 65534 } },
    ],
    [
      "torchrun, with an identity that the user gave",
      { ...torchrun, LAVIS_JOB_ID: "mine", LAVIS_JOB_TOKEN: "hush", LAVIS_RESTART_COUNT: "5" },
      { launcher: "torchrun", jobId: "mine", token: "hush", restartCount: 5 },
    ],
    [
      "a PyTorchJob, which sets no local rank",
      pytorchjob,
      {
        launcher: "pytorchjob",
        rank: 1,
        worldSize: 3,
        localRank: 0,
        localWorldSize: 1,
        nodeRank: 1,
        numNodes: 3,
        master: { host: "job-master-0", port: 23456 },
        jobId: "pytorchjob-job-master-0:23456",
      },
    ],
    [
      "hand on one host",
      { ...pytorchjob, MASTER_ADDR: "localhost" },
      { localRank: 1, localWorldSize: 3, nodeRank: 0, numNodes: 1 },
    ],
    [
      "Open MPI on one host",
      openmpi,
      {
        launcher: "openmpi",
        rank: 1,
        worldSize: 2,
        localRank: 1,
        localWorldSize: 2,
        nodeRank: 0,
        numNodes: 1,
        master: { host: "127.0.0.1", port: expect.any(Number) },
        jobId: "openmpi-929497089",
      },
    ],
    [
      "Open MPI 5, whose jobs have names",
      { ...without(openmpi, "OMPI_MCA_ess_base_jobid"), PMIX_NAMESPACE: "prterun-node1-42@1" },
      { jobId: "openmpi-prterun-node1-42@1" },
    ],
    [
      "Open MPI on two hosts that were told where rank 0 is",
      {
        ...openmpi,
        OMPI_COMM_WORLD_SIZE: "4",
        OMPI_MCA_orte_num_nodes: "2",
        MASTER_ADDR: "node1",
        MASTER_PORT: "29500",
      },
      { worldSize: 4, numNodes: 2, master: { host: "node1", port: 29500 } },
    ],
    [
      "Open MPI on two hosts that were not",
      { ...openmpi, OMPI_COMM_WORLD_SIZE: "4", OMPI_MCA_orte_num_nodes: "2" },
      { worldSize: 4, numNodes: 2, master: undefined },
    ],
    [
      "mpirun within a SLURM job, whose helpers srun has started",
      { ...slurm, SLURM_STEP_NUM_TASKS: "2", SLURM_PROCID: "1", ...openmpi },
      { launcher: "openmpi", rank: 1, worldSize: 2 },
    ],
    [
      "MPICH with a job's name",
      { ...mpich, LAVIS_JOB_ID: "mine" },
      {
        launcher: "mpich",
        worldSize: 2,
        localWorldSize: 2,
        jobId: "mine",
        master: { host: "127.0.0.1", port: expect.any(Number) },
      },
    ],
    [
      "MPICH with a master's address",
      { ...mpich, MASTER_ADDR: "node1", MASTER_PORT: "4000" },
      { launcher: "mpich", jobId: "mpich-node1:4000", master: { host: "node1", port: 4000 } },
    ],
    [
      "MPICH within a SLURM job",
      { ...slurm, ...mpich, LAVIS_JOB_ID: "mine" },
      { launcher: "mpich", worldSize: 2 },
    ],
    [
      "srun",
      slurm,
      {
        launcher: "slurm",
        rank: 2,
        worldSize: 3,
        localRank: 0,
        localWorldSize: 1,
        nodeRank: 1,
        numNodes: 2,
        master: { host: "node07", port: expect.any(Number) },
        jobId: "slurm-4711.0",
        restartCount: 0,
        mayBeRestarted: false,
      },
    ],
    ["srun with PMI", { ...slurm, PMI_RANK: "2", PMI_SIZE: "3" }, { launcher: "slurm", rank: 2 }],
    [
      "srun again, after a requeue",
      { ...slurm, SLURM_RESTART_COUNT: "1" },
      { restartCount: 1, mayBeRestarted: true, jobId: "slurm-4711.0" },
    ],
    [
      "srun in a script that exports PyTorch's variables",
      { ...slurm, WORLD_SIZE: "3", MASTER_ADDR: "node07", MASTER_PORT: "29500" },
      { launcher: "slurm", rank: 2, worldSize: 3, master: { host: "node07", port: 29500 } },
    ],
    ["torchrun within srun", { ...slurm, ...torchrun }, { launcher: "torchrun", rank: 3, worldSize: 4 }],
  ];
  it.each(cases)("%s", (_, variables, expected) => {
    expect(decodeEnvironment(variables)).toMatchObject(expected);
  });

  it("srun gives each step, and Open MPI each job, a port of its own that is the same in all processes", () => {
    const portOf = (variables: Variables) => decodeEnvironment(variables)?.master?.port;
    expect(portOf(slurm)).toBe(
      portOf({ ...slurm, SLURM_PROCID: "0", SLURM_NODEID: "0", SLURM_RESTART_COUNT: "3" }),
    );
    expect(portOf(slurm)).not.toBe(portOf({ ...slurm, SLURM_STEP_ID: "1" }));
    expect(portOf(openmpi)).not.toBe(portOf({ ...openmpi, OMPI_MCA_ess_base_jobid: "1" }));
    expect(portOf(slurm)).toBeGreaterThanOrEqual(15_000);
  });

  it.each([
    ["node[01-03,7],gpu1", "node01"],
    ["node[7,09-12]", "node7"],
    ["gpu1,node[01-03]", "gpu1"],
    ["rack[0-1]-node[4,5]", "rack0-node4"],
    ["node1.cluster.example", "node1.cluster.example"],
  ])("srun on the hosts %s meets on %s", (SLURM_STEP_NODELIST, host) => {
    expect(decodeEnvironment({ ...slurm, SLURM_STEP_NODELIST })?.master?.host).toBe(host);
  });
});

describe("a topology in one line", () => {
  it.each([
    [
      torchrun,
      "rank 3 of 4 on 2 hosts (local rank 1 of 2 on host 1), started by torchrun, meeting at node1:29501, restarted once",
    ],
    [
      lavis,
      "rank 1 of 4 on one host, started by this program, meeting at 127.0.0.1:34001, restarted 2 times",
    ],
    [{ RANK: "0", WORLD_SIZE: "1" }, "one process, started by this program"],
    [
      { ...pytorchjob, MASTER_ADDR: "fe80::1" },
      "rank 1 of 3 on 3 hosts (local rank 0 of 1 on host 1), started by a PyTorchJob or alike, meeting at [fe80::1]:23456",
    ],
  ])("names what decides where the process works: %#", (variables, line) => {
    const topology = decodeEnvironment(variables);
    expect(topology && describeTopology(topology)).toBe(line);
  });
});
