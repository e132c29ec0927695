import { UserError } from "../errors.ts";

/** The element types of stored tensors, by their safetensors names, with the typed array that holds them. */
const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  /** IEEE half precision, kept as its bits. */
  F16: Uint16Array,
  /** bfloat16 (the upper half of a float32), kept as its bits. */
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  /** One byte an element, 0 or 1. */
  BOOL: Uint8Array,
} as const;

export type StoredDType = keyof typeof arrays;
export type StoredData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array;

/** What a file says of a tensor before its values are read. */
export interface StoredShape {
  readonly dtype: StoredDType;
  readonly shape: readonly number[];
}

/** A tensor as a file holds it: row-major values of `shape`, in the file's own precision. */
export interface StoredTensor extends StoredShape {
  readonly data: StoredData;
}

export function isStoredDType(name: unknown): name is StoredDType {
  return typeof name === "string" && Object.hasOwn(arrays, name);
}

/** Bytes of one element. */
export function elementBytes(dtype: StoredDType): number {
  return arrays[dtype].BYTES_PER_ELEMENT;
}

/** Views a buffer as elements of `dtype`; the buffer's length is a multiple of the element size. */
export function viewAs(dtype: StoredDType, buffer: ArrayBuffer): StoredData {
  return new arrays[dtype](buffer);
}

/** The number of elements of a shape (1 for a scalar); NaN when it is no exact integer. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) count *= size;
  return Number.isSafeInteger(count) ? count : Number.NaN;
}

/** A tensor's shape for messages: `F32[3, 48]`. */
export function describe(tensor: StoredShape): string {
  return `${tensor.dtype}[${tensor.shape.join(", ")}]`;
}

/**
 * The values as float32. Exact for BF16, F16, BOOL and the 8- and 16-bit integers; rounded for F64 and
 * wide integers. The result shares memory with an F32 tensor.
 */
export function toFloat32(tensor: StoredTensor): Float32Array {
  const { dtype, data } = tensor;
  if (data instanceof Float32Array) return data;
  if (dtype === "BF16") return bfloat16ToFloat32(data as Uint16Array);
  if (dtype === "F16") return float16ToFloat32(data as Uint16Array);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float32Array.from(data, Number);
  return Float32Array.from(data);
}

/**
 * The values as int32.
 * @throws UserError for a float tensor, or a value that does not fit; `name` says whose.
 */
export function toInt32(tensor: StoredTensor, name: string): Int32Array {
  const { dtype, data } = tensor;
  if (data instanceof Int32Array) return data;
  if (dtype.startsWith("F") || dtype === "BF16")
    throw new UserError(`tensor ${name} holds ${describe(tensor)} where integers belong`);
  const result = new Int32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    result[i] = value;
    if (result[i] !== value)
      throw new UserError(`tensor ${name}: element ${i} is ${data[i]}, which does not fit 32 bits`);
  }
  return result;
}

function bfloat16ToFloat32(bits: Uint16Array): Float32Array {
  const result = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) result[i] = bits[i]! << 16;
  return new Float32Array(result.buffer);
}

function float16ToFloat32(bits: Uint16Array): Float32Array {
  const result = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const half = bits[i]!;
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) result[i] = sign * fraction * 2 ** -24;
    else if (exponent === 31) result[i] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else result[i] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return result;
}
