import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHeader } from "../../../runtime/checkpoint/safetensors.ts";
import { device, engineNames } from "../engine/harness.ts";
import {
  type Changes,
  type Ended,
  finished,
  lastState,
  learned,
  makeData,
  resumeFrom,
  stopAfter,
  tinyRecipe,
  trainTiny,
} from "./fixture.ts";

const hasTorch = engineNames.includes("torch");
if (!hasTorch)
  console.log(`mixed precision is not tested here: torch is none of ${engineNames} on ${device}`);
/** Only GPUs have float16. */
const dtypes = device === "cuda" ? (["bfloat16", "float16"] as const) : (["bfloat16"] as const);

let data: string;
beforeAll(async () => {
  data = await makeData();
});
afterAll(() => rmSync(data, { recursive: true }));

const changed = ({ run, ...changes }: Changes = {}) =>
  tinyRecipe(data, { ...changes, run: { engine: "torch", device, ...run } });

describe.runIf(hasTorch).each(dtypes)(`training in %s on ${device}`, (dtype) => {
  const mixed = ({ run, ...changes }: Changes = {}) =>
    changed({ ...changes, run: { amp: true, amp_dtype: dtype, ...run } });
  const long: Changes = { schedule: { max_epoch: 7 }, run: { valid_splits: [], test_splits: [] } };
  const lossesOf = ({ steps }: Pick<Ended, "steps">) => steps.map(({ losses }) => losses.loss ?? Number.NaN);

  it("goes down as training in float32 does", async () => {
    const whole = lossesOf(await finished(changed(long)));
    const run = await finished(mixed(long));
    const half = lossesOf(run);
    expect(half).toHaveLength(21);
    expect(half).not.toEqual(whole);
    // A step that overflows float16 is skipped, and those after it are behind.
    const skipped = run.steps.findIndex(({ overflowed }) => overflowed !== undefined);
    for (const [step, loss] of half.slice(0, skipped < 0 ? half.length : skipped + 1).entries()) {
      expect(Math.abs(loss / (whole[step] ?? Number.NaN) - 1), `step ${step + 1}`).toBeLessThan(0.05);
    }
    expect(half.at(-1)).toBeLessThan(0.9 * (half[0] ?? 0));
  });

  it("keeps weights and moments in float32", async () => {
    const { of } = await finished(mixed());
    const checkpoint = of("checkpoint").at(-1)?.path ?? "";
    for (const file of ["model.safetensors", "optimizer.safetensors"]) {
      const { tensors } = readHeader(join(checkpoint, file));
      const dtypes = new Set(
        [...tensors].flatMap(([name, { dtype }]) => (/^step\.|ids$/.test(name) ? [] : [dtype])),
      );
      expect([...dtypes]).toEqual(["F32"]);
    }
  });

  it("goes on from a stop as if it never was", async () => {
    const changes: Changes = {
      optimizer: { grad_clip_norm: 0.5 },
      run: { accum_grad_iters: 2, num_workers: 1 },
    };
    const whole = await finished(mixed(changes));
    const from = resumeFrom(await trainTiny(mixed(changes), stopAfter(2)));
    const second = await trainTiny(mixed({ ...changes, run: { ...changes.run, resume_ckpt_path: from } }));
    expect(second.of("message")).toEqual([]);
    const again = learned(second);
    expect(again.length).toBeGreaterThan(2);
    expect(again).toEqual(learned(whole).slice(-again.length));
    expect(lastState(second)).toEqual(lastState(whole));
  });

  it("has the same gradients with gradient checkpointing as without", async () => {
    const changes: Changes = { model: { vit_depth: 2 }, run: { valid_splits: [], test_splits: [] } };
    const plain = await finished(mixed(changes));
    const recomputed = await finished(
      mixed({ ...changes, model: { ...changes.model, vit_grad_ckpt: true, vit_ckpt_layer: 2 } }),
    );
    expect(learned(recomputed)).toEqual(learned(plain));
  });
});
