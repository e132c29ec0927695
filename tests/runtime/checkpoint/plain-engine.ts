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

/** The part of an engine that loading and saving use, so that these tests need no engine. */
export function plainEngine(): Engine & { readonly made: readonly Tensor[] } {
  const made: Tensor[] = [];
  const engine: Partial<Engine> & { readonly made: readonly Tensor[] } = {
    name: "plain",
    made,
    fromData(data, shape, dtype) {
      const value = new PlainTensor(engine as Engine, data.slice(), shape, dtype);
      made.push(value);
      return value;
    },
    read: (x) => (x as PlainTensor).values.slice(),
    assign(target, value) {
      (target as PlainTensor).values = (value as PlainTensor).values.slice();
    },
  };
  return engine as Engine & { readonly made: readonly Tensor[] };
}
