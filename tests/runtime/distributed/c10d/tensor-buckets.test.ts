import { describe, expect, it } from "vitest";
import { runProcesses } from "../processes.ts";
import { missingHere } from "./reason.ts";
import type * as cases from "./tensor-buckets-cases.ts";

describe.skipIf(missingHere !== undefined)("buckets in libtorch's tensors", () => {
  it("are what c10d gives the torch engine, and sum as those in main memory do", async () => {
    const all = await runProcesses<null, Awaited<ReturnType<(typeof cases)["compare"]>>>(2, {
      open: new URL("./open.ts", import.meta.url),
      cases: new URL("./tensor-buckets-cases.ts", import.meta.url),
      name: "compare",
      args: null,
    });
    // Ranks count 1 and 2: 3 in the first step, 6 in the second.
    const sums = (n: number) => [
      [1, 2, 3, 4, 5, 6].map((x) => n * x),
      [20 + n, 40 + n],
      [20 + n, 20 + (2 * n) / 3],
    ];
    const onDevice = [3, 6].flatMap((n) => [...sums(n), [10 * (20 + n), 10 * (40 + n)]]);
    const inMemory = [3, 6].flatMap(sums);
    for (const { kinds, found } of all) {
      expect(kinds).toEqual([true, false]);
      expect(found).toEqual([onDevice, inMemory]);
    }
  }, 120_000);
});
