import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type * as open from "../../../runtime/engine/open.ts";
import { completeRecipe } from "../../../runtime/recipe.ts";
import type { AmpDType } from "../../../runtime/tensor/index.ts";
import { recipeHash } from "../../../runtime/train/recipe-hash.ts";
import { type FakePrecision, fakePrecision } from "./fake-precision.ts";
import {
  type Changes,
  type Ended,
  failure,
  finished,
  lastState,
  learned,
  logOf,
  makeData,
  resumeFrom,
  stepsPerEpoch,
  stopAfter,
  tinyRecipe,
  trainTiny,
} from "./fixture.ts";

const { engines } = vi.hoisted(() => ({
  engines: { hasPrecision: true, largestNorm: Number.POSITIVE_INFINITY },
}));
const fakes: FakePrecision[] = [];
const asked: unknown[] = [];

vi.mock("../../../runtime/engine/open.ts", async (importOriginal) => {
  const original = await importOriginal<typeof open>();
  const openEngine: typeof open.openEngine = async (name, options) => {
    asked.push(options);
    if (!engines.hasPrecision) return original.openEngine(name, options);
    const { amp: _, ...others } = options ?? {};
    const opened = await original.openEngine(name, others);
    fakes.push(Object.assign(fakePrecision(opened.engine), { largestNorm: engines.largestNorm }));
    return opened;
  };
  return { ...original, openEngine };
});

let data: string;
beforeAll(async () => {
  data = await makeData();
});
afterAll(() => rmSync(data, { recursive: true }));

/** A norm of scaled gradients that the first scales overflow and later ones do not. */
const someNorm = 40_000;
const amp = (amp_dtype: AmpDType, { run, ...changes }: Changes = {}): Changes => ({
  ...changes,
  run: { amp: true, amp_dtype, ...run },
});
const recipe = (changes: Changes) => tinyRecipe(data, changes);
const skipsOf = ({ steps }: Ended) =>
  steps.flatMap(({ step, overflowed, lossScale }) => (overflowed ? [[step, lossScale]] : []));

describe("a run in float16", () => {
  const changes = amp("float16", { run: { accum_grad_iters: 2 }, schedule: { max_epoch: 4 } });
  let whole: Ended;
  beforeAll(async () => {
    engines.largestNorm = someNorm;
    whole = await finished(recipe(changes));
  });

  it("skips steps until the scale fits, says so in its log and at its end, and keeps its schedule", async () => {
    const skips = skipsOf(whole);
    expect(skips.length).toBeGreaterThan(1);
    expect(skips.length).toBeLessThan(whole.steps.length);
    expect(skips[0]).toEqual([1, 32_768]);
    expect(skips.map(([, scale]) => scale)).toEqual(skips.map((_, index) => 32_768 / 2 ** index));
    expect(whole.of("done")[0]?.skippedSteps).toBe(skips.length);
    const logged = logOf(whole.folder).filter(({ overflowed }) => overflowed !== undefined);
    expect(logged.map(({ step, lossScale }) => [step, lossScale])).toEqual(skips);
    expect(logged[0]?.gradNorm).toBe("NaN");
    const plain = await finished(recipe({ ...changes, run: { accum_grad_iters: 2 } }));
    expect(whole.steps.map(({ lr }) => lr)).toEqual(plain.steps.map(({ lr }) => lr));
  });

  it("says at its start what it computes in, and asks for an engine that can", () => {
    expect(whole.of("start")[0]?.amp).toBe("float16");
    expect(asked).toContainEqual(expect.objectContaining({ amp: "float16" }));
  });

  it.each([1, 3, 6])("stopped after step %i goes on as if it never was, with its scale", async (step) => {
    const first = await trainTiny(recipe(changes), stopAfter(step));
    const from = resumeFrom(first);
    const second = await trainTiny(recipe({ ...changes, run: { ...changes.run, resume_ckpt_path: from } }));
    expect(second.of("message")).toEqual([]);
    expect([...skipsOf(first), ...skipsOf(second)]).toEqual(skipsOf(whole));
    const again = learned(second);
    expect(again).toEqual(learned(whole).slice(-again.length));
    expect(lastState(second)).toEqual(lastState(whole));
    expect(second.of("done")[0]?.skippedSteps).toBe(whole.of("done")[0]?.skippedSteps);
  });

  it("goes on from a checkpoint of float32 with a fresh scale, and float32 from one of its own", async () => {
    engines.largestNorm = Number.POSITIVE_INFINITY;
    const plain = resumeFrom(await trainTiny(recipe({}), stopAfter(2)));
    const scaled = await trainTiny(recipe(amp("float16", { run: { resume_ckpt_path: plain } })));
    expect(scaled.of("message").map(({ text }) => text)).toEqual([
      expect.stringContaining("the recipe is not the one that wrote the checkpoint"),
    ]);
    expect(scaled.steps.map(({ lossScale }) => lossScale)).toEqual(scaled.steps.map(() => 65_536));
    const from = resumeFrom(await trainTiny(recipe(amp("float16")), stopAfter(2)));
    const { steps, of } = await trainTiny(recipe({ run: { resume_ckpt_path: from } }));
    expect(of("failed")).toEqual([]);
    expect(steps).toHaveLength(2 * stepsPerEpoch - 2);
    expect(steps.some((step) => "lossScale" in step)).toBe(false);
  });

  it("that diverges ends when no scale mends it, with the last checkpoint as it was", async () => {
    engines.largestNorm = 0;
    const { message, hint, steps } = await failure(
      recipe(amp("float16", { schedule: { max_epoch: 20 }, run: { valid_splits: [], test_splits: [] } })),
    );
    expect(message).toMatch(/^the gradients overflow float16 in epoch 11, step 1 .* after 31 skipped steps/);
    expect(hint).toContain("run.amp_dtype = bfloat16");
    expect(steps).toHaveLength(30);
  });
});

describe("a run in bfloat16", () => {
  it("trains in it, and validates and tests in float32", async () => {
    engines.largestNorm = Number.POSITIVE_INFINITY;
    const { steps, of } = await finished(recipe(amp("bfloat16")));
    expect(of("evaluated").length).toBeGreaterThan(1);
    expect(fakes.at(-1)?.autocasts).toEqual(steps.map(() => "bfloat16"));
    expect(steps.some((step) => "lossScale" in step)).toBe(false);
  });
});

describe("a checkpoint of before there was mixed precision", () => {
  it("goes on", async () => {
    const from = resumeFrom(await trainTiny(recipe({}), stopAfter(2)));
    const file = join(from, "state.json");
    const manifest = JSON.parse(readFileSync(file, "utf8"));
    delete manifest.state.lossScaler;
    writeFileSync(file, JSON.stringify(manifest));
    const second = await trainTiny(recipe({ run: { resume_ckpt_path: from } }));
    expect([second.code, second.of("message")]).toEqual([0, []]);
  });
});

it("a recipe without mixed precision is the same whatever its amp_dtype", () => {
  const hashOf = (run: Changes["run"]) => recipeHash(completeRecipe(recipe({ run: run ?? {} })));
  expect(hashOf({ amp_dtype: "float16" })).toBe(hashOf({}));
  expect(hashOf({ amp: true })).not.toBe(hashOf({}));
  expect(hashOf({ amp: true, amp_dtype: "float16" })).not.toBe(hashOf({ amp: true }));
});

describe("an engine without mixed precision", () => {
  beforeAll(() => {
    engines.hasPrecision = false;
  });

  it("cannot train in it, and says what to do", async () => {
    expect(await failure(recipe(amp("bfloat16")))).toMatchObject({
      message: "engine wasm on cpu has no mixed precision in bfloat16",
      hint: expect.stringContaining("engine = torch"),
      steps: [],
    });
  });

  it("can evaluate what was trained in it", async () => {
    const finetuned = join(data, "weights.safetensors");
    const trained = lastCheckpoint(await finished(recipe({})));
    writeFileSync(finetuned, readFileSync(join(trained, "model.safetensors")));
    const run = await finished(recipe(amp("bfloat16", { model: { finetuned }, run: { evaluate: true } })));
    expect(run.of("evaluated").length).toBeGreaterThan(0);
    expect(run.of("start")[0]?.amp).toBeUndefined();
  });
});

const lastCheckpoint = ({ of }: Ended) => of("checkpoint").at(-1)?.path ?? "";
