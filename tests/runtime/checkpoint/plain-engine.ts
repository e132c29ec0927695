import {
  type DType,
  type Engine,
  type Shape,
  Tensor,
  type TensorData,
} from "../../../runtime/tensor/index.ts";

/** A tensor that is an array: enough to hold weights. */
class PlainTensor extends Tensor {
  readonly engine: Engine;
  readonly requiresGrad = false;
  isDisposed = false;
  values: TensorData;

  constructor(engine: Engine, values: TensorData, shape: Shape, dtype: DType) {
    super(shape, dtype);
    this.engine = engine;
    this.values = values;
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

/** What has been asked of an engine. */
interface Counts {
  readonly made: readonly Tensor[];
  /** Copies that were taken of a tensor's elements. */
  reads: number;
}

type PlainEngine = Engine & Counts;

/** The part of an engine that loading and saving use, so that these tests need no engine. */
export function plainEngine(): PlainEngine {
  const made: Tensor[] = [];
  const make = (values: TensorData, shape: Shape, dtype: DType): Tensor => {
    const value = new PlainTensor(engine as Engine, values, shape, dtype);
    made.push(value);
    return value;
  };
  const engine: Partial<Engine> & Counts = {
    name: "plain",
    made,
    reads: 0,
    fromData: (data, shape, dtype) => make(data.slice(), shape, dtype),
    wrap: (data, shape, dtype) => make(data, shape, dtype),
    read(x) {
      engine.reads++;
      return (x as PlainTensor).values.slice();
    },
    lend: (x, use) => use((x as PlainTensor).values),
    assign(target, value) {
      (target as PlainTensor).values = (value as PlainTensor).values.slice();
    },
  };
  return engine as PlainEngine;
}
