import { describe, expect, it } from "vitest";
import { isShmInstalled } from "../../../runtime/distributed/shm/installed.ts";
import { engineNames } from "../engine/harness.ts";
import { runProcesses } from "./processes.ts";
import type * as cases from "./tensor-cases.ts";
import { lengths } from "./tensor-cases.ts";

const open = new URL(isShmInstalled() ? "./shm/open.ts" : "./socket/open.ts", import.meta.url);
const modulePath = new URL("./tensor-cases.ts", import.meta.url);

type Name = "reduce" | "contrastive" | "exchange";
const run = <N extends Name>(size: number, name: N, engine: string) =>
  runProcesses<object, Awaited<ReturnType<(typeof cases)[N]>>>(size, {
    open,
    cases: modulePath,
    name,
    args: { engine },
  });

describe.each(engineNames)("processes with tensors on %s", (engine) => {
  it("sum gradients, also of parameters that only some or none of them use", async () => {
    const [first, ...others] = await run(3, "reduce", engine);
    expect(others).toEqual([first, first]);
    // Ranks count 1, 2 and 3; the third parameter is rank 0's alone.
    const factors = [6, null, 1, 6];
    for (const [step, gradients] of (first ?? []).entries()) {
      for (const [index, gradient] of gradients.entries()) {
        const factor = factors[index] ?? null;
        if (factor === null) expect(gradient).toBeNull();
        else {
          expect(gradient).toHaveLength(lengths[index] ?? 0);
          gradient?.forEach((value, i) => {
            expect(value).toBeCloseTo(2 * (step + 1) * factor * Math.sin(i * 12.9898 + index * 78.233), 4);
          });
        }
      }
    }
  });

  it("that contrast their samples with those of all get the loss and gradient of one with all samples", async () => {
    for (const { shared, whole } of await run(2, "contrastive", engine)) {
      expect(shared).toHaveLength(whole.length);
      shared.forEach((value, i) => void expect(value).toBeCloseTo(whole[i] ?? Number.NaN, 5));
    }
  });

  it("gather rows, agree on sizes, and start from the tensors of the first, or say how theirs differ", async () => {
    const all = await run(2, "exchange", engine);
    for (const { queue, most, broadcast, message } of all) {
      expect(queue).toEqual([0, 10, 1, 11]);
      expect(most).toBe(7);
      expect(broadcast).toEqual([[0, 0.5], [0]]);
      expect(message).toBe(
        "the processes differ in parameters: rank 0 has weight float32 [1], rank 1 has weight float32 [2]",
      );
    }
  });
});
