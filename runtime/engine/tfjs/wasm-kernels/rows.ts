import {
  type Definition,
  define,
  type FunctionBuilder,
  f32,
  f32x4,
  horizontalMax,
  horizontalSum,
  type I32,
  i32,
  i32x4,
  type V128,
  type Variable,
  v128,
} from "../../../wasm/assembler.ts";
import { overRow } from "./elementwise.ts";
import { exp, log as logLanes } from "./math.ts";

/** Kernels over the rows of a matrix [rows, width]; items are rows unless said otherwise. */

const rowParameters = { begin: "i32", end: "i32", scratch: "i32" } as const;
const bytes = (count: I32): I32 => i32.shl(count, i32.const(2));

/** Four lanes where element at/4 + lane lies in a row of `length`, `fill` elsewhere. */
function inRow(value: V128, at: I32, length: I32, fill: V128): V128 {
  const element = i32x4.add(i32x4.splat(i32.shrU(at, i32.const(2))), i32x4.const(0, 1, 2, 3));
  return v128.select(value, fill, i32x4.lt(element, i32x4.splat(length)));
}

/** Folds the vectors of a row into `total`; lanes past its end are `fill`. */
function foldRow(
  build: FunctionBuilder,
  length: I32,
  fill: V128,
  value: (at: Variable<"i32">) => V128,
  fold: (value: V128) => void,
): void {
  const at = build.let(i32.const(0));
  const stop = build.let(bytes(i32.and(length, i32.const(-4))));
  build.while(i32.lt(at, stop), () => {
    fold(value(at));
    build.increase(at, i32.const(16));
  });
  build.if(i32.and(length, i32.const(3)), () => fold(inRow(value(at), at, length, fill)));
}

const zero = f32x4.const(0);

/** Σ of a row of vectors. */
function sumRow(build: FunctionBuilder, length: I32, value: (at: Variable<"i32">) => V128): Variable<"f32"> {
  const sum = build.let(zero);
  foldRow(build, length, zero, value, (lanes) => build.set(sum, f32x4.add(sum, lanes)));
  return build.let(horizontalSum(build, sum));
}

/** The largest of a row; NaN when one is. */
function maxRow(build: FunctionBuilder, length: I32, value: (at: Variable<"i32">) => V128): Variable<"f32"> {
  const lowest = f32x4.const(Number.NEGATIVE_INFINITY);
  const largest = build.let(lowest);
  foldRow(build, length, lowest, value, (lanes) => build.set(largest, f32x4.max(largest, lanes)));
  return build.let(horizontalMax(build, largest));
}

/** Forward: y, and mean and 1/√(variance + eps) of each row. */
const layerNorm = define(
  "layerNorm",
  {
    ...rowParameters,
    x: "i32",
    weight: "i32",
    bias: "i32",
    y: "i32",
    means: "i32",
    rstds: "i32",
    width: "i32",
    eps: "f32",
  },
  (build, p) => {
    const inverse = build.let(f32.div(f32.const(1), f32.fromI32(p.width)));
    build.for(p.begin, p.end, 1, (row) => {
      const offset = build.let(bytes(i32.mul(row, p.width)));
      const x = build.let(i32.add(p.x, offset));
      const y = build.let(i32.add(p.y, offset));
      const mean = build.let(
        f32.mul(
          sumRow(build, p.width, (at) => v128.load(i32.add(x, at))),
          inverse,
        ),
      );
      const center = build.let(f32x4.splat(mean));
      const variance = f32.mul(
        sumRow(build, p.width, (at) => {
          const centered = build.let(f32x4.sub(v128.load(i32.add(x, at)), center));
          return f32x4.mul(centered, centered);
        }),
        inverse,
      );
      const rstd = build.let(f32.div(f32.const(1), f32.sqrt(f32.add(variance, p.eps))));
      const factor = build.let(f32x4.splat(rstd));
      overRow(build, p.width, (at, store) => {
        const normal = f32x4.mul(f32x4.sub(v128.load(i32.add(x, at)), center), factor);
        const scaled = f32x4.mul(normal, v128.load(i32.add(p.weight, at)));
        store(y, f32x4.add(scaled, v128.load(i32.add(p.bias, at))));
      });
      build.storeF32(i32.add(p.means, bytes(row)), mean);
      build.storeF32(i32.add(p.rstds, bytes(row)), rstd);
    });
  },
);

/**
 * Backward: dx, and for each block of `blockRows` rows (the items) its part of dWeight and dBias, at
 * parts + block · 2 · width floats.
 */
const layerNormGrad = define(
  "layerNormGrad",
  {
    ...rowParameters,
    dy: "i32",
    x: "i32",
    weight: "i32",
    means: "i32",
    rstds: "i32",
    dx: "i32",
    parts: "i32",
    rows: "i32",
    width: "i32",
    blockRows: "i32",
  },
  (build, p) => {
    const inverse = build.let(f32.div(f32.const(1), f32.fromI32(p.width)));
    build.for(p.begin, p.end, 1, (block) => {
      const dWeight = build.let(i32.add(p.parts, i32.mul(block, bytes(i32.shl(p.width, i32.const(1))))));
      const dBias = build.let(i32.add(dWeight, bytes(p.width)));
      overRow(build, p.width, (_, store) => {
        store(dWeight, zero);
        store(dBias, zero);
      });
      const firstRow = build.let(i32.mul(block, p.blockRows));
      build.for(firstRow, i32.min(i32.add(firstRow, p.blockRows), p.rows), 1, (row) => {
        const offset = build.let(bytes(i32.mul(row, p.width)));
        const [x, dy, dx] = [p.x, p.dy, p.dx].map((base) => build.let(i32.add(base, offset))) as [
          Variable<"i32">,
          Variable<"i32">,
          Variable<"i32">,
        ];
        const mean = build.let(f32x4.splat(f32.load(i32.add(p.means, bytes(row)))));
        const rstd = build.let(f32x4.splat(f32.load(i32.add(p.rstds, bytes(row)))));
        const normal = (at: I32): V128 => f32x4.mul(f32x4.sub(v128.load(i32.add(x, at)), mean), rstd);
        const scaled = (at: I32): V128 =>
          f32x4.mul(v128.load(i32.add(dy, at)), v128.load(i32.add(p.weight, at)));
        const sum = build.let(zero);
        const sumNormal = build.let(zero);
        foldRow(build, p.width, zero, scaled, (lanes) => build.set(sum, f32x4.add(sum, lanes)));
        foldRow(
          build,
          p.width,
          zero,
          (at) => f32x4.mul(scaled(at), normal(at)),
          (lanes) => build.set(sumNormal, f32x4.add(sumNormal, lanes)),
        );
        const meanOf = (lanes: V128): Variable<"v128"> =>
          build.let(f32x4.splat(f32.mul(horizontalSum(build, lanes), inverse)));
        const [average, averageNormal] = [meanOf(sum), meanOf(sumNormal)];
        overRow(build, p.width, (at, store) => {
          const n = build.let(normal(at));
          const g = build.let(v128.load(i32.add(dy, at)));
          store(dWeight, f32x4.add(v128.load(i32.add(dWeight, at)), f32x4.mul(g, n)));
          store(dBias, f32x4.add(v128.load(i32.add(dBias, at)), g));
          const inner = f32x4.sub(f32x4.sub(scaled(at), average), f32x4.mul(n, averageNormal));
          store(dx, f32x4.mul(inner, rstd));
        });
      });
    });
  },
);

/** e^(x − max) to `out`, and their sum. An all-−∞ row gives 0. */
function exponentials(
  build: FunctionBuilder,
  width: I32,
  x: (at: I32) => V128,
  out: I32,
): { sum: Variable<"f32">; max: Variable<"f32"> } {
  const max = maxRow(build, width, x);
  const lowest = f32.const(Number.NEGATIVE_INFINITY);
  const base = build.let(f32x4.splat(max));
  build.if(f32.eq(max, lowest), () => build.set(base, zero));
  overRow(build, width, (at, store) => store(out, exp(build, f32x4.sub(x(at), base))));
  return { sum: sumRow(build, width, (at) => v128.load(i32.add(out, at))), max };
}

const softmax = define("softmax", { ...rowParameters, x: "i32", y: "i32", width: "i32" }, (build, p) => {
  build.for(p.begin, p.end, 1, (row) => {
    const offset = build.let(bytes(i32.mul(row, p.width)));
    const x = build.let(i32.add(p.x, offset));
    const y = build.let(i32.add(p.y, offset));
    const { sum } = exponentials(build, p.width, (at) => v128.load(i32.add(x, at)), y);
    const factor = build.let(f32x4.splat(f32.div(f32.const(1), sum)));
    overRow(build, p.width, (at, store) => store(y, f32x4.mul(v128.load(i32.add(y, at)), factor)));
  });
});

/**
 * Softmax of attention scores [matrices · queries, keys] in place, with what comes before it: the mask
 * (address 0: none; strides in bytes of [B, H, Tq, Tk], 0 along broadcast axes, of keys 4 or 0) and, when
 * `causalOffset` ≥ 0, keys after query + causalOffset hidden. Rows that see nothing become 0.
 */
const softmaxScores = define(
  "softmaxScores",
  {
    ...rowParameters,
    scores: "i32",
    queries: "i32",
    keys: "i32",
    heads: "i32",
    mask: "i32",
    maskBatch: "i32",
    maskHead: "i32",
    maskQuery: "i32",
    maskKey: "i32",
    isCausal: "i32",
    causalOffset: "i32",
  },
  (build, p) => {
    build.for(p.begin, p.end, 1, (row) => {
      const y = build.let(i32.add(p.scores, bytes(i32.mul(row, p.keys))));
      const query = build.let(i32.rem(row, p.queries));
      const matrix = build.let(i32.div(row, p.queries));
      const visible = build.let(p.keys);
      build.if(p.isCausal, () => {
        const last = i32.add(i32.add(query, p.causalOffset), i32.const(1));
        build.set(visible, i32.max(i32.min(last, p.keys), i32.const(0)));
      });
      build.if(p.mask, () => {
        const batch = i32.mul(i32.div(matrix, p.heads), p.maskBatch);
        const head = i32.mul(i32.rem(matrix, p.heads), p.maskHead);
        const mask = build.let(i32.add(i32.add(p.mask, i32.mul(query, p.maskQuery)), i32.add(batch, head)));
        build.if(
          p.maskKey,
          () =>
            overRow(build, visible, (at, store) =>
              store(y, f32x4.add(v128.load(i32.add(y, at)), v128.load(i32.add(mask, at)))),
            ),
          () => {
            const constant = build.let(v128.loadSplat(mask));
            overRow(build, visible, (at, store) => store(y, f32x4.add(v128.load(i32.add(y, at)), constant)));
          },
        );
      });
      const { sum } = exponentials(build, visible, (at) => v128.load(i32.add(y, at)), y);
      const factor = build.let(f32.const(0));
      build.if(f32.gt(sum, f32.const(0)), () => build.set(factor, f32.div(f32.const(1), sum)));
      // NaN scores must show: NaN · 0 is NaN.
      const lanes = build.let(f32x4.splat(factor));
      overRow(build, visible, (at, store) => store(y, f32x4.mul(v128.load(i32.add(y, at)), lanes)));
      build.for(bytes(visible), bytes(p.keys), 4, (at) => build.storeF32(i32.add(y, at), f32.const(0)));
    });
  },
);

/** dx = y (dy − Σ dy·y) · scale, to `out` (may be dy itself). */
const softmaxGrad = define(
  "softmaxGrad",
  { ...rowParameters, y: "i32", dy: "i32", out: "i32", width: "i32", scale: "f32" },
  (build, p) => {
    const factor = build.let(f32x4.splat(p.scale));
    build.for(p.begin, p.end, 1, (row) => {
      const offset = build.let(bytes(i32.mul(row, p.width)));
      const [y, dy, out] = [p.y, p.dy, p.out].map((base) => build.let(i32.add(base, offset))) as [
        Variable<"i32">,
        Variable<"i32">,
        Variable<"i32">,
      ];
      const load = (base: I32, at: I32): V128 => v128.load(i32.add(base, at));
      const sum = build.let(
        f32x4.splat(sumRow(build, p.width, (at) => f32x4.mul(load(dy, at), load(y, at)))),
      );
      overRow(build, p.width, (at, store) => {
        const scaled = f32x4.mul(load(y, at), factor);
        store(out, f32x4.mul(scaled, f32x4.sub(load(dy, at), sum)));
      });
    });
  },
);

/** log Σ eˣ of a row. */
function logSum(build: FunctionBuilder, width: I32, x: (at: I32) => V128): Variable<"f32"> {
  const max = maxRow(build, width, x);
  const base = build.let(f32x4.splat(max));
  build.if(f32.eq(max, f32.const(Number.NEGATIVE_INFINITY)), () => build.set(base, zero));
  const sum = sumRow(build, width, (at) => exp(build, f32x4.sub(x(at), base)));
  const logarithm = f32x4.lane(logLanes(build, f32x4.splat(sum)), 0);
  return build.let(f32.add(logarithm, f32x4.lane(base, 0)));
}

/** y = x − log Σ eˣ. */
const logSoftmax = define(
  "logSoftmax",
  { ...rowParameters, x: "i32", y: "i32", width: "i32" },
  (build, p) => {
    build.for(p.begin, p.end, 1, (row) => {
      const offset = build.let(bytes(i32.mul(row, p.width)));
      const [x, y] = [build.let(i32.add(p.x, offset)), build.let(i32.add(p.y, offset))];
      const base = build.let(f32x4.splat(logSum(build, p.width, (at) => v128.load(i32.add(x, at)))));
      overRow(build, p.width, (at, store) => store(y, f32x4.sub(v128.load(i32.add(x, at)), base)));
    });
  },
);

/** dx = dy − eʸ Σ dy. */
const logSoftmaxGrad = define(
  "logSoftmaxGrad",
  { ...rowParameters, y: "i32", dy: "i32", out: "i32", width: "i32" },
  (build, p) => {
    build.for(p.begin, p.end, 1, (row) => {
      const offset = build.let(bytes(i32.mul(row, p.width)));
      const [y, dy, out] = [p.y, p.dy, p.out].map((base) => build.let(i32.add(base, offset))) as [
        Variable<"i32">,
        Variable<"i32">,
        Variable<"i32">,
      ];
      const sum = build.let(f32x4.splat(sumRow(build, p.width, (at) => v128.load(i32.add(dy, at)))));
      overRow(build, p.width, (at, store) => {
        const probability = exp(build, v128.load(i32.add(y, at)));
        store(out, f32x4.sub(v128.load(i32.add(dy, at)), f32x4.mul(probability, sum)));
      });
    });
  },
);

/** Losses and log Σ eˣ of rows of logits; see Kernels.crossEntropy. */
const crossEntropy = define(
  "crossEntropy",
  {
    ...rowParameters,
    logits: "i32",
    targets: "i32",
    losses: "i32",
    logSums: "i32",
    width: "i32",
    ignoreIndex: "i32",
    smoothing: "f32",
  },
  (build, p) => {
    const share = build.let(f32.div(p.smoothing, f32.fromI32(p.width)));
    build.for(p.begin, p.end, 1, (row) => {
      const x = build.let(i32.add(p.logits, bytes(i32.mul(row, p.width))));
      const target = build.let(i32.load(i32.add(p.targets, bytes(row))));
      const total = logSum(build, p.width, (at) => v128.load(i32.add(x, at)));
      const loss = build.let(f32.const(0));
      build.if(i32.ne(target, p.ignoreIndex), () => {
        const own = f32.sub(total, f32.load(i32.add(x, bytes(target))));
        build.set(loss, f32.mul(f32.sub(f32.const(1), p.smoothing), own));
        build.if(f32.gt(p.smoothing, f32.const(0)), () => {
          const sum = sumRow(build, p.width, (at) =>
            f32x4.sub(f32x4.splat(total), v128.load(i32.add(x, at))),
          );
          build.set(loss, f32.add(loss, f32.mul(share, sum)));
        });
      });
      build.storeF32(i32.add(p.losses, bytes(row)), loss);
      build.storeF32(i32.add(p.logSums, bytes(row)), total);
    });
  },
);

/** dx = g (softmax − (1 − ε) one-hot − ε / C); g is one number a row (gStride 4) or one for all (0). */
const crossEntropyGrad = define(
  "crossEntropyGrad",
  {
    ...rowParameters,
    g: "i32",
    gStride: "i32",
    logits: "i32",
    targets: "i32",
    logSums: "i32",
    out: "i32",
    width: "i32",
    ignoreIndex: "i32",
    smoothing: "f32",
  },
  (build, p) => {
    const share = build.let(f32x4.splat(f32.div(p.smoothing, f32.fromI32(p.width))));
    build.for(p.begin, p.end, 1, (row) => {
      const offset = build.let(bytes(i32.mul(row, p.width)));
      const [x, out] = [build.let(i32.add(p.logits, offset)), build.let(i32.add(p.out, offset))];
      const target = build.let(i32.load(i32.add(p.targets, bytes(row))));
      const g = build.let(f32.load(i32.add(p.g, i32.mul(row, p.gStride))));
      const factor = build.let(f32x4.splat(g));
      build.if(
        i32.eq(target, p.ignoreIndex),
        () => overRow(build, p.width, (_, store) => store(out, zero)),
        () => {
          const base = build.let(f32x4.splat(f32.load(i32.add(p.logSums, bytes(row)))));
          overRow(build, p.width, (at, store) => {
            const probability = exp(build, f32x4.sub(v128.load(i32.add(x, at)), base));
            store(out, f32x4.mul(factor, f32x4.sub(probability, share)));
          });
          const own = build.let(i32.add(out, bytes(target)));
          const hit = f32.mul(g, f32.sub(f32.const(1), p.smoothing));
          build.storeF32(own, f32.sub(f32.load(own), hit));
        },
      );
    });
  },
);

export const rowKernels: readonly Definition[] = [
  layerNorm,
  layerNormGrad,
  softmax,
  softmaxScores,
  softmaxGrad,
  logSoftmax,
  logSoftmaxGrad,
  crossEntropy,
  crossEntropyGrad,
];
