import { describe, expect, it } from "vitest";
import { type Memory, type MemoryFigures, memoryOf } from "../../../compiler/plan/index.ts";
import { isUnknown } from "../../../compiler/plan/known.ts";
import { blipCaptionSize } from "../../../runtime/models/blip/caption.size.card.ts";
import { type Size, sizes } from "../../bench/sizes.ts";

const run: MemoryFigures = {
  batch: 8,
  processes: 1,
  accumulation: 1,
  engine: "torch",
  device: "cpu",
  amp: false,
};

/** The estimate for a model of the benchmarks, which train without dropout. */
function estimated(size: Size, figures: Partial<MemoryFigures>, dropout = 0, recomputed = 0): Memory {
  const parts = blipCaptionSize(
    {
      ...size,
      freeze: null,
      max_txt_len: size.text_tokens,
      attention_probs_dropout_prob: dropout,
      vit_grad_ckpt: recomputed > 0,
      vit_ckpt_layer: recomputed,
    },
    size.vocab_size,
  );
  const memory = memoryOf(parts, { ...run, batch: size.batch, ...figures });
  if (isUnknown(memory)) throw new Error(memory.unknown);
  return memory;
}

/** The tensors of an estimate: all but the engine's own. */
const tensors = ({ total, overhead }: Memory): number => total - overhead;

/** Peaks of processes in MB, from docs/performance.md. */
const measured = [
  ["quickstart", "torch", false, 288],
  ["quickstart", "tfjs_node", false, 479],
  ["quickstart", "wasm", false, 178],
  ["quickstart", "torch", true, 295],
  ["tiny", "torch", false, 496],
  ["tiny", "tfjs_node", false, 811],
  ["tiny", "wasm", false, 399],
  ["tiny", "torch", true, 473],
  ["small", "torch", false, 1511],
  ["small", "tfjs_node", false, 2271],
  ["small", "wasm", false, 1457],
  ["small", "torch", true, 1365],
  ["base", "torch", false, 4665],
  ["base", "tfjs_node", false, 6993],
  ["base", "torch", true, 4444],
] as const;

describe("the estimated memory", () => {
  it.each(measured)(
    "of %s on %s (mixed precision: %s) is what was measured, %i MB, within its accuracy",
    (name, engine, amp, megabytes) => {
      const memory = estimated(sizes[name], { engine, amp });
      expect(Math.abs(memory.total / 1e6 / megabytes - 1)).toBeLessThan(memory.accuracy ?? 0);
    },
  );

  // docs/performance.md, "What gradient checkpointing saves".
  it.each([
    [0, 1154],
    [3, 936],
    [6, 717],
  ])("of tensors with %i recomputed blocks is what was measured, %i MB", (blocks, megabytes) => {
    const memory = estimated(sizes.small, {}, 0, blocks);
    expect(Math.abs(tensors(memory) / 1e6 / megabytes - 1)).toBeLessThan(0.05);
  });

  it("is the sum of its parts", () => {
    const memory = estimated(sizes.base, { amp: true, processes: 2, accumulation: 2 });
    const { weights, convertedWeights, gradients, exchange, moments, activations, overhead, total } = memory;
    const parts = weights + convertedWeights + gradients + exchange + moments + activations + overhead;
    expect(parts).toBeCloseTo(total, 0);
  });

  it("peaks where activations outweigh gradients at the end of the forward pass, else at the optimizer", () => {
    expect(estimated(sizes.small, { batch: 64 }).when).toBe("the forward pass has ended");
    const small = estimated(sizes.base, { batch: 1 });
    expect(small.when).toBe("the gradients are complete");
    expect(small.gradients).toBe(small.weights);
  });

  it("holds the gradients' sums all the time where batches are accumulated", () => {
    const once = estimated(sizes.small, {});
    const summed = estimated(sizes.small, { accumulation: 4 });
    expect(once.gradients).toBe(0);
    expect(summed.gradients).toBe(summed.weights);
  });

  it("is that of one of several processes, which hold gradients once more; nobody measured it", () => {
    const [one, two] = [estimated(sizes.small, {}), estimated(sizes.small, { processes: 2 })];
    expect(tensors(two) - tensors(one)).toBe(one.weights);
    expect(two).toMatchObject({ exchange: one.weights, accuracy: undefined });
    expect(estimated(sizes.small, { processes: 8 })).toEqual(two);
  });

  it("grows with the batch, and with dropout where no kernel is fused with it", () => {
    const peak = (figures: Partial<MemoryFigures>, dropout?: number) =>
      tensors(estimated(sizes.small, figures, dropout));
    expect(peak({ batch: 32 }) - peak({ batch: 16 })).toBeCloseTo(
      peak({ batch: 48 }) - peak({ batch: 32 }),
      0,
    );
    expect(peak({}, 0.1)).toBeGreaterThan(peak({}));
    expect(peak({ device: "cuda" }, 0.1)).toBe(peak({ device: "cuda" }));
  });

  it("takes the fastest engine for `auto`, and says which; on a GPU it says that nothing was measured", () => {
    expect(estimated(sizes.small, { engine: "auto" })).toMatchObject({ engine: "torch", accuracy: 0.1 });
    expect(estimated(sizes.small, { engine: "auto", device: "cuda" })).toMatchObject({
      engine: "torch",
      device: "cuda",
      accuracy: undefined,
    });
  });

  it("is not known for an engine that was not measured, or where only the run knows the device", () => {
    const parts = blipCaptionSize(
      {
        ...sizes.tiny,
        max_txt_len: 12,
        attention_probs_dropout_prob: 0,
        freeze: null,
        vit_grad_ckpt: false,
        vit_ckpt_layer: 0,
      },
      100,
    );
    expect(memoryOf(parts, { ...run, engine: "tfjs_node_gpu", device: "cuda" })).toEqual({
      unknown: "the engine tfjs_node_gpu was not measured on cuda",
    });
    expect(memoryOf(parts, { ...run, device: undefined })).toEqual({
      unknown: "run.device has no value before the run",
    });
  });
});
