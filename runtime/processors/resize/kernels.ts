import {
  compile,
  type Definition,
  define,
  type FunctionBuilder,
  type I32,
  i32,
  i32x4,
  unsigned,
  type V128,
  type Variable,
  v128,
} from "../../wasm/assembler.ts";
import { fractionBits, type Weights } from "./weights.ts";

/*
 * The two passes of resizing as WebAssembly. One instruction multiplies eight pairs of 16-bit numbers and adds
 * neighbouring products, which takes two taps at once, but weights have more bits. So each is split, and sums of
 * both parts are kept: weight = high · 2^11 + low. In 32 bits this is exactly the sum of the undivided products.
 */

const lowBits = 11;
/** One half: with it, dropping the fraction of a sum rounds it. */
const half = 1 << (fractionBits - 1);

/** Bytes that a kernel may read or write past an image, beside the weightless pixels and rows it reads. */
export const overrun = 16;

/** What the kernels take for one axis: a start and split weights for each output row or column. */
export interface Table {
  /** For each output its first input's byte, then for each group of taps the high parts and the low parts. */
  readonly words: Int32Array<ArrayBuffer>;
  /** Groups of taps of each output. */
  readonly groups: number;
}

/** Taps that {@link resizeRows} and {@link resizeColumns} take in one step. */
export const rowGroup = 4;
export const columnGroup = 2;

/** Lays out weights for a kernel. @param bytes how far apart two inputs lie; @param group taps in a step, even */
export function makeTable({ first, values, taps, stride }: Weights, bytes: number, group: number): Table {
  const groups = Math.ceil(taps / group);
  const words = new Int32Array(first.length * (1 + groups * group));
  let to = 0;
  for (let out = 0; out < first.length; out++) {
    words[to++] = first[out]! * bytes;
    for (let start = 0; start < groups * group; start += group) {
      for (let tap = start; tap < start + group; tap += 2) {
        const even = tap < taps ? values[out * stride + tap]! : 0;
        const odd = tap + 1 < taps ? values[out * stride + tap + 1]! : 0;
        const word = to + ((tap - start) >> 1);
        words[word] = ((even >> lowBits) & 0xffff) | ((odd >> lowBits) << 16);
        words[word + group / 2] = (even & lowMask) | ((odd & lowMask) << 16);
      }
      to += group;
    }
  }
  return { words, groups };
}

const lowMask = (1 << lowBits) - 1;

const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];
const vector = (...parts: readonly (readonly number[])[]): V128 => ({ type: "v128", code: parts.flat() });
const zero: V128 = i32x4.const(0);

/** Sums of two neighbouring products of signed 16-bit numbers: i32x4.dot_i16x8_s. */
const dot = (a: V128, b: V128): V128 => vector(a.code, b.code, simd(0xba));
/** The low or high eight bytes as 16-bit numbers: i16x8.extend_{low,high}_i8x16_u. */
const widenLow = (a: V128): V128 => vector(a.code, simd(0x89));
const widenHigh = (a: V128): V128 => vector(a.code, simd(0x8a));
/** Clips to 16 bits, then to bytes: i16x8.narrow_i32x4_s, i8x16.narrow_i16x8_u. */
const narrow = (a: V128, b: V128): V128 => vector(a.code, b.code, simd(0x85));
const narrowToBytes = (a: V128, b: V128): V128 => vector(a.code, b.code, simd(0x66));
/** Sixteen of the bytes of a (0–15) and b (16–31): i8x16.shuffle. */
const shuffleBytes = (a: V128, b: V128, places: readonly number[]): V128 =>
  vector(a.code, b.code, simd(0x0d), places);
/** i32x4.shr_s */
const shiftRight = (a: V128, bits: number): V128 => vector(a.code, i32.const(bits).code, simd(0xac));
/** i32x4.extract_lane 0 */
const firstLane = (a: V128): I32 => ({ type: "i32", code: [...a.code, ...simd(0x1b), 0] });

/** The sums of four numbers: those of the high parts of the weights, and of the low ones. */
interface Sums {
  readonly high: Variable<"v128">;
  readonly low: Variable<"v128">;
}

function startSums(build: FunctionBuilder): Sums {
  return { high: build.let(zero), low: build.let(i32x4.const(half)) };
}

function addProducts(build: FunctionBuilder, { high, low }: Sums, pixels: V128, weights: Sums): void {
  const pairs = build.let(pixels);
  build.set(high, i32x4.add(high, dot(pairs, weights.high)));
  build.set(low, i32x4.add(low, dot(pairs, weights.low)));
}

/** The rounded, not yet clipped numbers. */
const rounded = ({ high, low }: Sums): V128 =>
  shiftRight(i32x4.add(i32x4.shl(high, lowBits), low), fractionBits);

/** Bytes of four RGB pixels to 16-bit pairs (red 0, red 1), (green 0, green 1), (blue 0, blue 1), 0; likewise 2, 3. */
const none = 16;
const firstPixels = [0, none, 3, none, 1, none, 4, none, 2, none, 5, none, none, none, none, none];
const lastPixels = firstPixels.map((place) => (place === none ? none : place + 6));

/** Each row of `rows` rows, `stride` bytes apart, to `columns` pixels; the target has no gaps. */
const resizeRows = define(
  "resizeRows",
  { source: "i32", stride: "i32", rows: "i32", target: "i32", columns: "i32", table: "i32", groups: "i32" },
  (build, { source, stride, rows, target, columns, table, groups }) => {
    const blank = build.let(zero);
    build.for(i32.const(0), rows, 1, () => {
      const entry = build.let(table);
      build.for(i32.const(0), columns, 1, () => {
        const at = build.let(i32.add(source, i32.load(entry)));
        build.increase(entry, i32.const(4));
        const sums = startSums(build);
        build.for(i32.const(0), groups, 1, () => {
          const pixels = build.let(v128.load(at));
          for (const [pair, places] of [firstPixels, lastPixels].entries()) {
            const high = build.let(v128.loadSplat(entry, 4 * pair));
            const low = build.let(v128.loadSplat(entry, 8 + 4 * pair));
            addProducts(build, sums, shuffleBytes(pixels, blank, places), { high, low });
          }
          build.increase(at, i32.const(3 * rowGroup));
          build.increase(entry, i32.const(4 * rowGroup));
        });
        const pixel = build.let(rounded(sums));
        const bytes = narrowToBytes(narrow(pixel, pixel), blank);
        // The fourth byte is the next pixel's, which is written next.
        build.storeI32(target, firstLane(bytes));
        build.increase(target, i32.const(3));
      });
      build.increase(source, stride);
    });
  },
);

/** Rows of `stride` bytes to `rows` rows of as many bytes, sixteen at a time. */
const resizeColumns = define(
  "resizeColumns",
  { source: "i32", stride: "i32", target: "i32", rows: "i32", table: "i32", groups: "i32" },
  (build, { source, stride, target, rows, table, groups }) => {
    const entry = build.let(table);
    const entryBytes = build.let(i32.add(i32.mul(groups, i32.const(4 * columnGroup)), i32.const(4)));
    build.for(i32.const(0), rows, 1, () => {
      const top = build.let(i32.add(source, i32.load(entry)));
      build.for(i32.const(0), stride, 16, (column) => {
        const at = build.let(i32.add(top, column));
        const weights = build.let(entry);
        const sums = [0, 1, 2, 3].map(() => startSums(build));
        build.for(i32.const(0), groups, 1, () => {
          const high = build.let(v128.loadSplat(weights, 4));
          const low = build.let(v128.loadSplat(weights, 8));
          const even = build.let(v128.load(at));
          const odd = build.let(v128.load(i32.add(at, stride)));
          for (const part of [0, 1]) {
            const places = Array.from({ length: 16 }, (_, byte) => 8 * part + (byte >> 1) + 16 * (byte & 1));
            const pairs = build.let(shuffleBytes(even, odd, places));
            addProducts(build, sums[2 * part]!, widenLow(pairs), { high, low });
            addProducts(build, sums[2 * part + 1]!, widenHigh(pairs), { high, low });
          }
          build.increase(at, i32.shl(stride, i32.const(1)));
          build.increase(weights, i32.const(4 * columnGroup));
        });
        const [a, b, c, d] = sums.map(rounded) as [V128, V128, V128, V128];
        // What is written past the row's end is the next row's, which is written next.
        build.storeV128(i32.add(target, column), narrowToBytes(narrow(a, b), narrow(c, d)));
      });
      build.increase(target, stride);
      build.increase(entry, entryBytes);
    });
  },
);

const definitions: readonly Definition[] = [resizeRows, resizeColumns];
const module = compile(definitions);

/** The kernels; addresses and strides are bytes in their memory. */
export interface ResizeKernels {
  resizeRows(
    source: number,
    stride: number,
    rows: number,
    target: number,
    columns: number,
    table: number,
    groups: number,
  ): void;
  resizeColumns(
    source: number,
    stride: number,
    target: number,
    rows: number,
    table: number,
    groups: number,
  ): void;
}

/** Kernels with a memory of their own. */
export function openKernels(memory: WebAssembly.Memory): ResizeKernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as ResizeKernels;
}
