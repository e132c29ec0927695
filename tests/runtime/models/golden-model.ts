import { expect } from "vitest";
import { type StoredTensor, toFloat32, toInt32 } from "../../../runtime/checkpoint/dtype.ts";
import { readSafetensors } from "../../../runtime/checkpoint/safetensors.ts";
import { type Module, namedTensors } from "../../../runtime/nn/module.ts";
import { assign, type Engine, read, type Tensor, tensor } from "../../../runtime/tensor/index.ts";
import { goldenPath } from "../../golden.ts";

/** What outputs.json has for every trained model. */
export interface TrainingOutputs {
  readonly losses_step0: Readonly<Record<string, number>>;
  readonly loss_trajectory: readonly Readonly<Record<string, number>>[];
  readonly grad_norms_step0: Readonly<Record<string, number>>;
  readonly params_without_grad_step0: readonly string[];
  readonly optimizer_groups: readonly {
    readonly weight_decay: number;
    readonly lr_scale: number;
    readonly params: readonly string[];
  }[];
}

/** The settings of the five AdamW steps, in config.json. */
export interface OptimizerConfig {
  readonly lr: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly weight_decay: number;
  readonly steps: number;
}

/** The tensors of one file of a golden case. */
export class GoldenTensors {
  readonly #file: string;
  readonly #tensors: ReadonlyMap<string, StoredTensor>;

  constructor(name: string, file: string) {
    this.#file = `${name}/${file}`;
    this.#tensors = readSafetensors(goldenPath(name, file));
  }

  get(name: string): StoredTensor {
    const stored = this.#tensors.get(name);
    if (!stored) throw new Error(`${this.#file} has no tensor ${name}`);
    return stored;
  }

  floats(name: string): Float32Array {
    return toFloat32(this.get(name));
  }

  integers(name: string): Int32Array {
    return toInt32(this.get(name), name);
  }

  /** Names that start with `prefix`, without it. */
  namesAfter(prefix: string): string[] {
    return [...this.#tensors.keys()]
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
  }

  /** A float tensor on an engine. */
  on(engine: Engine, name: string): Tensor {
    return tensor(engine, this.floats(name), this.get(name).shape);
  }

  /** Overwrites a module's tensors; their names and shapes must be exactly these. */
  loadInto(module: Module): void {
    const named = namedTensors(module);
    const shapes = (entries: Iterable<readonly [string, { readonly shape: readonly number[] }]>) =>
      Object.fromEntries(Array.from(entries, ([name, { shape }]) => [name, [...shape]] as const).sort());
    expect(shapes(named)).toEqual(shapes(this.#tensors));
    for (const [name, target] of named) {
      const values = target.dtype === "int32" ? this.integers(name) : this.floats(name);
      const value = tensor(target.engine, values, target.shape, target.dtype);
      assign(target, value);
      value.dispose();
    }
  }
}

/** The largest difference of two lists of numbers, in units of the largest expected one. */
export function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    // Written so that NaN is never within a tolerance.
    const distance = Math.abs(actual[i]! - expected[i]!);
    if (!(distance <= difference)) difference = distance;
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return difference / largest;
}

/** ‖actual − expected‖ / ‖expected − before‖: how far an update misses the expected one. */
export function updateDifference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  before: ArrayLike<number>,
): number {
  expect(actual.length).toBe(expected.length);
  let miss = 0;
  let update = 0;
  for (let i = 0; i < expected.length; i++) {
    miss += (actual[i]! - expected[i]!) ** 2;
    update += (expected[i]! - before[i]!) ** 2;
  }
  return Math.sqrt(miss / update);
}

export function norm(x: Tensor): number {
  return Math.sqrt(Array.from(read(x), (value) => value * value).reduce((sum, square) => sum + square, 0));
}
