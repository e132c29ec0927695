import {
  type Definition,
  define,
  type FunctionBuilder,
  f32,
  f32x4,
  type I32,
  i32,
  type Variable,
  v128,
} from "../../../wasm/assembler.ts";

/**
 * Matrix product in the manner of Goto and van de Geijn (2008): both operands are packed into panels, and a
 * kernel that holds a tile of the result in registers runs over them. Packing takes any strides, so transposed
 * operands cost the same.
 */

/** The tile: 6 rows by 8 columns are 12 of the 16 SIMD registers of x86-64. */
export const tileRows = 6;
export const tileColumns = 8;
/** How much of the inner dimension is packed at a time: panels of A stay in the first-level cache. */
const innerBlock = 256;
/** Rows of A that one work item multiplies. */
export const rowBlock = 60;
/** Bytes that each thread needs for its packed block of A and one tile. */
export const gemmScratchBytes = 4 * (rowBlock * innerBlock + tileRows * tileColumns);

/** How many bytes `count` floats take. */
const bytes = (count: I32): I32 => i32.shl(count, i32.const(2));

/**
 * Packs B: items are (matrix, panel of 8 columns). The panel of columns j … j+7 lies at
 * packed + (matrix · panels + panel) · 8 · inner floats; its row k holds the 8 columns, zeros past the end.
 */
export const packB: Definition = define(
  "packB",
  {
    begin: "i32",
    end: "i32",
    scratch: "i32",
    b: "i32",
    matrixStride: "i32",
    rowStride: "i32",
    columnStride: "i32",
    inner: "i32",
    columns: "i32",
    panels: "i32",
    packed: "i32",
  },
  (build, { begin, end, b, matrixStride, rowStride, columnStride, inner, columns, panels, packed }) => {
    const panelBytes = build.let(i32.mul(inner, i32.const(4 * tileColumns)));
    build.for(begin, end, 1, (item) => {
      const matrix = build.let(i32.div(item, panels));
      const firstColumn = build.let(i32.mul(i32.rem(item, panels), i32.const(tileColumns)));
      const source = build.let(
        i32.add(i32.add(b, i32.mul(matrix, matrixStride)), i32.mul(firstColumn, columnStride)),
      );
      const target = build.let(i32.add(packed, i32.mul(item, panelBytes)));
      const width = build.let(i32.min(i32.sub(columns, firstColumn), i32.const(tileColumns)));
      const full = build.let(i32.eq(width, i32.const(tileColumns)));
      build.if(
        i32.and(full, i32.eq(columnStride, i32.const(4))),
        () => {
          // Rows are contiguous: copy two vectors a row.
          build.for(i32.const(0), inner, 1, () => {
            build.storeV128(target, v128.load(source));
            build.storeV128(target, v128.load(source, 16), 16);
            build.increase(source, rowStride);
            build.increase(target, i32.const(4 * tileColumns));
          });
        },
        () => {
          build.if(
            i32.and(full, i32.eq(rowStride, i32.const(4))),
            () => {
              // Columns are contiguous: transpose squares of four by four.
              const quads = build.let(i32.and(inner, i32.const(-4)));
              const lower = build.let(i32.add(source, i32.shl(columnStride, i32.const(2))));
              build.for(i32.const(0), quads, 4, () => {
                transposeSquare(build, source, columnStride, target, 4 * tileColumns, 0);
                transposeSquare(build, lower, columnStride, target, 4 * tileColumns, 16);
                build.increase(source, i32.const(16));
                build.increase(lower, i32.const(16));
                build.increase(target, i32.const(16 * tileColumns));
              });
              build.for(quads, inner, 1, () => {
                const at = build.let(source);
                for (let column = 0; column < tileColumns; column++) {
                  build.storeF32(target, f32.load(at), 4 * column);
                  build.increase(at, columnStride);
                }
                build.increase(source, i32.const(4));
                build.increase(target, i32.const(4 * tileColumns));
              });
            },
            () => {
              build.for(i32.const(0), inner, 1, () => {
                build.storeV128(target, f32x4.const(0));
                build.storeV128(target, f32x4.const(0), 16);
                const at = build.let(source);
                build.for(i32.const(0), width, 1, (column) => {
                  build.storeF32(i32.add(target, bytes(column)), f32.load(at));
                  build.increase(at, columnStride);
                });
                build.increase(source, rowStride);
                build.increase(target, i32.const(4 * tileColumns));
              });
            },
          );
        },
      );
    });
  },
);

/** Four vectors `stride` apart, transposed, to rows `targetStride` bytes apart. */
function transposeSquare(
  build: FunctionBuilder,
  source: Variable<"i32">,
  stride: Variable<"i32">,
  target: Variable<"i32">,
  targetStride: number,
  offset: number,
): void {
  const second = build.let(i32.add(source, stride));
  const third = build.let(i32.add(second, stride));
  const a = build.let(v128.load(source));
  const b = build.let(v128.load(second));
  const c = build.let(v128.load(third));
  const d = build.let(v128.load(i32.add(third, stride)));
  const abLow = build.let(v128.shuffle(a, b, [0, 4, 1, 5]));
  const abHigh = build.let(v128.shuffle(a, b, [2, 6, 3, 7]));
  const cdLow = build.let(v128.shuffle(c, d, [0, 4, 1, 5]));
  const cdHigh = build.let(v128.shuffle(c, d, [2, 6, 3, 7]));
  build.storeV128(target, v128.shuffle(abLow, cdLow, [0, 1, 4, 5]), offset);
  build.storeV128(target, v128.shuffle(abLow, cdLow, [2, 3, 6, 7]), offset + targetStride);
  build.storeV128(target, v128.shuffle(abHigh, cdHigh, [0, 1, 4, 5]), offset + 2 * targetStride);
  build.storeV128(target, v128.shuffle(abHigh, cdHigh, [2, 3, 6, 7]), offset + 3 * targetStride);
}

/** Packs `rows` × `depth` of A from `source` into panels of 6 rows at `target`: [panel][k][row], zero-padded. */
function packA(
  build: FunctionBuilder,
  block: {
    readonly source: I32;
    readonly rowStride: Variable<"i32">;
    readonly columnStride: I32;
    readonly rows: I32;
    readonly depth: Variable<"i32">;
    readonly target: I32;
  },
): void {
  const { rowStride, columnStride, depth } = block;
  const target = build.let(block.target);
  const quads = build.let(i32.and(depth, i32.const(-4)));
  build.for(i32.const(0), block.rows, tileRows, (row) => {
    const source = build.let(i32.add(block.source, i32.mul(row, rowStride)));
    const height = build.let(i32.min(i32.sub(block.rows, row), i32.const(tileRows)));
    const full = build.let(i32.eq(height, i32.const(tileRows)));
    build.if(
      i32.and(full, i32.eq(columnStride, i32.const(4))),
      () => {
        const others = Array.from({ length: tileRows - 4 }, (_, index) =>
          build.let(i32.add(source, i32.mul(rowStride, i32.const(4 + index)))),
        );
        build.for(i32.const(0), quads, 4, () => {
          transposeSquare(build, source, rowStride, target, 4 * tileRows, 0);
          for (const [index, other] of others.entries()) {
            const row = build.let(v128.load(other));
            for (let k = 0; k < 4; k++) {
              build.storeF32(target, f32x4.lane(row, k), 4 * (tileRows * k + 4 + index));
            }
            build.increase(other, i32.const(16));
          }
          build.increase(source, i32.const(16));
          build.increase(target, i32.const(16 * tileRows));
        });
        build.for(quads, depth, 1, () => packColumn(tileRows, source, target));
      },
      () => {
        build.if(
          i32.and(full, i32.eq(rowStride, i32.const(4))),
          () => {
            build.for(i32.const(0), depth, 1, () => {
              build.storeV128(target, v128.load(source));
              for (let row = 4; row < tileRows; row++)
                build.storeF32(target, f32.load(source, 4 * row), 4 * row);
              build.increase(source, columnStride);
              build.increase(target, i32.const(4 * tileRows));
            });
          },
          () => build.for(i32.const(0), depth, 1, () => packColumn(height, source, target)),
        );
      },
    );
  });

  function packColumn(height: I32 | number, source: Variable<"i32">, to: Variable<"i32">): void {
    const at = build.let(source);
    if (typeof height === "number") {
      for (let row = 0; row < height; row++) {
        build.storeF32(to, f32.load(at), 4 * row);
        build.increase(at, rowStride);
      }
    } else {
      for (let row = 0; row < tileRows; row++) build.storeF32(to, f32.const(0), 4 * row);
      build.for(i32.const(0), height, 1, (row) => {
        build.storeF32(i32.add(to, bytes(row)), f32.load(at));
        build.increase(at, rowStride);
      });
    }
    build.increase(source, columnStride);
    build.increase(to, i32.const(4 * tileRows));
  }
}

/**
 * C = alpha · A · B + bias: items are (matrix, block of `blockRows` rows). Strides are in bytes; the rows of C
 * are contiguous. `packed` is what packB made (matrix stride 0: one B for all), `bias` has one float a column
 * (0: none).
 */
export const gemm: Definition = define(
  "gemm",
  {
    begin: "i32",
    end: "i32",
    scratch: "i32",
    a: "i32",
    aMatrixStride: "i32",
    aRowStride: "i32",
    aColumnStride: "i32",
    packed: "i32",
    packedMatrixStride: "i32",
    c: "i32",
    rows: "i32",
    columns: "i32",
    inner: "i32",
    blockRows: "i32",
    blocks: "i32",
    bias: "i32",
    alpha: "f32",
  },
  (build, p) => {
    const cRowStride = build.let(bytes(p.columns));
    const panelBytes = build.let(i32.mul(p.inner, i32.const(4 * tileColumns)));
    const tile = build.let(i32.add(p.scratch, i32.const(4 * rowBlock * innerBlock)));
    const scale = build.let(f32x4.splat(p.alpha));
    build.for(p.begin, p.end, 1, (item) => {
      const matrix = build.let(i32.div(item, p.blocks));
      const firstRow = build.let(i32.mul(i32.rem(item, p.blocks), p.blockRows));
      const height = build.let(i32.min(p.blockRows, i32.sub(p.rows, firstRow)));
      const aBlock = build.let(
        i32.add(i32.add(p.a, i32.mul(matrix, p.aMatrixStride)), i32.mul(firstRow, p.aRowStride)),
      );
      const packed = build.let(i32.add(p.packed, i32.mul(matrix, p.packedMatrixStride)));
      const cBlock = build.let(i32.add(p.c, i32.mul(i32.add(i32.mul(matrix, p.rows), firstRow), cRowStride)));
      build.for(i32.const(0), p.inner, innerBlock, (k) => {
        const depth = build.let(i32.min(i32.sub(p.inner, k), i32.const(innerBlock)));
        packA(build, {
          source: i32.add(aBlock, i32.mul(k, p.aColumnStride)),
          rowStride: p.aRowStride,
          columnStride: p.aColumnStride,
          rows: height,
          depth,
          target: p.scratch,
        });
        const bPanel = build.let(i32.add(packed, i32.mul(k, i32.const(4 * tileColumns))));
        build.for(i32.const(0), p.columns, tileColumns, (column) => {
          const aPanel = build.let(p.scratch);
          build.for(i32.const(0), height, tileRows, (row) => {
            const sums = multiplyPanels(build, aPanel, bPanel, depth);
            const c = build.let(i32.add(i32.add(cBlock, i32.mul(row, cRowStride)), bytes(column)));
            const inside = i32.and(
              i32.le(i32.add(row, i32.const(tileRows)), height),
              i32.le(i32.add(column, i32.const(tileColumns)), p.columns),
            );
            build.if(
              inside,
              () => storeTile(sums, c, column, k),
              () => storeEdge(sums, c, row, column, k, height),
            );
          });
          build.increase(bPanel, panelBytes);
        });
      });

      function storeTile(
        sums: readonly Variable<"v128">[],
        c: Variable<"i32">,
        column: Variable<"i32">,
        k: Variable<"i32">,
      ): void {
        const base = [build.let(f32x4.const(0)), build.let(f32x4.const(0))] as const;
        build.if(i32.and(i32.eqz(k), i32.ne(p.bias, i32.const(0))), () => {
          const from = i32.add(p.bias, bytes(column));
          build.set(base[0], v128.load(from));
          build.set(base[1], v128.load(from, 16));
        });
        for (let row = 0; row < tileRows; row++) {
          build.if(k, () => {
            build.set(base[0], v128.load(c));
            build.set(base[1], v128.load(c, 16));
          });
          for (const half of [0, 1] as const) {
            const sum = sums[row * 2 + half] as Variable<"v128">;
            build.storeV128(c, f32x4.add(f32x4.mul(sum, scale), base[half]), 16 * half);
          }
          build.increase(c, cRowStride);
        }
      }

      function storeEdge(
        sums: readonly Variable<"v128">[],
        c: Variable<"i32">,
        row: Variable<"i32">,
        column: Variable<"i32">,
        k: Variable<"i32">,
        blockHeight: I32,
      ): void {
        for (const [index, sum] of sums.entries()) build.storeV128(tile, f32x4.mul(sum, scale), 16 * index);
        const width = build.let(i32.min(i32.sub(p.columns, column), i32.const(tileColumns)));
        const from = build.let(tile);
        build.for(i32.const(0), i32.min(i32.sub(blockHeight, row), i32.const(tileRows)), 1, () => {
          build.for(i32.const(0), width, 1, (lane) => {
            const target = build.let(i32.add(c, bytes(lane)));
            const value = build.let(f32.load(i32.add(from, bytes(lane))));
            build.if(
              k,
              () => build.set(value, f32.add(value, f32.load(target))),
              () =>
                build.if(p.bias, () =>
                  build.set(value, f32.add(value, f32.load(i32.add(p.bias, bytes(i32.add(column, lane)))))),
                ),
            );
            build.storeF32(target, value);
          });
          build.increase(from, i32.const(4 * tileColumns));
          build.increase(c, cRowStride);
        });
      }
    });
  },
);

/** Σ over k of a panel of A (outer) times a panel of B: twelve sums, two a row. Advances `aPanel` past it. */
function multiplyPanels(
  build: FunctionBuilder,
  aPanel: Variable<"i32">,
  bPanel: Variable<"i32">,
  depth: Variable<"i32">,
): Variable<"v128">[] {
  const sums = Array.from({ length: tileRows * 2 }, () => build.let(f32x4.const(0)));
  const b = build.let(bPanel);
  const [left, right, value] = [build.local("v128"), build.local("v128"), build.local("v128")];
  const step = (k: number): void => {
    build.set(left, v128.load(b, 4 * tileColumns * k));
    build.set(right, v128.load(b, 4 * tileColumns * k + 16));
    for (let row = 0; row < tileRows; row++) {
      build.set(value, v128.loadSplat(aPanel, 4 * (tileRows * k + row)));
      for (const [half, vector] of [left, right].entries()) {
        const sum = sums[row * 2 + half] as Variable<"v128">;
        build.set(sum, f32x4.add(sum, f32x4.mul(value, vector)));
      }
    }
  };
  const unroll = 4;
  const unrolled = build.let(i32.and(depth, i32.const(-unroll)));
  build.for(i32.const(0), unrolled, unroll, () => {
    for (let k = 0; k < unroll; k++) step(k);
    build.increase(aPanel, i32.const(4 * tileRows * unroll));
    build.increase(b, i32.const(4 * tileColumns * unroll));
  });
  build.for(unrolled, depth, 1, () => {
    step(0);
    build.increase(aPanel, i32.const(4 * tileRows));
    build.increase(b, i32.const(4 * tileColumns));
  });
  return sums;
}
