import { rmSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type * as open from "../../../runtime/engine/open.ts";
import type { TensorData } from "../../../runtime/tensor/index.ts";
import { makeData, tinyModel, tinyRecipe, trainTiny } from "./fixture.ts";

/** What the engine was lent for as long as a tensor lives, and what it held then. */
const { lent } = vi.hoisted(() => ({
  lent: [] as { readonly data: TensorData; readonly was: TensorData }[],
}));

vi.mock("../../../runtime/engine/open.ts", async (importOriginal) => {
  const original = await importOriginal<typeof open>();
  const openEngine: typeof open.openEngine = async (...options) => {
    const opened = await original.openEngine(...options);
    const { engine } = opened;
    const wrap = engine.wrap.bind(engine);
    engine.wrap = (data, shape, dtype) => {
      const isBatch = shape.length === 4 && shape[3] === imageSize; // Weights are loaded by it too.
      if (isBatch) lent.push({ data, was: data.slice() });
      return wrap(data, shape, dtype);
    };
    return opened;
  };
  return { ...original, openEngine };
});

const { image_size: imageSize } = tinyModel("");

let data: string;
beforeAll(async () => {
  data = await makeData();
});
beforeEach(() => {
  lent.length = 0;
});
afterAll(() => rmSync(data, { recursive: true }));

it.each([
  ["one batch a step", {}],
  ["threads that read ahead", { num_workers: 2 }],
  ["several batches a step, and threads", { num_workers: 2, accum_grad_iters: 3, batch_size_train: 2 }],
])("nothing writes to a batch until its step is over: %s", async (_, run) => {
  let checked = 0;
  const { of } = await trainTiny(tinyRecipe(data, { run }), ({ type }) => {
    if (type !== "step" && type !== "evaluate_progress") return;
    for (const { data: now, was } of lent) expect(now).toEqual(was);
    checked += lent.length;
    lent.length = 0;
  });
  expect(of("failed")).toEqual([]);
  const { accum_grad_iters = 1 } = run as { accum_grad_iters?: number };
  expect(checked).toBe(of("step").length * accum_grad_iters + of("evaluate_progress").length);
});
