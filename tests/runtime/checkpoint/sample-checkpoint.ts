import type { TensorToWrite } from "../../../runtime/checkpoint/safetensors.ts";
import type { CheckpointToWrite } from "../../../runtime/checkpoint/store.ts";

/** A checkpoint of one tensor whose every value is the step. */
export function sampleCheckpoint(step: number, size = 4): CheckpointToWrite {
  const values: TensorToWrite = {
    dtype: "F32",
    shape: [size],
    data: (use) => use(new Float32Array(size).fill(step)),
  };
  return {
    model: new Map([["weight", values]]),
    optimizer: new Map([["weight.exp_avg", values]]),
    state: {
      lavisVersion: "0.1.0",
      engine: { name: "wasm", device: "cpu", threads: 2 },
      recipeHash: "abc",
      batch: { samples: 8, perProcess: 4 },
      position: { epoch: 1, stepInEpoch: 2, step, samplesTaken: 16 },
      randomKey: [1, 2],
      best: { metric: "agg_metrics", value: 0.5, epoch: 0 },
      lossScaler: null,
    },
  };
}
