import { crc32 } from "node:zlib";
import { UserError } from "../errors.ts";
import {
  describe,
  elementBytes,
  elementCount,
  type StoredDType,
  type StoredShape,
  type StoredTensor,
  viewAs,
} from "./dtype.ts";
import { ByteFile } from "./file.ts";
import { readPickle } from "./pickle.ts";
import {
  PickleGlobal,
  type PicklePersistent,
  PickleTensor,
  PickleTuple,
  type PickleValue,
} from "./pickle-values.ts";
import type { WeightSource } from "./source.ts";
import { readZipDirectory, type ZipEntry, zipDataStart } from "./zip.ts";

/** The pickled part of a checkpoint holds names and shapes; more than this is no checkpoint of tensors. */
const maxPickleBytes = 256 * 2 ** 20;
/** A view may repeat its storage's elements (stride 0); beyond this many it is taken for damage. */
const maxRepeatedElements = 1 << 24;

/** First pickle of a legacy file (torch/serialization.py, MAGIC_NUMBER). */
const legacyMagic = 0x1950a86a20f9469cfc6cn;

const storageDTypes: Readonly<Record<string, StoredDType>> = {
  DoubleStorage: "F64",
  FloatStorage: "F32",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  LongStorage: "I64",
  IntStorage: "I32",
  ShortStorage: "I16",
  CharStorage: "I8",
  ByteStorage: "U8",
  BoolStorage: "BOOL",
  UntypedStorage: "U8",
};

/** Where the elements of a storage lie in the file. */
interface Storage {
  readonly dtype: StoredDType;
  /** Absolute byte offset of element 0. */
  readonly start: number;
  readonly elements: number;
  /** Checksum of the whole storage, where the format has one. */
  readonly crc32?: number;
}
/** Finds the storage that a persistent id names; `tensor` is for messages. */
type FindStorage = (id: readonly PickleValue[], dtype: StoredDType, tensor: string) => Storage;

/**
 * Opens a PyTorch checkpoint, zip or legacy, without executing anything of it. Takes the tensors under
 * `model` (LAVIS's layout), else `state_dict`, else those at the top.
 * @throws UserError when it is damaged, holds no tensors, or names Python objects other than tensors and
 *   plain containers (the object and where it is).
 */
export function openPth(path: string): WeightSource {
  const file = new ByteFile(path);
  try {
    const zip =
      file.size >= 4 &&
      new DataView(file.read(0, 4, "the first bytes").buffer).getUint32(0, true) === 0x04034b50;
    return zip ? openZip(file) : openLegacy(file);
  } catch (error) {
    file.close();
    throw error;
  }
}

/** The layout since PyTorch 1.6: `NAME/data.pkl` and one entry `NAME/data/KEY` a storage. */
function openZip(file: ByteFile): WeightSource {
  const entries = readZipDirectory(file);
  const pickleEntry = [...entries.values()].find(({ name }) => /^(?:[^/]*\/)?data\.pkl$/.test(name));
  if (!pickleEntry)
    throw new UserError(
      `${file.path} is a zip archive without a data.pkl: no PyTorch checkpoint`,
      "Name a checkpoint made by torch.save.",
    );
  const folder = pickleEntry.name.slice(0, -"data.pkl".length);
  if (entries.has(`${folder}constants.pkl`))
    throw new UserError(
      `${file.path} is a TorchScript program, not a checkpoint`,
      "Save its state dict: torch.save(torch.jit.load(path).state_dict(), path).",
    );
  const byteOrder = entries.get(`${folder}byteorder`);
  if (byteOrder && new TextDecoder().decode(readEntry(file, byteOrder)) !== "little")
    throw new UserError(
      `${file.path} was written on a big-endian machine`,
      "Save it again on a little-endian one.",
    );
  if (pickleEntry.bytes > maxPickleBytes)
    throw new UserError(
      `${file.path}: ${pickleEntry.name} has ${pickleEntry.bytes} bytes; the limit is ${maxPickleBytes}`,
    );

  const { value } = readPickle(readEntry(file, pickleEntry), `${file.path} (${pickleEntry.name})`);
  return makeSource(file, "PyTorch zip", value, (id, dtype, tensor) => {
    const entry = entries.get(`${folder}data/${String(id[2])}`);
    if (!entry)
      throw new UserError(
        `${file.path}: tensor ${tensor} refers to storage ${String(id[2])}, which is missing`,
      );
    const elements = Math.floor(entry.bytes / elementBytes(dtype));
    return { dtype, start: zipDataStart(file, entry), elements, crc32: entry.crc32 };
  });
}

function readEntry(file: ByteFile, entry: ZipEntry): Uint8Array {
  const bytes = file.read(zipDataStart(file, entry), entry.bytes, entry.name);
  if (crc32(bytes) !== entry.crc32) throw wrongChecksum(file, entry.name);
  return bytes;
}

function wrongChecksum(file: ByteFile, what: string): UserError {
  return new UserError(
    `${file.path} is damaged: the checksum of ${what} does not fit its bytes`,
    "Fetch it again.",
  );
}

/**
 * The layout before PyTorch 1.6: pickles of a magic number, a version, the system's properties, the object
 * and the storages' keys; then for each key an int64 count and the elements.
 */
function openLegacy(file: ByteFile): WeightSource {
  const head = file.read(0, Math.min(file.size, maxPickleBytes), "the pickles");
  const what = `${file.path} (legacy format)`;
  const next = (start: number) => readPickle(head, what, start);
  const magic = head[0] === 0x80 ? next(0) : undefined;
  if (magic?.value !== legacyMagic)
    throw new UserError(
      `${file.path} is neither a zip nor a legacy PyTorch checkpoint`,
      "Checkpoints are .safetensors files or what torch.save writes.",
    );
  const version = next(magic.end);
  if (version.value !== 1001)
    throw new UserError(`${file.path} has the unknown legacy version ${String(version.value)}`);
  const system = next(version.end);
  if (system.value instanceof Map && system.value.get("little_endian") === false)
    throw new UserError(
      `${file.path} was written on a big-endian machine`,
      "Save it again on a little-endian one.",
    );
  const object = next(system.end);
  const keys = next(object.end);
  if (!Array.isArray(keys.value))
    throw new UserError(`${file.path} is damaged: its list of storages is missing`);

  // The elements' sizes are known by the object's references alone.
  const references = new Map<PickleValue, StoredDType>();
  for (const id of object.persistentIds) references.set(storageKey(id, file), storageDType(id, file));
  const starts = new Map<PickleValue, { start: number; elements: number }>();
  let at = keys.end;
  for (const key of keys.value) {
    const dtype = references.get(key);
    if (!dtype)
      throw new UserError(`${file.path} is damaged: no tensor says what storage ${String(key)} holds`);
    const bytes = file.read(at, 8, `the size of storage ${String(key)}`);
    const elements = Number(new DataView(bytes.buffer).getBigInt64(0, true));
    starts.set(key, { start: at + 8, elements });
    at += 8 + elements * elementBytes(dtype);
    if (!(elements >= 0 && at <= file.size))
      throw new UserError(
        `${file.path} is damaged: storage ${String(key)} would end at byte ${at}, the file has ${file.size}`,
        "It may be a partial download: fetch it again.",
      );
  }
  return makeSource(file, "PyTorch legacy", object.value, (id, dtype, tensor) => {
    const storage = starts.get(id[2]!);
    if (!storage)
      throw new UserError(
        `${file.path}: tensor ${tensor} refers to storage ${String(id[2])}, which is missing`,
      );
    // A sixth element says that this storage is a part of another: (key, offset, size).
    const view = id[5] instanceof PickleTuple ? id[5].items : undefined;
    const offset = view ? Number(view[1]) : 0;
    const elements = view ? Number(view[2]) : storage.elements;
    if (
      !(Number.isSafeInteger(offset) && offset >= 0 && elements >= 0 && offset + elements <= storage.elements)
    )
      throw new UserError(`${file.path}: tensor ${tensor} has a view beyond its storage`);
    return { dtype, start: storage.start + offset * elementBytes(dtype), elements };
  });
}

function makeSource(
  file: ByteFile,
  format: WeightSource["format"],
  object: PickleValue,
  findStorage: FindStorage,
): WeightSource {
  const { entries, ignored } = findStateDict(object, file.path);
  const tensors = new Map<string, StoredShape>();
  for (const [name, tensor] of entries)
    tensors.set(name, { dtype: storageDType(tensor.storage, file), shape: tensor.shape });
  return {
    path: file.path,
    format,
    tensors,
    ignored,
    read(name) {
      const tensor = entries.get(name);
      if (!tensor) throw new UserError(`${file.path} has no tensor ${name}`);
      const id = storageId(tensor.storage, file);
      return readTensor(file, name, tensor, findStorage(id, storageDType(tensor.storage, file), name));
    },
    close: () => file.close(),
  };
}

function findStateDict(
  object: PickleValue,
  path: string,
): { entries: Map<string, PickleTensor>; ignored: string[] } {
  if (!(object instanceof Map))
    throw new UserError(
      `${path} holds no dict of tensors`,
      "Save a state dict: torch.save(model.state_dict(), path).",
    );
  const inner = [object.get("model"), object.get("state_dict")].find((value) => value instanceof Map);
  const dict = inner instanceof Map ? inner : object;
  const entries = new Map<string, PickleTensor>();
  const ignored: string[] = [];
  for (const [key, value] of dict) {
    if (typeof key === "string" && value instanceof PickleTensor) entries.set(key, value);
    else
      ignored.push(
        typeof key === "string" || typeof key === "number" ? String(key) : "(a key that is no name)",
      );
  }
  if (entries.size === 0) {
    const found = ignored.slice(0, 8).join(", ");
    throw new UserError(
      `${path} holds no tensors under model, state_dict or its top level (found: ${found || "nothing"})`,
    );
  }
  return { entries, ignored };
}

/** A storage's persistent id: ("storage", type, key, device, element count[, view]). */
function storageId(storage: PicklePersistent, file: ByteFile): readonly PickleValue[] {
  const items = storage.id instanceof PickleTuple ? storage.id.items : [];
  if (items[0] !== "storage" || !(items[1] instanceof PickleGlobal) || items[2] === undefined)
    throw new UserError(`${file.path} is damaged: a tensor's storage is not named as PyTorch does`);
  return items;
}

function storageKey(storage: PicklePersistent, file: ByteFile): PickleValue {
  return storageId(storage, file)[2]!;
}

function storageDType(storage: PicklePersistent, file: ByteFile): StoredDType {
  const type = (storageId(storage, file)[1] as PickleGlobal).name.split(".").at(-1)!;
  const dtype = Object.hasOwn(storageDTypes, type) ? storageDTypes[type] : undefined;
  if (!dtype) throw new UserError(`${file.path} holds a ${type}, an element type that is not supported`);
  return dtype;
}

/** Reads a strided view into row-major order. */
function readTensor(file: ByteFile, name: string, tensor: PickleTensor, storage: Storage): StoredTensor {
  const { shape, stride, offset } = tensor;
  const { dtype } = storage;
  const size = elementBytes(dtype);
  const count = elementCount(shape);
  const beyond = (what: string): never => {
    throw new UserError(
      `${file.path} is damaged: tensor ${name} ${describe({ dtype, shape })} ${what}; its storage has ${storage.elements} elements`,
    );
  };
  if (count === 0) return { dtype, shape, data: viewAs(dtype, new ArrayBuffer(0)) };
  if (!(count <= Math.max(storage.elements, maxRepeatedElements)))
    return beyond(`would have ${count} elements`);
  const last = shape.reduce((sum, length, axis) => sum + (length - 1) * stride[axis]!, offset);
  if (!(last < storage.elements)) return beyond(`reaches element ${last}`);

  const span = last - offset + 1;
  const bytes = file.read(storage.start + offset * size, span * size, `tensor ${name}`);
  if (storage.crc32 !== undefined && span === storage.elements && crc32(bytes) !== storage.crc32)
    throw wrongChecksum(file, `tensor ${name}`);
  if (isContiguous(shape, stride)) return { dtype, shape, data: viewAs(dtype, bytes.buffer) };

  const target = new Uint8Array(count * size);
  const index = shape.map(() => 0);
  let from = 0;
  for (let element = 0; element < count; element++) {
    for (let byte = 0; byte < size; byte++) target[element * size + byte] = bytes[from * size + byte]!;
    // Step to the next index in row-major order, the last axis fastest.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += stride[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= stride[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return { dtype, shape, data: viewAs(dtype, target.buffer) };
}

function isContiguous(shape: readonly number[], stride: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && stride[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}
