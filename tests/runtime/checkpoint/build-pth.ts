import { crc32 } from "node:zlib";

/** Pieces of pickles (protocol 2), to build checkpoints that no golden file has. */
export const pickle = {
  proto: Buffer.from([0x80, 2]),
  stop: Buffer.from("."),
  none: Buffer.from("N"),
  no: Buffer.from([0x89]),
  emptyDict: Buffer.from("}"),
  global: (name: string) => {
    const dot = name.lastIndexOf(".");
    return Buffer.from(`c${name.slice(0, dot)}\n${name.slice(dot + 1)}\n`);
  },
  text: (value: string) => {
    const bytes = Buffer.from(value);
    const head = Buffer.alloc(5);
    head.write("X");
    head.writeUInt32LE(bytes.length, 1);
    return Buffer.concat([head, bytes]);
  },
  int: (value: number) => {
    const bytes = Buffer.alloc(5);
    bytes.write("J");
    bytes.writeInt32LE(value, 1);
    return bytes;
  },
  tuple: (...items: Buffer[]) => Buffer.concat([Buffer.from("("), ...items, Buffer.from("t")]),
  list: (...items: Buffer[]) => Buffer.concat([Buffer.from("]("), ...items, Buffer.from("e")]),
  dict: (entries: readonly (readonly [string, Buffer])[]) =>
    Buffer.concat([
      Buffer.from("}("),
      ...entries.flatMap(([key, value]) => [pickle.text(key), value]),
      Buffer.from("u"),
    ]),
  call: (name: string, ...args: Buffer[]) =>
    Buffer.concat([pickle.global(name), pickle.tuple(...args), Buffer.from("R")]),
};

export interface TestTensor {
  readonly storage: string;
  readonly type: string;
  /** Elements of the storage. */
  readonly elements: number;
  readonly offset?: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

/** A tensor of a state dict; `legacy` adds the view that the old format's storages have. */
export function pickledTensor(tensor: TestTensor, legacy = false): Buffer {
  const { storage, type, elements, offset = 0, shape, stride } = tensor;
  const id = [
    pickle.text("storage"),
    pickle.global(`torch.${type}`),
    pickle.text(storage),
    pickle.text("cpu"),
    pickle.int(elements),
    ...(legacy ? [pickle.none] : []),
  ];
  return pickle.call(
    "torch._utils._rebuild_tensor_v2",
    Buffer.concat([pickle.tuple(...id), Buffer.from("Q")]),
    pickle.int(offset),
    pickle.tuple(...shape.map(pickle.int)),
    pickle.tuple(...stride.map(pickle.int)),
    pickle.no,
    pickle.call("collections.OrderedDict"),
  );
}

/** A pickle of one object. */
export function pickled(object: Buffer): Buffer {
  return Buffer.concat([pickle.proto, object, pickle.stop]);
}

/** What torch.save writes since 1.6: a zip of stored entries. */
export function zipCheckpoint(object: Buffer, storages: Readonly<Record<string, Uint8Array>>): Buffer {
  return zip([
    ["w/data.pkl", pickled(object)],
    ["w/byteorder", Buffer.from("little")],
    ...Object.entries(storages).map(([key, data]) => [`w/data/${key}`, data] as const),
  ]);
}

/** What torch.save wrote before 1.6. */
export function legacyCheckpoint(
  object: Buffer,
  storages: readonly (readonly [string, number, Uint8Array])[],
): Buffer {
  const magic = Buffer.concat([Buffer.from([0x8a, 10]), Buffer.from("6cfc9c46f9206aa85019", "hex")]);
  return Buffer.concat([
    pickled(magic),
    pickled(pickle.int(1001)),
    pickled(pickle.dict([["protocol_version", pickle.int(1001)]])),
    pickled(object),
    pickled(pickle.list(...storages.map(([key]) => pickle.text(key)))),
    ...storages.flatMap(([, elements, data]) => {
      const count = Buffer.alloc(8);
      count.writeBigInt64LE(BigInt(elements));
      return [count, data];
    }),
  ]);
}

export function zip(entries: readonly (readonly [string, Uint8Array])[], zip64 = false): Buffer {
  const parts: Uint8Array[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, data] of entries) {
    const label = Buffer.from(name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt32LE(crc32(data), 14);
    local.writeUInt32LE(data.length, 18);
    local.writeUInt32LE(data.length, 22);
    local.writeUInt16LE(label.length, 26);
    const extra = Buffer.alloc(zip64 ? 28 : 0);
    if (zip64) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      extra.writeBigUInt64LE(BigInt(data.length), 4);
      extra.writeBigUInt64LE(BigInt(data.length), 12);
      extra.writeBigUInt64LE(BigInt(offset), 20);
    }
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt32LE(crc32(data), 16);
    central.writeUInt32LE(zip64 ? 0xffffffff : data.length, 20);
    central.writeUInt32LE(zip64 ? 0xffffffff : data.length, 24);
    central.writeUInt16LE(label.length, 28);
    central.writeUInt16LE(extra.length, 30);
    central.writeUInt32LE(zip64 ? 0xffffffff : offset, 42);
    directory.push(Buffer.concat([central, label, extra]));
    parts.push(local, label, data);
    offset += 30 + label.length + data.length;
  }
  const list = Buffer.concat(directory);
  const ends: Buffer[] = [];
  if (zip64) {
    const record = Buffer.alloc(56);
    record.writeUInt32LE(0x06064b50, 0);
    record.writeBigUInt64LE(BigInt(entries.length), 32);
    record.writeBigUInt64LE(BigInt(list.length), 40);
    record.writeBigUInt64LE(BigInt(offset), 48);
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(0x07064b50, 0);
    locator.writeBigUInt64LE(BigInt(offset + list.length), 8);
    ends.push(record, locator);
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(zip64 ? 0xffff : entries.length, 10);
  end.writeUInt32LE(zip64 ? 0xffffffff : list.length, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : offset, 16);
  return Buffer.concat([...parts, list, ...ends, end]);
}
