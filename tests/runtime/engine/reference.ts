/** The tensor ops computed naively in float64, to compare engines with. Nothing here is shared with an engine. */

export interface Plain {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);

export function plain(shape: readonly number[], data: ArrayLike<number>): Plain {
  if (data.length !== sizeOf(shape)) throw new Error(`${data.length} elements for shape [${shape}]`);
  return { shape, data: Array.from(data) };
}

/** Every index of a shape, rows first. */
export function* indices(shape: readonly number[]): Generator<number[]> {
  const size = sizeOf(shape);
  for (let flat = 0; flat < size; flat++) {
    const index: number[] = [];
    let rest = flat;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index.unshift(rest % (shape[axis] as number));
      rest = Math.floor(rest / (shape[axis] as number));
    }
    yield index;
  }
}

/** The element at an index; axes of length 1 and missing leading axes broadcast. */
export function at(x: Plain, index: readonly number[]): number {
  const own = index.slice(index.length - x.shape.length);
  const flat = x.shape.reduce(
    (sum, length, axis) => sum * length + (length === 1 ? 0 : (own[axis] as number)),
    0,
  );
  return x.data[flat] as number;
}

/** An array of a shape from a function of the index. */
export function build(shape: readonly number[], value: (index: number[]) => number): Plain {
  return { shape, data: [...indices(shape)].map(value) };
}

function broadcast(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) =>
    Math.max(...shapes.map((shape) => shape[axis - rank + shape.length] ?? 1)),
  );
}

export const map = (x: Plain, f: (value: number) => number): Plain => plain(x.shape, x.data.map(f));

export const zip = (f: (...values: number[]) => number, ...xs: readonly Plain[]): Plain =>
  build(broadcast(...xs.map((x) => x.shape)), (index) => f(...xs.map((x) => at(x, index))));

/** The error function by its series, or by a continued fraction of its complement where that converges faster. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size < 3) {
    let [term, sum] = [size, size];
    for (let n = 1; n < 100; n++) {
      term *= -(size * size) / n;
      sum += term / (2 * n + 1);
    }
    return Math.sign(x) * (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (size + fraction);
  return Math.sign(x) * (1 - Math.exp(-size * size) / Math.sqrt(Math.PI) / (size + fraction));
}

export const unary: Readonly<Record<string, (x: number) => number>> = {
  neg: (x) => -x,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  square: (x) => x * x,
  abs: Math.abs,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  relu: (x) => Math.max(x, 0),
  gelu: (x) => (x * (1 + erf(x / Math.SQRT2))) / 2,
  geluTanh: (x) => (x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))) / 2,
  quickGelu: (x) => x / (1 + Math.exp(-1.702 * x)),
};

/** Folds the elements that share an index outside `axes`. */
export function reduce(
  x: Plain,
  axes: readonly number[],
  keepDims: boolean,
  fold: (values: number[]) => number,
): Plain {
  const groups = new Map<string, number[]>();
  for (const index of indices(x.shape)) {
    const group = index.filter((_, axis) => !axes.includes(axis)).join();
    groups.set(group, [...(groups.get(group) ?? []), at(x, index)]);
  }
  const shape = keepDims
    ? x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
    : x.shape.filter((_, axis) => !axes.includes(axis));
  return plain(shape, [...groups.values()].map(fold));
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
export const mean = (values: readonly number[]): number => sum(values) / values.length;
export const logSumExp = (values: readonly number[]): number => {
  const largest = Math.max(...values);
  if (!Number.isFinite(largest)) return largest;
  return largest + Math.log(sum(values.map((value) => Math.exp(value - largest))));
};

export function transpose(x: Plain, permutation: readonly number[]): Plain {
  const shape = permutation.map((axis) => x.shape[axis] as number);
  return build(shape, (index) => {
    const source = new Array<number>(index.length);
    for (const [axis, from] of permutation.entries()) source[from] = index[axis] as number;
    return at(x, source);
  });
}

export function swapLast(x: Plain): Plain {
  const rank = x.shape.length;
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), rank - 1, rank - 2]);
}

export function matmul(a: Plain, b: Plain): Plain {
  const inner = a.shape.at(-1) as number;
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return build([...batch, a.shape.at(-2) as number, b.shape.at(-1) as number], (index) => {
    const [row, column] = index.slice(-2) as [number, number];
    const lead = index.slice(0, -2);
    return sum(
      Array.from({ length: inner }, (_, k) => at(a, [...lead, row, k]) * at(b, [...lead, k, column])),
    );
  });
}

export function linear(x: Plain, weight: Plain, bias?: Plain): Plain {
  const inner = weight.shape[1] as number;
  return build([...x.shape.slice(0, -1), weight.shape[0] as number], (index) => {
    const out = index.at(-1) as number;
    const lead = index.slice(0, -1);
    const dot = sum(Array.from({ length: inner }, (_, k) => at(x, [...lead, k]) * at(weight, [out, k])));
    return dot + (bias === undefined ? 0 : at(bias, [out]));
  });
}

export function conv2d(
  x: Plain,
  weight: Plain,
  bias: Plain | undefined,
  stride: readonly [number, number],
  padding: readonly [number, number],
): Plain {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [out, , rows, columns] = weight.shape as [number, number, number, number];
  const outHeight = Math.floor((height + 2 * padding[0] - rows) / stride[0]) + 1;
  const outWidth = Math.floor((width + 2 * padding[1] - columns) / stride[1]) + 1;
  return build([batch, out, outHeight, outWidth], ([n, o, y, z]) => {
    let total = bias === undefined ? 0 : at(bias, [o as number]);
    for (const [c, i, j] of indices([channels, rows, columns])) {
      const row = (y as number) * stride[0] - padding[0] + (i as number);
      const column = (z as number) * stride[1] - padding[1] + (j as number);
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      total += at(x, [n as number, c as number, row, column]) * at(weight, [o, c, i, j] as number[]);
    }
    return total;
  });
}

/** Runs `f` on each vector along the last axis. */
export function alongLast(x: Plain, f: (row: number[]) => number[]): Plain {
  const width = x.shape.at(-1) as number;
  const data: number[] = [];
  for (let start = 0; start < x.data.length; start += width)
    data.push(...f(x.data.slice(start, start + width)));
  return plain(x.shape, data);
}

export function layerNorm(x: Plain, weight: Plain, bias: Plain, eps: number): Plain {
  return alongLast(x, (row) => {
    const center = mean(row);
    const deviation = Math.sqrt(mean(row.map((value) => (value - center) ** 2)) + eps);
    return row.map((value, i) => ((value - center) / deviation) * at(weight, [i]) + at(bias, [i]));
  });
}

export const logSoftmax = (x: Plain): Plain =>
  alongLast(x, (row) => {
    const total = logSumExp(row);
    return row.map((value) => value - total);
  });

export const softmax = (x: Plain): Plain =>
  alongLast(x, (row) => {
    const total = logSumExp(row);
    return row.map((value) => (total === Number.NEGATIVE_INFINITY ? 0 : Math.exp(value - total)));
  });

export function attention(
  q: Plain,
  k: Plain,
  v: Plain,
  options: { mask?: Plain; causal?: boolean; scale?: number; keep?: Plain } = {},
): Plain {
  const scale = options.scale ?? 1 / Math.sqrt(q.shape[3] as number);
  const products = matmul(q, swapLast(k));
  const [queries, keys] = products.shape.slice(-2) as [number, number];
  const scores = build(products.shape, (index) => {
    const [i, j] = index.slice(-2) as [number, number];
    if (options.causal && j > i + keys - queries) return Number.NEGATIVE_INFINITY;
    return at(products, index) * scale + (options.mask === undefined ? 0 : at(options.mask, index));
  });
  const probabilities = softmax(scores);
  const kept = options.keep === undefined ? probabilities : zip((a, b) => a * b, probabilities, options.keep);
  return matmul(kept, v);
}

export function crossEntropy(
  logits: Plain,
  targets: readonly number[],
  {
    ignoreIndex = -100,
    labelSmoothing = 0,
    reduction = "mean",
  }: { ignoreIndex?: number; labelSmoothing?: number; reduction?: "mean" | "sum" | "none" } = {},
): Plain {
  const classes = logits.shape[1] as number;
  const logs = logSoftmax(logits);
  const losses = targets.map((target, row) => {
    if (target === ignoreIndex) return 0;
    const all = Array.from({ length: classes }, (_, c) => at(logs, [row, c]));
    return -(1 - labelSmoothing) * (all[target] as number) - (labelSmoothing / classes) * sum(all);
  });
  if (reduction === "none") return plain([targets.length], losses);
  const count = targets.filter((target) => target !== ignoreIndex).length;
  return plain([], [sum(losses) / (reduction === "mean" ? count : 1)]);
}

export function concat(xs: readonly Plain[], axis: number): Plain {
  const [first] = xs as readonly [Plain];
  const total = sum(xs.map((x) => x.shape[axis] as number));
  return build(
    first.shape.map((length, i) => (i === axis ? total : length)),
    (index) => {
      let offset = index[axis] as number;
      for (const x of xs) {
        const length = x.shape[axis] as number;
        if (offset < length)
          return at(
            x,
            index.map((value, i) => (i === axis ? offset : value)),
          );
        offset -= length;
      }
      throw new Error("index out of range");
    },
  );
}

export const slice = (x: Plain, begin: readonly number[], size: readonly number[]): Plain =>
  build(size, (index) =>
    at(
      x,
      index.map((value, axis) => value + (begin[axis] as number)),
    ),
  );

export function gather(x: Plain, ids: Plain, axis: number): Plain {
  const shape = [...x.shape.slice(0, axis), ...ids.shape, ...x.shape.slice(axis + 1)];
  return build(shape, (index) => {
    const id = at(ids, index.slice(axis, axis + ids.shape.length));
    return at(x, [...index.slice(0, axis), id, ...index.slice(axis + ids.shape.length)]);
  });
}
