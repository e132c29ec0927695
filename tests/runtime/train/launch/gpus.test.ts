import { describe, expect, it } from "vitest";
import { assignGpus, gpuOf } from "../../../../runtime/train/launch/gpus.ts";

const at = {
  rank: 1,
  worldSize: 2,
  nodeRank: 0,
  numNodes: 1,
  master: { host: "127.0.0.1", port: 29500 },
  jobId: "job",
  restartCount: 0,
  mayBeRestarted: false,
  token: undefined,
};

describe("one GPU for each process", () => {
  it.each([
    ["all of the machine", 2, undefined, 4, ["0", "1"]],
    ["those that are left visible", 2, "3, 1,2", 4, ["3", "1"]],
    ["names that CUDA knows", 1, "GPU-5f2a,MIG-77", 2, ["GPU-5f2a"]],
    ["what the machine has where it cannot be asked", 3, undefined, undefined, ["0", "1", "2"]],
    ["those up to the first that is none", 1, "1,-1,0", 4, ["1"]],
  ])("is taken out of %s", (_title, size, visible, numGpus, expected) => {
    expect(assignGpus(size, visible, numGpus)).toEqual(expected);
  });

  it.each([
    [4, undefined, 2, "but this machine has 2 GPUs", "set run.world_size = 2, or run.device = cpu"],
    [2, "1", 2, "but CUDA_VISIBLE_DEVICES=1 leaves one GPU", "set run.world_size = 1, or run.device = cpu"],
    [2, "0,7,1", 2, "leaves one GPU", "set run.world_size = 1, or run.device = cpu"],
    [2, "", undefined, "leaves no GPU", "set run.device = cpu to train on the processors"],
  ])(
    "is refused for %i processes with CUDA_VISIBLE_DEVICES=%j of %j",
    (size, visible, numGpus, message, hint) => {
      expect(() => assignGpus(size, visible, numGpus)).toThrow(
        expect.objectContaining({ message: expect.stringContaining(message), hint }),
      );
    },
  );
});

describe("the GPU of a process that another launcher started", () => {
  const place = { launcher: "torchrun", localRank: 1, localWorldSize: 2 } as const;

  it("is the one of its rank on the host", async () => {
    expect(await gpuOf({ ...at, ...place }, "3,1")).toBe("1");
  });

  it.each([
    ["it was left but one", place, "2"],
    ["it is alone on its host", { ...place, localRank: 0, localWorldSize: 1 }, undefined],
    ["our own launcher has chosen", { ...place, launcher: "lavis" as const }, "0,1"],
  ])("is left as it is where %s", async (_, given, visible) => {
    expect(await gpuOf({ ...at, ...given }, visible)).toBeUndefined();
  });

  it("is refused where there are fewer than processes", async () => {
    await expect(gpuOf({ ...at, ...place, localWorldSize: 3 }, "0,1")).rejects.toThrow("leaves 2 GPUs");
  });
});
