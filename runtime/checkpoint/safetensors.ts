import { UserError } from "../errors.ts";
import {
  describe,
  elementBytes,
  elementCount,
  isStoredDType,
  type StoredData,
  type StoredDType,
  type StoredShape,
  type StoredTensor,
  viewAs,
} from "./dtype.ts";
import { ByteFile, type Written, writeFileAtomic, writeSynced } from "./file.ts";
import type { WeightSource } from "./source.ts";

/** The format's own limit on its header, in bytes. */
const maxHeaderBytes = 100_000_000;

/** Where a tensor lies: absolute byte offset in the file. */
export interface TensorSpan extends StoredShape {
  readonly offset: number;
  readonly bytes: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorSpan>;
  /** The file's `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads the names, types, shapes and metadata of a safetensors file, none of its values.
 * Format: 8 bytes little-endian header length, JSON header, tensor bytes without holes
 * (huggingface/safetensors, README "Format").
 * @throws UserError when the file is missing, truncated, or breaks the format; says where.
 */
export function readHeader(path: string): SafetensorsHeader {
  const file = new ByteFile(path);
  try {
    return parseHeader(file);
  } finally {
    file.close();
  }
}

/** Opens a safetensors file for reading tensors by name. @throws UserError as {@link readHeader}. */
export function openSafetensors(path: string): WeightSource & SafetensorsHeader {
  const file = new ByteFile(path);
  let header: SafetensorsHeader;
  try {
    header = parseHeader(file);
  } catch (error) {
    file.close();
    throw error;
  }
  return {
    path,
    format: "safetensors",
    ignored: [],
    ...header,
    read(name) {
      const span = header.tensors.get(name);
      if (!span) throw new UserError(`${path} has no tensor ${name}`);
      const bytes = file.read(span.offset, span.bytes, `tensor ${name}`);
      return { dtype: span.dtype, shape: span.shape, data: viewAs(span.dtype, bytes.buffer) };
    },
    close: () => file.close(),
  };
}

/** Reads a whole safetensors file. @throws UserError as {@link readHeader}. */
export function readSafetensors(path: string): Map<string, StoredTensor> {
  const file = openSafetensors(path);
  try {
    return new Map([...file.tensors.keys()].map((name) => [name, file.read(name)]));
  } finally {
    file.close();
  }
}

function parseHeader(file: ByteFile): SafetensorsHeader {
  const damaged = (what: string, hint?: string): never => {
    throw new UserError(
      `${file.path} is not a valid safetensors file: ${what}`,
      hint ?? "Fetch or write it again.",
    );
  };
  if (file.size < 8) damaged(`it has ${file.size} bytes; the header's length alone takes 8`);
  const length = new DataView(file.read(0, 8, "the header's length").buffer).getBigUint64(0, true);
  if (length > maxHeaderBytes)
    damaged(
      `bytes 0..8 claim a header of ${length} bytes, the limit is ${maxHeaderBytes}`,
      "It is probably of another format.",
    );
  const headerBytes = Number(length);
  if (8 + headerBytes > file.size)
    damaged(`bytes 0..8 claim a header of ${headerBytes} bytes, the file ends after ${file.size}`);
  const text = new TextDecoder().decode(file.read(8, headerBytes, "the header"));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    damaged(`the header (bytes 8..${8 + headerBytes}) is not JSON: ${(error as Error).message}`);
  }
  if (!isRecord(json)) return damaged("the header is not a JSON object");

  const dataStart = 8 + headerBytes;
  const tensors = new Map<string, TensorSpan>();
  const metadata = new Map<string, string>();
  for (const [name, entry] of Object.entries(json)) {
    if (name === "__metadata__") {
      if (!isRecord(entry)) return damaged("__metadata__ is not an object");
      for (const [key, value] of Object.entries(entry)) {
        if (typeof value !== "string") return damaged(`__metadata__.${key} is not a string`);
        metadata.set(key, value);
      }
      continue;
    }
    const span = parseEntry(entry, dataStart, (what) => damaged(`tensor ${name}: ${what}`));
    tensors.set(name, span);
  }

  // The format forbids holes and overlaps: with the spans in order each begins where the last ended.
  let end = dataStart;
  const inOrder = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.bytes - b.bytes);
  for (const [name, span] of inOrder) {
    if (span.offset !== end)
      damaged(`tensor ${name} starts at byte ${span.offset}, the one before it ends at ${end}`);
    end += span.bytes;
  }
  if (end !== file.size) {
    const cause = end > file.size ? "it was cut off" : "it has bytes that belong to no tensor";
    damaged(`the header describes ${end} bytes, the file has ${file.size}: ${cause}`);
  }
  return { tensors, metadata };
}

function parseEntry(entry: unknown, dataStart: number, damaged: (what: string) => never): TensorSpan {
  if (!isRecord(entry)) return damaged("its entry is not an object");
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isStoredDType(dtype)) return damaged(`its dtype ${JSON.stringify(dtype)} is not supported`);
  if (!Array.isArray(shape) || !shape.every(isSize))
    return damaged(`its shape ${JSON.stringify(shape)} is not a list of sizes`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize))
    return damaged(`its data_offsets ${JSON.stringify(offsets)} are not two offsets`);
  const [begin, end] = offsets as [number, number];
  const bytes = elementCount(shape) * elementBytes(dtype);
  if (end - begin !== bytes)
    return damaged(
      `${describe({ dtype, shape })} takes ${bytes} bytes, its data_offsets span ${end - begin}`,
    );
  return { dtype, shape, offset: dataStart + begin, bytes };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/**
 * A tensor to write. `data` may be a function that lends its elements when its turn comes, for the time of a call,
 * so that one tensor at a time is held and none copied.
 */
export interface TensorToWrite {
  readonly dtype: StoredDType;
  readonly shape: readonly number[];
  readonly data: StoredData | ((use: (data: StoredData) => void) => void);
}

export interface WriteOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  /** Write to a temporary name and rename (the default); a caller that renames a whole folder needs no second one. */
  readonly atomic?: boolean;
}

/**
 * Writes a safetensors file: tensors sorted by element size (widest first, so that each starts aligned to
 * its size), then by name; the same tensors give the same bytes. The file is synced to the disk.
 * @returns its size and hash.
 * @throws Error when a tensor's data is not of its dtype and shape.
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, TensorToWrite>,
  { metadata = {}, atomic = true }: WriteOptions = {},
): Written {
  const inOrder = [...tensors].sort(
    ([a, { dtype: x }], [b, { dtype: y }]) => elementBytes(y) - elementBytes(x) || (a < b ? -1 : 1),
  );
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0)
    entries.push([
      "__metadata__",
      Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))),
    ]);
  let offset = 0;
  for (const [name, { dtype, shape }] of inOrder) {
    if (name === "__metadata__") throw new Error("a tensor cannot be named __metadata__");
    const end = offset + elementCount(shape) * elementBytes(dtype);
    entries.push([name, { dtype, shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const text = new TextEncoder().encode(
    `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`)}}`,
  );
  // Spaces after the JSON align the first tensor to 8 bytes.
  const header = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(text, 8);

  return (atomic ? writeFileAtomic : writeSynced)(path, (write) => {
    write(header);
    for (const [name, tensor] of inOrder) {
      const expected = elementCount(tensor.shape) * elementBytes(tensor.dtype);
      const writeData = (data: StoredData): void => {
        if (data.byteLength !== expected)
          throw new Error(
            `tensor ${name} has ${data.byteLength} bytes of data, ${describe(tensor)} takes ${expected}`,
          );
        write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      };
      if (typeof tensor.data === "function") tensor.data(writeData);
      else writeData(tensor.data);
    }
  });
}
