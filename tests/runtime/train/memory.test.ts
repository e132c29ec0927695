import { describe, expect, it } from "vitest";
import { trainSteps } from "../../soak/train-steps.ts";
import { engineNames } from "../engine/harness.ts";

/** Engines as recipes write them. */
const engines = engineNames.map((name) => name.replaceAll("-", "_") as "wasm");

describe.each(engines)("training on %s", (engine) => {
  it("holds the same arrays after each step, whatever was generated or saved in between", async () => {
    const samples = await trainSteps({ engine, device: "cpu", steps: 60, checkpointEvery: 15 });
    expect(samples.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    const held = new Set(samples.map(({ tensors, bytes }) => `${tensors} arrays of ${bytes} bytes`));
    expect([...held]).toHaveLength(1);
    // Captions are as long as the weights make them, so a peak may still rise at first; then no more.
    const peaks = samples.slice(30).map(({ peakBytes }) => peakBytes);
    expect(new Set(peaks).size).toBe(1);
  }, 240_000);
});
