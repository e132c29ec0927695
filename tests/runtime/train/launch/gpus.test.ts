import { describe, expect, it } from "vitest";
import { assignGpus } from "../../../../runtime/train/launch/gpus.ts";

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
