/** A tuple; lists are arrays. */
export class PickleTuple {
  readonly items: readonly PickleValue[];
  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** A name in a Python module, such as `torch.FloatStorage`; never looked up, never called. */
export class PickleGlobal {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** What a persistent id stands for: to PyTorch, a storage. */
export class PicklePersistent {
  readonly id: PickleValue;
  constructor(id: PickleValue) {
    this.id = id;
  }
}

/** A tensor as a view of a storage: offset and strides count elements. */
export class PickleTensor {
  readonly storage: PicklePersistent;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  constructor(
    storage: PicklePersistent,
    offset: number,
    shape: readonly number[],
    stride: readonly number[],
  ) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.stride = stride;
  }
}

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Set<PickleValue>
  | PickleTuple
  | PickleGlobal
  | PicklePersistent
  | PickleTensor;
