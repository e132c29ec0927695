import { type DType, type Shape, type TensorData, TensorError } from "../../../tensor/index.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import { type Disposer, Value, ValueStore } from "../value.ts";
import type { Binding, OpAttribute, OpResult } from "./binding.ts";

/** What TensorFlow knows an array by; in-place ops give it another one. */
interface Handle {
  id: number;
}

/** An argument of an op: an array, a number (float32), or integers (an int32 vector, or one number). */
export type Argument = Value | number | { readonly ints: readonly number[] } | { readonly int: number };

type Attributes = Readonly<
  Record<string, DType | number | boolean | readonly number[] | { readonly text: string }>
>;

/** Runs TensorFlow's ops on values. */
export class TensorFlow implements Disposer {
  readonly values: ValueStore;
  readonly #binding: Binding;
  /** Index vectors (axes, permutations, shapes), by their text: few are ever used. */
  readonly #constants = new Map<string, number>();
  readonly #dtypes: Readonly<Record<DType, number>>;

  constructor(binding: Binding) {
    this.#binding = binding;
    this.values = new ValueStore(this);
    this.#dtypes = { float32: binding.TF_FLOAT, int32: binding.TF_INT32, bool: binding.TF_BOOL };
  }

  dispose(): void {
    for (const id of this.#constants.values()) this.#binding.deleteTensor(id);
    this.#constants.clear();
  }

  /** For the store of values. */
  disposeData(dataId: object): boolean {
    this.#binding.deleteTensor((dataId as Handle).id);
    return true;
  }

  create(data: TensorData, shape: Shape, dtype: DType): Value {
    const id = this.#binding.createTensor(shape, this.#dtypes[dtype], data.slice());
    return this.values.adopt({ dataId: { id }, shape: [...shape], dtype });
  }

  read(x: Value): TensorData {
    const data = this.#binding.tensorDataSync(handleOf(x).id);
    return x.dtype === "bool" ? Uint8Array.from(data) : data;
  }

  /** Runs an op with one result. */
  run(name: string, inputs: readonly Argument[], attributes: Attributes = {}): Value {
    const [result] = this.runMany(name, inputs, attributes, 1);
    return result as Value;
  }

  runMany(name: string, inputs: readonly Argument[], attributes: Attributes, outputs: number): Value[] {
    return this.#execute(name, inputs, attributes, outputs).map(({ id, shape, dtype }) =>
      this.values.adopt({ dataId: { id }, shape, dtype: this.#typeOf(name, dtype) }),
    );
  }

  reshape(x: Value, shape: Shape): Value {
    const attributes: Attributes = { T: x.dtype, Tshape: "int32" };
    const [result] = this.#execute("Reshape", [x, { ints: shape }], attributes, 1) as [OpResult];
    return this.values.alias(x, { id: result.id }, [...shape]);
  }

  /** Makes `target` hold what `source` computes: TensorFlow's arrays never change, so the handle does. */
  replace(target: Value, source: Value): void {
    const [to, from] = [handleOf(target), handleOf(source)];
    [to.id, from.id] = [from.id, to.id];
    this.values.release(source);
  }

  #execute(name: string, inputs: readonly Argument[], attributes: Attributes, outputs: number): OpResult[] {
    const temporary: number[] = [];
    const ids = inputs.map((input) => this.#idOf(input, temporary));
    try {
      return this.#binding.executeOp(name, this.#attributes(attributes), ids, outputs);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new TensorError(name, `TensorFlow refused: ${reason}`);
    } finally {
      for (const id of temporary) this.#binding.deleteTensor(id);
    }
  }

  #idOf(input: Argument, temporary: number[]): number {
    if (input instanceof Value) return handleOf(input).id;
    if (typeof input === "number") {
      const id = this.#binding.createTensor([], this.#dtypes.float32, Float32Array.of(input));
      temporary.push(id);
      return id;
    }
    const [name, shape, data] =
      "int" in input
        ? [`${input.int}`, [], Int32Array.of(input.int)]
        : [`[${input.ints}]`, [input.ints.length], Int32Array.from(input.ints)];
    const known = this.#constants.get(name);
    if (known !== undefined) return known;
    const id = this.#binding.createTensor(shape, this.#dtypes.int32, data);
    this.#constants.set(name, id);
    return id;
  }

  #attributes(attributes: Attributes): OpAttribute[] {
    const binding = this.#binding;
    return Object.entries(attributes).map(([name, value]) => {
      if (typeof value === "string") return { name, type: binding.TF_ATTR_TYPE, value: this.#dtypes[value] };
      if (typeof value === "boolean") return { name, type: binding.TF_ATTR_BOOL, value };
      if (typeof value === "number" || isIntegers(value)) return { name, type: binding.TF_ATTR_INT, value };
      return { name, type: binding.TF_ATTR_STRING, value: value.text };
    });
  }

  #typeOf(op: string, type: number): DType {
    for (const [name, number] of Object.entries(this.#dtypes)) if (number === type) return name as DType;
    throw new TensorError(op, `TensorFlow returned elements of type number ${type}`);
  }
}

function handleOf(x: Value): Handle {
  return x.dataId as Handle;
}

function isIntegers(value: readonly number[] | { readonly text: string }): value is readonly number[] {
  return Array.isArray(value);
}

/**
 * Runs `body` with a function that marks values as temporary, and releases those after it. What `body` returns
 * is not among them.
 */
export function temporaries<T>(values: ValueStore, body: (keep: (value: Value) => Value) => T): T {
  const made: Value[] = [];
  try {
    return body((value) => {
      made.push(value);
      return value;
    });
  } finally {
    for (const value of made) values.release(value);
  }
}

/** How many elements. */
export const elements = (x: Value): number => sizeOf(x.shape);
