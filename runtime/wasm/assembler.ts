/**
 * A small WebAssembly assembler: functions are built from typed expressions and statements, and `assemble`
 * encodes them as a module (WebAssembly 2.0 core with 128-bit SIMD) that imports its memory.
 */

export type ValueType = "i32" | "f32" | "f64" | "v128";

const typeCodes: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };

/** Code that leaves one value of type `T` on the stack. */
export interface Expression<T extends ValueType> {
  readonly type: T;
  readonly code: readonly number[];
}

export type I32 = Expression<"i32">;
export type F32 = Expression<"f32">;
export type F64 = Expression<"f64">;
export type V128 = Expression<"v128">;

/** A parameter or local variable; as an expression it reads the variable. */
export interface Variable<T extends ValueType> extends Expression<T> {
  readonly index: number;
}

export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}

export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)) {
      bytes.push(byte);
      return bytes;
    }
    bytes.push(byte | 0x80);
  }
}

function float32Bytes(value: number): number[] {
  return [...new Uint8Array(new Float32Array([value]).buffer)];
}

function make<T extends ValueType>(type: T, ...parts: readonly (readonly number[])[]): Expression<T> {
  return { type, code: parts.flat() };
}

const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];
const memory = (align: number, offset: number): number[] => [align, ...unsigned(offset)];

const binaryI32 = (opcode: number) => (a: I32, b: I32) => make("i32", a.code, b.code, [opcode]);
const compareF32 = (opcode: number) => (a: F32, b: F32) => make("i32", a.code, b.code, [opcode]);
const binaryF32 = (opcode: number) => (a: F32, b: F32) => make("f32", a.code, b.code, [opcode]);
const unaryF32 = (opcode: number) => (a: F32) => make("f32", a.code, [opcode]);
const binaryF64 = (opcode: number) => (a: F64, b: F64) => make("f64", a.code, b.code, [opcode]);
const binaryV128 = (opcode: number) => (a: V128, b: V128) => make("v128", a.code, b.code, simd(opcode));
const unaryV128 = (opcode: number) => (a: V128) => make("v128", a.code, simd(opcode));
const shiftV128 = (opcode: number) => (a: V128, bits: number) =>
  make("v128", a.code, i32.const(bits).code, simd(opcode));

/** 32-bit integers; addresses are bytes. */
export const i32 = {
  const: (value: number): I32 => make("i32", [0x41], signed(value)),
  load: (address: I32, offset = 0): I32 => make("i32", address.code, [0x28], memory(2, offset)),
  loadByte: (address: I32, offset = 0): I32 => make("i32", address.code, [0x2d], memory(0, offset)),
  eqz: (a: I32): I32 => make("i32", a.code, [0x45]),
  eq: binaryI32(0x46),
  ne: binaryI32(0x47),
  lt: binaryI32(0x48),
  ltU: binaryI32(0x49),
  gt: binaryI32(0x4a),
  le: binaryI32(0x4c),
  ge: binaryI32(0x4e),
  geU: binaryI32(0x4f),
  add: binaryI32(0x6a),
  sub: binaryI32(0x6b),
  mul: binaryI32(0x6c),
  div: binaryI32(0x6d),
  rem: binaryI32(0x6f),
  and: binaryI32(0x71),
  or: binaryI32(0x72),
  xor: binaryI32(0x73),
  shl: binaryI32(0x74),
  shrU: binaryI32(0x76),
  min: (a: I32, b: I32): I32 => select(a, b, i32.lt(a, b)),
  max: (a: I32, b: I32): I32 => select(a, b, i32.gt(a, b)),
};

/** 32-bit floats. */
export const f32 = {
  const: (value: number): F32 => make("f32", [0x43], float32Bytes(value)),
  load: (address: I32, offset = 0): F32 => make("f32", address.code, [0x2a], memory(2, offset)),
  eq: compareF32(0x5b),
  lt: compareF32(0x5d),
  gt: compareF32(0x5e),
  ge: compareF32(0x60),
  neg: unaryF32(0x8c),
  sqrt: unaryF32(0x91),
  add: binaryF32(0x92),
  sub: binaryF32(0x93),
  mul: binaryF32(0x94),
  div: binaryF32(0x95),
  max: binaryF32(0x97),
  fromI32: (a: I32): F32 => make("f32", a.code, [0xb2]),
  fromF64: (a: F64): F32 => make("f32", a.code, [0xb6]),
};

/** 64-bit floats, for long sums. */
export const f64 = {
  const: (value: number): F64 => make("f64", [0x44], [...new Uint8Array(new Float64Array([value]).buffer)]),
  add: binaryF64(0xa0),
  sub: binaryF64(0xa1),
  mul: binaryF64(0xa2),
  fromF32: (a: F32): F64 => make("f64", a.code, [0xbb]),
};

/** Four 32-bit lanes as bits. */
export const v128 = {
  load: (address: I32, offset = 0): V128 => make("v128", address.code, simd(0x00), memory(2, offset)),
  /** One 32-bit word in all lanes. */
  loadSplat: (address: I32, offset = 0): V128 => make("v128", address.code, simd(0x09), memory(2, offset)),
  /** Two words in the lower lanes, 0 in the upper ones. */
  loadHalf: (address: I32, offset = 0): V128 => make("v128", address.code, simd(0x5d), memory(3, offset)),
  not: unaryV128(0x4d),
  and: binaryV128(0x4e),
  andNot: binaryV128(0x4f),
  or: binaryV128(0x50),
  xor: binaryV128(0x51),
  /** The bits of `a` where `mask` is 1, else those of `b`. */
  select: (a: V128, b: V128, mask: V128): V128 => make("v128", a.code, b.code, mask.code, simd(0x52)),
  /** Four of the eight 32-bit lanes of a (0–3) and b (4–7). */
  shuffle: (a: V128, b: V128, lanes: readonly [number, number, number, number]): V128 =>
    make(
      "v128",
      a.code,
      b.code,
      simd(0x0d),
      lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte)),
    ),
};

/** Four 32-bit floats. */
export const f32x4 = {
  const: (value: number): V128 => {
    const bytes = float32Bytes(value);
    return make("v128", simd(0x0c), bytes, bytes, bytes, bytes);
  },
  splat: (a: F32): V128 => make("v128", a.code, simd(0x13)),
  lane: (a: V128, lane: number): F32 => make("f32", a.code, simd(0x1f), [lane]),
  eq: binaryV128(0x41),
  lt: binaryV128(0x43),
  gt: binaryV128(0x44),
  le: binaryV128(0x45),
  ge: binaryV128(0x46),
  nearest: unaryV128(0x6a),
  abs: unaryV128(0xe0),
  neg: unaryV128(0xe1),
  sqrt: unaryV128(0xe3),
  add: binaryV128(0xe4),
  sub: binaryV128(0xe5),
  mul: binaryV128(0xe6),
  div: binaryV128(0xe7),
  min: binaryV128(0xe8),
  max: binaryV128(0xe9),
  /** b < a ? b : a, one instruction. */
  pmin: binaryV128(0xea),
  /** a < b ? b : a, one instruction. */
  pmax: binaryV128(0xeb),
  fromI32: unaryV128(0xfa),
};

/** Four 32-bit integers. */
export const i32x4 = {
  const: (...lanes: readonly [number] | readonly [number, number, number, number]): V128 => {
    const all = lanes.length === 1 ? [lanes[0], lanes[0], lanes[0], lanes[0]] : lanes;
    return make("v128", simd(0x0c), [...new Uint8Array(new Int32Array(all).buffer)]);
  },
  splat: (a: I32): V128 => make("v128", a.code, simd(0x11)),
  shl: shiftV128(0xab),
  shrU: shiftV128(0xad),
  add: binaryV128(0xae),
  mul: binaryV128(0xb5),
  lt: binaryV128(0x39),
  geU: binaryV128(0x40),
  fromF32: unaryV128(0xf8),
};

/** `a` when the condition is not 0, else `b`; both are computed. */
export function select<T extends "i32" | "f32">(
  a: Expression<T>,
  b: Expression<T>,
  condition: I32,
): Expression<T> {
  return make(a.type, a.code, b.code, condition.code, [0x1b]);
}

/** The sum of the four float lanes, pairs first. */
export function horizontalSum(build: FunctionBuilder, x: V128): F32 {
  const pairs = build.let(x);
  const both = build.let(f32x4.add(pairs, v128.shuffle(pairs, pairs, [2, 3, 0, 1])));
  return f32.add(f32x4.lane(both, 0), f32x4.lane(both, 1));
}

/** The largest of the four float lanes. */
export function horizontalMax(build: FunctionBuilder, x: V128): F32 {
  const pairs = build.let(x);
  const both = build.let(f32x4.max(pairs, v128.shuffle(pairs, pairs, [2, 3, 0, 1])));
  return f32.max(f32x4.lane(both, 0), f32x4.lane(both, 1));
}

/** Builds the body of one function. */
export class FunctionBuilder {
  readonly #params: readonly ValueType[];
  readonly #locals: ValueType[] = [];
  readonly #code: number[] = [];

  constructor(params: readonly ValueType[]) {
    this.#params = params;
  }

  /** A new local variable, holding `value`. */
  let<T extends ValueType>(value: Expression<T>): Variable<T> {
    const variable = this.local(value.type);
    this.set(variable, value);
    return variable;
  }

  /** A new local variable, holding 0 when the function starts. */
  local<T extends ValueType>(type: T): Variable<T> {
    const index = this.#params.length + this.#locals.length;
    this.#locals.push(type);
    return variableAt(type, index);
  }

  set<T extends ValueType>(variable: Variable<T>, value: Expression<T>): void {
    this.#emit(value.code, [0x21], unsigned(variable.index));
  }

  /** variable += value, for integers. */
  increase(variable: Variable<"i32">, value: I32): void {
    this.set(variable, i32.add(variable, value));
  }

  storeI32(address: I32, value: I32, offset = 0): void {
    this.#emit(address.code, value.code, [0x36], memory(2, offset));
  }

  storeByte(address: I32, value: I32, offset = 0): void {
    this.#emit(address.code, value.code, [0x3a], memory(0, offset));
  }

  storeF32(address: I32, value: F32, offset = 0): void {
    this.#emit(address.code, value.code, [0x38], memory(2, offset));
  }

  storeV128(address: I32, value: V128, offset = 0): void {
    this.#emit(address.code, value.code, simd(0x0b), memory(2, offset));
  }

  /** Stores the lower (0) or upper (1) two lanes. */
  storeHalf(address: I32, value: V128, half: number, offset = 0): void {
    this.#emit(address.code, value.code, simd(0x5b), memory(3, offset), [half]);
  }

  /** Stores the first `count` (1 to 3) lanes. */
  storePart(address: I32, value: Variable<"v128">, count: I32): void {
    this.storeF32(address, f32x4.lane(value, 0));
    this.if(i32.gt(count, i32.const(1)), () => this.storeF32(address, f32x4.lane(value, 1), 4));
    this.if(i32.gt(count, i32.const(2)), () => this.storeF32(address, f32x4.lane(value, 2), 8));
  }

  /** Runs `body` while the condition is not 0. */
  while(condition: I32, body: () => void): void {
    this.#emit([0x02, 0x40, 0x03, 0x40], condition.code, [0x45, 0x0d, 1]);
    body();
    this.#emit([0x0c, 0, 0x0b, 0x0b]);
  }

  /** Runs `body` for a variable from `begin` up to but without `end`. */
  for(begin: I32, end: I32, step: number, body: (at: Variable<"i32">) => void): void {
    const at = this.let(begin);
    const stop = this.let(end);
    this.while(i32.lt(at, stop), () => {
      body(at);
      this.increase(at, i32.const(step));
    });
  }

  if(condition: I32, then: () => void, otherwise?: () => void): void {
    this.#emit(condition.code, [0x04, 0x40]);
    then();
    if (otherwise !== undefined) {
      this.#emit([0x05]);
      otherwise();
    }
    this.#emit([0x0b]);
  }

  #emit(...parts: readonly (readonly number[])[]): void {
    for (const part of parts) for (const byte of part) this.#code.push(byte);
  }

  /** The encoded body: locals, code, end. */
  encode(): number[] {
    const locals = this.#locals.flatMap((type) => [1, typeCodes[type]]);
    const body = [...unsigned(this.#locals.length), ...locals, ...this.#code, 0x0b];
    return [...unsigned(body.length), ...body];
  }
}

function variableAt<T extends ValueType>(type: T, index: number): Variable<T> {
  return { type, index, code: [0x20, ...unsigned(index)] };
}

type Variables<P extends Readonly<Record<string, ValueType>>> = {
  readonly [K in keyof P]: Variable<P[K]>;
};

/** A function to be assembled. */
export interface Definition {
  readonly name: string;
  readonly params: readonly { readonly name: string; readonly type: ValueType }[];
  readonly body: number[];
}

/** Defines a function without result. `params` are in order; `body` emits its statements. */
export function define<const P extends Readonly<Record<string, ValueType>>>(
  name: string,
  params: P,
  body: (build: FunctionBuilder, params: Variables<P>) => void,
): Definition {
  const list = Object.entries(params).map(([paramName, type]) => ({ name: paramName, type }));
  const build = new FunctionBuilder(list.map(({ type }) => type));
  const variables = Object.fromEntries(
    list.map(({ name: paramName, type }, index) => [paramName, variableAt(type, index)]),
  ) as Variables<P>;
  body(build, variables);
  return { name, params: list, body: build.encode() };
}

/** How large a 32-bit memory can be, in pages of 64 KiB. */
export const maximumPages = 65_536;

/** The binary module of the functions, exported by name; it imports the shared memory `env.memory`. */
function assemble(functions: readonly Definition[]): Uint8Array<ArrayBuffer> {
  const text = (value: string): number[] => {
    const bytes = [...new TextEncoder().encode(value)];
    return [...unsigned(bytes.length), ...bytes];
  };
  const section = (id: number, content: readonly number[]): number[] => [
    id,
    ...unsigned(content.length),
    ...content,
  ];
  const vector = (items: readonly (readonly number[])[]): number[] => [
    ...unsigned(items.length),
    ...items.flat(),
  ];
  const sharedWithMaximum = 0x03;
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(
      1,
      vector(
        functions.map(({ params }) => [0x60, ...vector(params.map(({ type }) => [typeCodes[type]])), 0]),
      ),
    ),
    ...section(
      2,
      vector([[...text("env"), ...text("memory"), 0x02, sharedWithMaximum, 1, ...unsigned(maximumPages)]]),
    ),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(7, vector(functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)]))),
    ...section(10, vector(functions.map(({ body }) => body))),
  ]);
}

/** The functions as a module that can be instantiated over one shared memory by several threads. */
export function compile(functions: readonly Definition[]): WebAssembly.Module {
  return new WebAssembly.Module(assemble(functions));
}

/** A shared memory of `pages` that can grow to the limit. */
export function sharedMemory(pages: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: pages, maximum: maximumPages, shared: true });
}
