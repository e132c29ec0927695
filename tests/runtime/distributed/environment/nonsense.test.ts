import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEnvironment } from "../../../../runtime/distributed/environment/decode.ts";
import { describeTopology } from "../../../../runtime/distributed/environment/describe.ts";
import type { Topology } from "../../../../runtime/distributed/topology.ts";
import { UserError } from "../../../../runtime/errors.ts";
import { lavis, mpich, openmpi, pytorchjob, slurm, torchrun, type Variables, without } from "./variables.ts";

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

function errorOf(body: () => unknown): Error | undefined {
  try {
    body();
  } catch (error) {
    return error as Error;
  }
  return undefined;
}
