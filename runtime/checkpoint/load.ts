import { UserError } from "../errors.ts";
import { type Module, namedTensors } from "../nn/module.ts";
import { assign, lend, type Tensor, wrap } from "../tensor/index.ts";
import { type StoredTensor, toFloat32, toInt32 } from "./dtype.ts";
import { formatReport, type LoadReport, type NamedShape } from "./load-report.ts";
import type { TensorToWrite } from "./safetensors.ts";
import type { WeightSource } from "./source.ts";

export interface LoadOptions {
  /** Throw where the file and the model do not have the same names and shapes. */
  readonly strict?: boolean;
  /** The model's name of a tensor of the file; undefined leaves the tensor out. */
  readonly rename?: (name: string) => string | undefined;
  /** Makes a float tensor of another shape fit the model, such as position embeddings; undefined: it cannot. */
  readonly resize?: (
    name: string,
    weight: { readonly shape: readonly number[]; readonly data: Float32Array },
  ) => { readonly shape: readonly number[]; readonly data: Float32Array } | undefined;
}

/**
 * Copies the tensors of a file into named tensors (a module's: `namedTensors`), by name, in place.
 *
 * A tensor that stands under several names (tied weights) needs one of them. Tensors of other shapes go
 * through `resize`; those that still do not fit are left as they were and reported.
 *
 * @returns what was loaded, resized, missing from the file, unexpected in it, or of a wrong shape.
 * @throws UserError with the report when `strict` and anything does not fit (nothing is changed then), or when
 *   the file is damaged.
 */
export function loadTensors(
  named: ReadonlyMap<string, Tensor>,
  source: WeightSource,
  options: LoadOptions = {},
): LoadReport {
  const { strict = false, rename = (name: string) => name, resize } = options;
  const loaded: string[] = [];
  const resized: LoadReport["resized"][number][] = [];
  const unexpected: NamedShape[] = [];
  const mismatched: LoadReport["mismatched"][number][] = [];
  const found = new Set<Tensor>();
  const work: (() => void)[] = [];

  for (const [fileName, { shape }] of source.tensors) {
    const name = rename(fileName);
    const target = name === undefined ? undefined : named.get(name);
    if (name === undefined || target === undefined) {
      unexpected.push({ name: fileName, shape });
      continue;
    }
    if (sameShape(shape, target.shape)) {
      work.push(() => copyInto(target, name, source.read(fileName)));
    } else {
      const fitted =
        target.dtype === "float32"
          ? resize?.(name, { shape, data: toFloat32(source.read(fileName)) })
          : undefined;
      if (!fitted || !sameShape(fitted.shape, target.shape)) {
        mismatched.push({ name, file: shape, model: target.shape });
        found.add(target);
        continue;
      }
      resized.push({ name, file: shape, model: target.shape });
      work.push(() => copyInto(target, name, { dtype: "F32", ...fitted }));
    }
    found.add(target);
    loaded.push(name);
  }
  const missing = firstNames(named)
    .filter(([, target]) => !found.has(target))
    .map(([name, { shape }]) => ({ name, shape }));

  const report: LoadReport = {
    path: source.path,
    format: source.format,
    loaded,
    resized,
    missing,
    unexpected,
    mismatched,
    ignored: source.ignored,
  };
  if (strict && missing.length + unexpected.length + mismatched.length > 0)
    throw new UserError(
      `the weights do not fit the model\n${formatReport(report)}`,
      "Use the weights of the same model and options.",
    );
  for (const copy of work) copy();
  return report;
}

/** {@link loadTensors} into all that a module keeps in checkpoints. */
export function loadWeights(module: Module, source: WeightSource, options: LoadOptions = {}): LoadReport {
  return loadTensors(namedTensors(module), source, options);
}

/** Named tensors to write to a file: each once, under its first name, lent by the engine when its turn comes. */
export function tensorsToWrite(named: ReadonlyMap<string, Tensor>): Map<string, TensorToWrite> {
  const dtypes = { float32: "F32", int32: "I32", bool: "BOOL" } as const;
  return new Map(
    firstNames(named).map(([name, held]) => [
      name,
      { dtype: dtypes[held.dtype], shape: held.shape, data: (use) => lend(held, use) },
    ]),
  );
}

function firstNames(named: ReadonlyMap<string, Tensor>): [string, Tensor][] {
  const seen = new Set<Tensor>();
  return [...named].filter(([, held]) => !seen.has(held) && seen.add(held));
}

function copyInto(target: Tensor, name: string, stored: StoredTensor): void {
  const value = wrap(target.engine, converted(target, name, stored), target.shape);
  try {
    assign(target, value);
  } finally {
    value.dispose();
  }
}

function converted(
  target: Tensor,
  name: string,
  stored: StoredTensor,
): Float32Array | Int32Array | Uint8Array {
  if (target.dtype === "float32") return toFloat32(stored);
  const integers = toInt32(stored, name);
  return target.dtype === "int32" ? integers : Uint8Array.from(integers, (value) => (value === 0 ? 0 : 1));
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
