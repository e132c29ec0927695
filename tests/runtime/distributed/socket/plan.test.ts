import { describe, expect, it } from "vitest";
import type { Call, CallKind } from "../../../../runtime/distributed/call.ts";
import { type Plan, planCall } from "../../../../runtime/distributed/socket/plan.ts";

const call = (kind: CallKind, bytes: number): Call => ({
  kind,
  sequence: 1,
  tag: "test",
  bytes,
  ...((kind === "allReduce" || kind === "reduceScatter") && { reduction: "mean" }),
  ...(kind === "broadcast" && { root: 1 }),
});

const bytesOf = (memory: readonly Uint8Array[]): number[] => memory.map(({ byteLength }) => byteLength);
const total = (bytes: readonly number[]): number => bytes.reduce((sum, one) => sum + one, 0);

/** The plans of all processes for a call on so many bytes. */
function plans(kind: CallKind, bytes: number, size: number): Plan[] {
  return Array.from({ length: size }, (_, rank) => {
    const data = new Uint8Array(bytes);
    const output =
      kind === "allGather"
        ? { output: new Uint8Array(bytes * size) }
        : kind === "reduceScatter"
          ? { output: new Uint8Array(bytes / size) }
          : {};
    return planCall(call(kind, bytes), { data, ...output }, rank, size);
  });
}

describe("the plans of a ring", () => {
  const kinds = ["allReduce", "reduceScatter", "allGather", "broadcast", "barrier"] as const;
  const cases = kinds.flatMap((kind) => [1, 2, 3, 5].map((size) => ({ kind, size })));

  it.each(cases)("$kind between $size: each sends what the next expects, and can", ({ kind, size }) => {
    const all = plans(kind, 60 * 4, size);
    for (const [rank, { outward, ready }] of all.entries()) {
      const { inward } = all[(rank + 1) % size] as Plan;
      expect(bytesOf(outward)).toEqual(bytesOf(inward.map(({ memory }) => memory)));
      const received = total(bytesOf((all[rank] as Plan).inward.map(({ memory }) => memory)));
      expect(total(bytesOf(outward))).toBeLessThanOrEqual(ready + received);
    }
  });

  it("move no more bytes than has to be: 2(n − 1)/n of an all-reduce's", () => {
    for (const { outward } of plans("allReduce", 1200, 3)) expect(total(bytesOf(outward))).toBe(1600);
    for (const { outward } of plans("reduceScatter", 1200, 3)) expect(total(bytesOf(outward))).toBe(800);
  });

  it("divide each number of a mean once, where its sum is complete", () => {
    for (const size of [2, 3, 4]) {
      for (const { inward } of plans("allReduce", 240, size)) {
        const joins = inward.map(({ join }) => join);
        expect(joins.filter((join) => join === "mean")).toHaveLength(1);
        expect(joins.indexOf("mean")).toBe(size - 2);
        expect(joins.slice(size - 1).every((join) => join === "copy")).toBe(true);
      }
    }
  });

  it("cut no number in two, however few there are", () => {
    for (const { outward } of plans("allReduce", 4, 3))
      expect(bytesOf(outward).every((bytes) => bytes % 4 === 0)).toBe(true);
  });
});
