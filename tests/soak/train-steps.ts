import { rmSync } from "node:fs";
import { join } from "node:path";
import { lonelyJob } from "../../runtime/distributed/job.ts";
import { completeRecipe, type Recipe } from "../../runtime/recipe.ts";
import type { Device } from "../../runtime/tensor/index.ts";
import { Control } from "../../runtime/train/control.ts";
import { createRunFolder } from "../../runtime/train/output.ts";
import { runRecipe } from "../../runtime/train/run.ts";
import { openSession } from "../../runtime/train/session.ts";
import { makeData, stepsPerEpoch, tinyRecipe } from "../runtime/train/fixture.ts";

/** What a process holds between two steps. */
export interface Sample {
  /** Optimizer steps done. */
  readonly step: number;
  /** Arrays of the engine, and their bytes. */
  readonly tensors: number;
  readonly bytes: number;
  readonly peakBytes: number;
  /** Resident memory of the process, after a garbage collection where Node was started with --expose-gc. */
  readonly rss: number;
}

export interface SoakOptions {
  /** As recipes write it. */
  readonly engine: NonNullable<Recipe["run"]["engine"]>;
  readonly device: Device;
  /** Optimizer steps; the epoch that they end in is finished. */
  readonly steps: number;
  /** Steps between two checkpoints, and between two validations, which generate captions. */
  readonly checkpointEvery: number;
  readonly onSample?: (sample: Sample) => void;
}

/**
 * Trains a tiny BLIP captioner as a run does (loader, dropout, stochastic depth, accumulation, clipping,
 * checkpoints, generation) in a folder of its own, and returns what the process held after each step.
 *
 * @throws Error where the engine holds more arrays after the run than the model did before it
 */
export async function trainSteps(options: SoakOptions): Promise<Sample[]> {
  const { engine, device, steps, checkpointEvery, onSample } = options;
  const folder = await makeData();
  try {
    const recipe = completeRecipe(
      tinyRecipe(folder, {
        model: { hidden_dropout_prob: 0.1, attention_probs_dropout_prob: 0.1, vit_drop_path_rate: 0.1 },
        schedule: { max_epoch: Math.ceil(steps / stepsPerEpoch) },
        optimizer: { grad_clip_norm: 0.5 },
        run: {
          engine,
          device,
          batch_size_train: 2,
          accum_grad_iters: 2,
          val_freq: Math.ceil(checkpointEvery / stepsPerEpoch),
          test_splits: [],
          save_freq: 0,
        },
      }),
    );
    const control = new Control();
    const session = await openSession(recipe, lonelyJob(), control, () => {});
    const samples: Sample[] = [];
    const take = (step: number): void => {
      globalThis.gc?.();
      const { tensors, bytes, peakBytes } = session.engine.memory();
      const sample = { step, tensors, bytes, peakBytes, rss: process.memoryUsage.rss() };
      samples.push(sample);
      onSample?.(sample);
    };
    const before = session.engine.memory().tensors;
    const run = createRunFolder(join(folder, "output"));
    try {
      await runRecipe(session, run, control, (event) => {
        run.log({ ...event, time: Date.now() });
        if (event.type !== "step") return;
        take(event.step);
        if (event.step % checkpointEvery === 0) control.receive({ type: "checkpoint" });
      });
      const after = session.engine.memory().tensors;
      if (after !== before) {
        throw new Error(`the engine held ${before} arrays before the run and ${after} after it`);
      }
    } finally {
      run.close();
      session.close();
    }
    return samples;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
