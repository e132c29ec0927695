import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEnvironment } from "../../../../runtime/distributed/environment/decode.ts";
import { describeTopology } from "../../../../runtime/distributed/environment/describe.ts";
import type { Topology } from "../../../../runtime/distributed/topology.ts";
import { UserError } from "../../../../runtime/errors.ts";

type Variables = Readonly<Record<string, string>>;

const lavis: Variables = {
  RANK: "1",
  WORLD_SIZE: "4",
  LOCAL_RANK: "1",
  LOCAL_WORLD_SIZE: "4",
  LAVIS_RENDEZVOUS: "127.0.0.1:34001",
  LAVIS_JOB_ID: "job",
  LAVIS_JOB_TOKEN: "secret",
  LAVIS_RESTART_COUNT: "2",
};
/** As torchrun 2.13 sets them. */
const torchrun: Variables = {
  RANK: "3",
  WORLD_SIZE: "4",
  LOCAL_RANK: "1",
  LOCAL_WORLD_SIZE: "2",
  GROUP_RANK: "1",
  GROUP_WORLD_SIZE: "2",
  ROLE_RANK: "3",
  ROLE_WORLD_SIZE: "4",
  MASTER_ADDR: "node1",
  MASTER_PORT: "29500",
  TORCHELASTIC_RUN_ID: "none",
  TORCHELASTIC_RESTART_COUNT: "1",
  TORCHELASTIC_MAX_RESTARTS: "3",
  TORCHELASTIC_USE_AGENT_STORE: "True",
  OMP_NUM_THREADS: "1",
};
const pytorchjob: Variables = {
  RANK: "1",
  WORLD_SIZE: "3",
  MASTER_ADDR: "job-master-0",
  MASTER_PORT: "23456",
};
/** As Open MPI 4.1 sets them. */
const openmpi: Variables = {
  OMPI_COMM_WORLD_RANK: "1",
  OMPI_COMM_WORLD_SIZE: "2",
  OMPI_COMM_WORLD_LOCAL_RANK: "1",
  OMPI_COMM_WORLD_LOCAL_SIZE: "2",
  OMPI_COMM_WORLD_NODE_RANK: "1",
  OMPI_MCA_orte_num_nodes: "1",
  OMPI_MCA_ess_base_jobid: "929497089",
};
/** As Hydra of MPICH 4.0 sets them. */
const mpich: Variables = {
  PMI_RANK: "0",
  PMI_SIZE: "2",
  MPI_LOCALRANKID: "0",
  MPI_LOCALNRANKS: "2",
  PMI_FD: "6",
  HYDI_CONTROL_FD: "7",
};
/** As srun sets them in a step of three tasks on two hosts. */
const slurm: Variables = {
  SLURM_JOB_ID: "4711",
  SLURM_NTASKS: "3",
  SLURM_NNODES: "2",
  SLURM_STEP_ID: "0",
  SLURM_STEP_NUM_TASKS: "3",
  SLURM_STEP_NUM_NODES: "2",
  SLURM_STEP_TASKS_PER_NODE: "2,1",
  SLURM_STEP_NODELIST: "node[07-08]",
  SLURM_PROCID: "2",
  SLURM_LOCALID: "0",
  SLURM_NODEID: "1",
};
/** The shell of sbatch, or of salloc: SLURM's job, but no step of srun's. */
const batch: Variables = { SLURM_JOB_ID: "4711", SLURM_NTASKS: "3", SLURM_NNODES: "2", SLURM_PROCID: "0" };

function without(variables: Variables, ...names: readonly string[]): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !names.includes(name)));
}

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
      },
    ],
    ["srun with PMI", { ...slurm, PMI_RANK: "2", PMI_SIZE: "3" }, { launcher: "slurm", rank: 2 }],
    [
      "srun again, after a requeue",
      { ...slurm, SLURM_RESTART_COUNT: "1" },
      { restartCount: 1, jobId: "slurm-4711.0" },
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

describe("an environment that makes no sense", () => {
  const cases: readonly (readonly [string, Variables, RegExp, RegExp])[] = [
    [
      "RANK without WORLD_SIZE",
      { RANK: "0" },
      /WORLD_SIZE is not set in the environment, but RANK=0 is/,
      /set WORLD_SIZE too, or unset/,
    ],
    ["WORLD_SIZE without RANK", { WORLD_SIZE: "4" }, /has WORLD_SIZE=4 but no RANK/, /unset WORLD_SIZE/],
    [
      "a WORLD_SIZE that counts hosts",
      { ...pytorchjob, RANK: "9" },
      /has RANK=9 and WORLD_SIZE=3: ranks of 3 processes go from 0 to 2/,
      /where it counts hosts, start each host's processes with torchrun/,
    ],
    [
      "one host of eight processes",
      { ...torchrun, RANK: "0", WORLD_SIZE: "1", LOCAL_WORLD_SIZE: "8" },
      /LOCAL_WORLD_SIZE=8 and WORLD_SIZE=1: a host cannot have more processes than the job/,
      /counts hosts/,
    ],
    [
      "a rank that is no number",
      { ...pytorchjob, RANK: "one" },
      /RANK=one in the environment is no whole number/,
      /correct RANK/,
    ],
    ["a negative rank", { ...pytorchjob, RANK: "-1" }, /RANK=-1 .* no whole number/, /correct RANK/],
    [
      "no processes",
      { ...pytorchjob, RANK: "0", WORLD_SIZE: "0" },
      /WORLD_SIZE=0: a job has at least one process/,
      /correct WORLD_SIZE/,
    ],
    [
      "more processes than there are",
      { ...pytorchjob, WORLD_SIZE: "99999999999" },
      /WORLD_SIZE=99999999999 .* no whole number from 0 to 1000000/,
      /correct WORLD_SIZE/,
    ],
    [
      "a local rank beyond its host",
      { ...torchrun, LOCAL_RANK: "2" },
      /LOCAL_RANK=2 and LOCAL_WORLD_SIZE=2: ranks of 2 processes go from 0 to 1 on one host/,
      /correct LOCAL_RANK/,
    ],
    [
      "a host beyond their number",
      { ...torchrun, GROUP_RANK: "2" },
      /GROUP_RANK=2 and GROUP_WORLD_SIZE=2/,
      /correct GROUP_RANK/,
    ],
    [
      "a local rank of unknown many",
      { ...pytorchjob, LOCAL_RANK: "1" },
      /LOCAL_RANK=1 but no LOCAL_WORLD_SIZE/,
      /set LOCAL_WORLD_SIZE/,
    ],
    [
      "a process of several of its host, but which?",
      { ...pytorchjob, LOCAL_WORLD_SIZE: "3" },
      /LOCAL_WORLD_SIZE=3 but no LOCAL_RANK/,
      /set LOCAL_RANK/,
    ],
    [
      "torchrun without a rank",
      without(torchrun, "RANK"),
      /RANK is not set .* but .*TORCHELASTIC_RUN_ID=none.*processes that torchrun starts have all of them/,
      /set RANK too/,
    ],
    [
      "no place to meet",
      without(pytorchjob, "MASTER_ADDR", "MASTER_PORT"),
      /neither MASTER_ADDR nor MASTER_PORT/,
      /host of rank 0/,
    ],
    [
      "half a place to meet",
      without(pytorchjob, "MASTER_PORT"),
      /MASTER_PORT is not set .* but .*MASTER_ADDR=job-master-0/,
      /set MASTER_PORT/,
    ],
    [
      "the other half",
      without(pytorchjob, "MASTER_ADDR"),
      /MASTER_PORT=23456 is set in the environment without MASTER_ADDR/,
      /host of rank 0/,
    ],
    [
      "a port that is none",
      { ...pytorchjob, MASTER_PORT: "70000" },
      /MASTER_PORT=70000 .* no whole number from 0 to 65535/,
      /correct MASTER_PORT/,
    ],
    ["port 0", { ...pytorchjob, MASTER_PORT: "0" }, /MASTER_PORT=0 is no port to meet at/, /free one/],
    [
      "half of Open MPI",
      without(openmpi, "OMPI_COMM_WORLD_SIZE"),
      /OMPI_COMM_WORLD_SIZE is not set .*OMPI_COMM_WORLD_RANK=1/,
      /OMPI_COMM_WORLD_SIZE/,
    ],
    [
      "MPICH's job without a name",
      mpich,
      /PMI_RANK=0 and PMI_SIZE=2 are set, but nothing names the job/,
      /-genv LAVIS_JOB_ID/,
    ],
    [
      "a launcher's rendezvous without a rank",
      { LAVIS_RENDEZVOUS: "127.0.0.1:1" },
      /RANK is not set .* but LAVIS_RENDEZVOUS=127.0.0.1:1 is/,
      /set RANK too/,
    ],
    [
      "a launcher's rendezvous that is none",
      { ...lavis, LAVIS_RENDEZVOUS: "here" },
      /LAVIS_RENDEZVOUS is "here", which is no host and port/,
      /host:port/,
    ],
    [
      "SLURM's list of hosts cut off",
      { ...slurm, SLURM_STEP_NODELIST: "node[07-" },
      /SLURM_STEP_NODELIST is "node\[07-"/,
      /set MASTER_ADDR/,
    ],
    [
      "SLURM's tasks of too few hosts",
      { ...slurm, SLURM_STEP_TASKS_PER_NODE: "3" },
      /SLURM_STEP_TASKS_PER_NODE is "3", .* how many tasks host 1 has/,
      /2\(x3\),1/,
    ],
    [
      "a step of SLURM without its local ids",
      without(slurm, "SLURM_LOCALID"),
      /SLURM_LOCALID is not set .*SLURM_PROCID=2/,
      /set SLURM_LOCALID too/,
    ],
  ];
  it.each(cases)("is the user's error, with variables and remedy: %s", (_, variables, message, hint) => {
    const error = errorOf(() => decodeEnvironment(variables));
    expect(error).toBeInstanceOf(UserError);
    expect(error?.message).toMatch(message);
    expect((error as UserError).hint).toMatch(hint);
  });

  it("is never anything but the user's error, whatever is in it", () => {
    const all = { ...lavis, ...torchrun, ...openmpi, ...mpich, ...slurm };
    const names = Object.keys(all) as (keyof typeof all)[];
    const text = fc.oneof(fc.nat(9).map(String), fc.constantFrom(...Object.values(all)), fc.string());
    const variables = fc.uniqueArray(fc.tuple(fc.constantFrom(...names), text), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(variables, (found) => {
        let topology: Topology | undefined;
        try {
          topology = decodeEnvironment(Object.fromEntries(found));
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          expect((error as UserError).hint).toBeTruthy();
          return;
        }
        if (topology === undefined) return;
        expect(topology.rank).toBeLessThan(topology.worldSize);
        expect(topology.localRank).toBeLessThan(topology.localWorldSize);
        expect(topology.nodeRank).toBeLessThan(topology.numNodes);
        expect(describeTopology(topology)).not.toContain("undefined");
      }),
      { numRuns: 2000 },
    );
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

function errorOf(body: () => unknown): Error | undefined {
  try {
    body();
  } catch (error) {
    return error as Error;
  }
  return undefined;
}
