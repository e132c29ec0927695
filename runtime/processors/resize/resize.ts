import { sharedMemory } from "../../wasm/assembler.ts";
import { type Box, checkInside, copyPixels, crop, type Image, wholeOf } from "../image.ts";
import { columnGroup, makeTable, openKernels, overrun, type ResizeKernels, rowGroup } from "./kernels.ts";
import { bicubicWeights } from "./weights.ts";

/** Resizes what lies inside `box` to `width` × `height` pixels. */
export type Resize = (image: Image, box: Box, width: number, height: number) => Image;

/**
 * Resizes by bicubic interpolation with antialiasing, bit for bit as Pillow's `Image.crop(…).resize(…, BICUBIC)`,
 * which torchvision uses on PIL images: two passes, 22-bit fixed-point weights, rounded to a byte after each.
 * Keeps the memory that its largest image took. Source: Pillow 11, src/libImaging/Resample.c.
 * The function throws RangeError when a side is not a positive integer or the box leaves the image.
 */
export function bicubicResizer(): Resize {
  let space: Space | undefined;
  return (image, box, width, height) => {
    if (![width, height].every((side) => Number.isInteger(side) && side > 0))
      throw new RangeError(`resizeBicubic: cannot make an image of ${width}×${height} pixels`);
    checkInside(image, box);
    if (width === box.width && height === box.height) return crop(image, box);
    const plan = planResize(box, width, height);
    if (space === undefined || space.bytes.length < plan.end) space = openSpace(plan.end);
    copyPixels(image, box, space.bytes.subarray(plan.source));
    return { width, height, data: runPlan(plan, space) };
  };
}

/** {@link bicubicResizer} for a single, whole image. */
export function resizeBicubic(image: Image, width: number, height: number): Image {
  return bicubicResizer()(image, wholeOf(image), width, height);
}

/** A pass along one axis; it is left out where the axis keeps its length. */
interface Pass {
  /** Its weights, to be put at byte `table`. */
  readonly words: Int32Array<ArrayBuffer>;
  readonly table: number;
  /** Groups of taps of each output. */
  readonly groups: number;
}

/** Where everything lies in the kernels' memory: bytes. */
interface Plan {
  readonly box: Box;
  readonly width: number;
  readonly height: number;
  readonly source: number;
  readonly rows: Pass | undefined;
  /** The result of the pass over rows, or the source. */
  readonly middle: number;
  readonly columns: Pass | undefined;
  readonly target: number;
  readonly end: number;
}

function planResize(box: Box, width: number, height: number): Plan {
  let end = 0;
  const place = (bytes: number): number => {
    const start = end;
    end += Math.ceil(bytes / 16) * 16;
    return start;
  };
  const pass = (from: number, to: number, bytes: number, group: number): Pass | undefined => {
    if (from === to) return undefined;
    const { words, groups } = makeTable(bicubicWeights(from, to), bytes, group);
    return { words, groups, table: place(words.byteLength) };
  };
  const rows = pass(box.width, width, 3, rowGroup);
  const columns = pass(box.height, height, 3 * width, columnGroup);
  // Taps without weight read past the last row or pixel.
  const pastRow = (rows?.groups ?? 0) * rowGroup * 3 + overrun;
  const pastColumn = (columns?.groups ?? 0) * columnGroup * width * 3 + overrun;
  const source = place(box.width * box.height * 3 + (rows ? pastRow : pastColumn));
  const middle = rows ? place(width * box.height * 3 + pastColumn) : source;
  const target = columns ? place(width * height * 3 + overrun) : middle;
  return { box, width, height, source, rows, middle, columns, target, end };
}

function runPlan(plan: Plan, { bytes, kernels }: Space): Uint8Array<ArrayBuffer> {
  const { box, width, height, source, rows, middle, columns, target } = plan;
  for (const pass of [rows, columns])
    if (pass) new Int32Array(bytes.buffer, pass.table, pass.words.length).set(pass.words);
  if (rows) kernels.resizeRows(source, box.width * 3, box.height, middle, width, rows.table, rows.groups);
  if (columns) kernels.resizeColumns(middle, width * 3, target, height, columns.table, columns.groups);
  return Uint8Array.from(bytes.subarray(target, target + width * height * 3));
}

/** The kernels and their memory. */
interface Space {
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly kernels: ResizeKernels;
}

const pageBytes = 65_536;

/** At least `bytes` bytes, and some more, as images grow. */
function openSpace(bytes: number): Space {
  const memory = sharedMemory(Math.ceil((bytes * 1.25) / pageBytes));
  return { bytes: new Uint8Array(memory.buffer), kernels: openKernels(memory) };
}
