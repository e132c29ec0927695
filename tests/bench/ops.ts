/**
 * Times of single ops and of one transformer block, forward and backward, on an engine.
 * `npx tsx tests/bench/ops.ts [engine] [threads]`
 */
import { type EngineName, openEngine } from "../../runtime/engine/open.ts";
import * as t from "../../runtime/tensor/index.ts";

const [name = "wasm", threads] = process.argv.slice(2);
const { engine } = await openEngine(
  name as EngineName,
  threads === undefined ? {} : { threads: Number(threads) },
);
const keys = new t.KeyStream(t.key(0));
const normal = (...shape: number[]): t.Tensor => t.randomNormal(engine, shape, keys.next());

/** The median time of `run` in milliseconds, for at least `budget` milliseconds. */
function time(run: () => void, budget = 400): number {
  for (let i = 0; i < 3; i++) t.scope(engine, run);
  const times: number[] = [];
  for (const start = performance.now(); performance.now() - start < budget; ) {
    const before = performance.now();
    t.scope(engine, run);
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  return times[times.length >> 1] as number;
}

const report = (what: string, milliseconds: number, flops?: number): void => {
  const rate = flops === undefined ? "" : `${(flops / milliseconds / 1e6).toFixed(1)} GFLOP/s`;
  console.log(`${what.padEnd(44)} ${milliseconds.toFixed(3).padStart(9)} ms  ${rate}`);
};

console.log(`${engine.name}, ${engine.threads} threads`);

const small = normal(4, 4);
report(
  "add [4, 4]",
  time(() => void t.add(small, small)),
);
report(
  "linear [4, 4]",
  time(() => void t.linear(small, small)),
);
report(
  "reshape",
  time(() => void t.reshape(small, [16])),
);

for (const [m, k, n] of [
  [512, 512, 512],
  [2080, 192, 192],
  [2080, 192, 768],
  [2080, 768, 192],
  [512, 192, 3000],
] as const) {
  const [x, w] = [normal(m, k), normal(n, k)];
  report(
    `linear [${m}, ${k}] → ${n}`,
    time(() => void t.linear(x, w)),
    2 * m * k * n,
  );
  const y = normal(m, n);
  report(
    `  its input's gradient`,
    time(() => void t.matmul(y, w)),
    2 * m * k * n,
  );
  report(
    `  its weight's gradient`,
    time(() => void t.matmul(y, x, { transposeA: true })),
    2 * m * k * n,
  );
}

const [tokens, hidden] = [normal(32, 65, 192), normal(32, 65, 768)];
const [one, zero] = [t.ones(engine, [192]), t.zeros(engine, [192])];
const withGrad = (op: (x: t.Tensor) => t.Tensor, x: t.Tensor) => (): void => {
  const leaf = t.parameter(t.detach(x));
  t.grad(t.sum(op(leaf)), [leaf]);
};
report(
  "gelu [32, 65, 768]",
  time(() => void t.gelu(hidden)),
);
report("  with sum and gradient", time(withGrad((x) => t.gelu(x), hidden)));
report(
  "layerNorm [32, 65, 192]",
  time(() => void t.layerNorm(tokens, one, zero, 1e-6)),
);
report("  with sum and gradient", time(withGrad((x) => t.layerNorm(x, one, zero, 1e-6), tokens)));
report(
  "add [32, 65, 192]",
  time(() => void t.add(tokens, tokens)),
);
report(
  "add bias [32, 65, 192] + [192]",
  time(() => void t.add(tokens, one)),
);
report(
  "sum of rows [2080, 768]",
  time(() => void t.sum(hidden, [0, 1])),
);
report(
  "dropout [32, 65, 768]",
  time(() => void t.dropout(hidden, 0.1, t.key(1))),
);
const heads = t.reshape(tokens, [32, 65, 3, 64]);
report(
  "transpose [32, 65, 3, 64] → heads first",
  time(() => void t.transpose(heads, [0, 2, 1, 3])),
);
const q = normal(32, 3, 65, 64);
report(
  "attention [32, 3, 65, 64]",
  time(() => void t.attention(q, q, q)),
  4 * 96 * 65 * 65 * 64,
);
report("  with sum and gradient", time(withGrad((x) => t.attention(x, x, x), q)), 12 * 96 * 65 * 65 * 64);
const [logits, targets] = [normal(512, 3000), t.zeros(engine, [512], "int32")];
report(
  "crossEntropy [512, 3000]",
  time(() => void t.crossEntropy(logits, targets)),
);
report("  with gradient", time(withGrad((x) => t.crossEntropy(x, targets), logits)));
const [table, ids] = [normal(3000, 192), t.zeros(engine, [512], "int32")];
report(
  "embedding [3000, 192] of 512",
  time(() => void t.embedding(table, ids)),
);
report("  with sum and gradient", time(withGrad((w) => t.embedding(w, ids), table)));
const [images, patches] = [normal(32, 3, 64, 64), normal(192, 3, 8, 8)];
report(
  "conv2d [32, 3, 64, 64], 8 × 8 patches",
  time(() => void t.conv2d(images, patches, undefined, { stride: 8 })),
);
const weights = [1, 2, 3, 4].map(() => normal(1000, 1000)) as [t.Tensor, t.Tensor, t.Tensor, t.Tensor];
const adamw = { lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.05, step: 1 };
const [p, g, m, v] = weights.map((w) => [w]) as [t.Tensor[], t.Tensor[], t.Tensor[], t.Tensor[]];
t.assign(v[0] as t.Tensor, t.ones(engine, [1000, 1000]));
report(
  "adamwStep of 1e6",
  time(() => t.adamwStep(p, g, m, v, adamw)),
);
report(
  "globalNorm of 1e6",
  time(() => void t.globalNorm(g)),
);

// One ViT block: dim 192, 3 heads, 65 tokens, batch 32.
const [batch, length, dim] = [32, 65, 192];
const block = {
  qkv: t.parameter(normal(3 * dim, dim)),
  qkvBias: t.parameter(normal(3 * dim)),
  proj: t.parameter(normal(dim, dim)),
  projBias: t.parameter(normal(dim)),
  fc1: t.parameter(normal(4 * dim, dim)),
  fc1Bias: t.parameter(normal(4 * dim)),
  fc2: t.parameter(normal(dim, 4 * dim)),
  fc2Bias: t.parameter(normal(dim)),
  norm: t.parameter(t.ones(engine, [dim])),
  normBias: t.parameter(t.zeros(engine, [dim])),
};
function forward(x: t.Tensor): t.Tensor {
  const normed = t.layerNorm(x, block.norm, block.normBias, 1e-6);
  const qkv = t.reshape(t.linear(normed, block.qkv, block.qkvBias), [batch, length, 3, 3, dim / 3]);
  const parts = t.transpose(qkv, [2, 0, 3, 1, 4]); // [3, B, H, T, D]
  const [query, key, value] = t.split(parts, [1, 1, 1], 0).map((part) => t.squeeze(part, 0)) as [
    t.Tensor,
    t.Tensor,
    t.Tensor,
  ];
  const mixed = t.reshape(t.transpose(t.attention(query, key, value), [0, 2, 1, 3]), [batch, length, dim]);
  const attended = t.add(x, t.linear(mixed, block.proj, block.projBias));
  const again = t.layerNorm(attended, block.norm, block.normBias, 1e-6);
  return t.add(
    attended,
    t.linear(t.gelu(t.linear(again, block.fc1, block.fc1Bias)), block.fc2, block.fc2Bias),
  );
}
const flops = 2 * batch * length * 12 * dim * dim + 4 * batch * length * length * dim;
const params = Object.values(block);
report(
  "ViT block forward",
  time(() => void t.noGrad(engine, () => forward(tokens)), 2000),
  flops,
);
const input = t.parameter(normal(batch, length, dim));
report(
  "ViT block forward and backward",
  time(() => void t.grad(t.sum(forward(input)), [input, ...params]), 4000),
  3 * flops,
);
engine.dispose();
