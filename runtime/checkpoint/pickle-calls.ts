import { PicklePersistent, PickleTensor, PickleTuple, type PickleValue } from "./pickle-values.ts";

/** What a known function may do besides look at its arguments. */
export interface CallContext {
  /** Passes a collection on that is about to be copied, and counts its elements against the pickle's limit. */
  copied<T extends { readonly length: number }>(items: T): T;
  fail(what: string): never;
}

type Known = (args: readonly PickleValue[], context: CallContext) => PickleValue;

/** The Python callables that checkpoints of tensors name, as functions that build plain values. */
const known: Readonly<Record<string, Known>> = {
  "collections.OrderedDict": orderedDict,
  "torch._utils._rebuild_tensor": rebuildTensor,
  "torch._utils._rebuild_tensor_v2": rebuildTensor,
  "torch._utils._rebuild_parameter": ([tensor], { fail }) =>
    tensor instanceof PickleTensor ? tensor : fail("a parameter that is no tensor"),
  "torch.Size": ([items], context) => new PickleTuple(sizes(items, context)),
  "torch.device": (args) => new PickleTuple(args),
  "_codecs.encode": encode,
  "builtins.set": makeSet,
  "builtins.frozenset": makeSet,
  "builtins.bytearray": makeBytes,
  "__builtin__.set": makeSet,
  "__builtin__.frozenset": makeSet,
  "__builtin__.bytearray": makeBytes,
};

/** Globals that stand for themselves and are never called: types of storages and of elements. */
const inert =
  /^torch\.(?:\w+Storage|storage\.(?:Untyped|Typed)Storage|bfloat16|float(?:16|32|64)|u?int(?:8|16|32|64)|bool)$/;

/** Whether a checkpoint may name this global. */
export function isKnownGlobal(name: string): boolean {
  return Object.hasOwn(known, name) || inert.test(name);
}

/** What the known callable `name` makes of its arguments. */
export function callKnown(name: string, args: PickleTuple, context: CallContext): PickleValue {
  const call = Object.hasOwn(known, name) ? known[name] : undefined;
  return call ? call(args.items, context) : context.fail(`${name} is called, which only names a type`);
}

function rebuildTensor(
  [storage, offset, shape, stride]: readonly PickleValue[],
  context: CallContext,
): PickleValue {
  if (!(storage instanceof PicklePersistent)) return context.fail("a tensor without a storage");
  const lengths = sizes(shape, context);
  const strides = sizes(stride, context);
  if (lengths.length !== strides.length)
    return context.fail(`a tensor with ${lengths.length} sizes and ${strides.length} strides`);
  return new PickleTensor(storage, size(offset, context), lengths, strides);
}

function orderedDict([items]: readonly PickleValue[], { copied, fail }: CallContext): PickleValue {
  const dict = new Map<PickleValue, PickleValue>();
  if (items === undefined) return dict;
  if (!Array.isArray(items)) return fail("an OrderedDict made of something that is no list");
  for (const pair of copied(items)) {
    const [key, value] = pair instanceof PickleTuple ? pair.items : Array.isArray(pair) ? pair : [];
    if (key === undefined || value === undefined)
      return fail("an OrderedDict made of something that is no pairs");
    dict.set(key, value);
  }
  return dict;
}

/** Protocol 2 writes bytes as text to be encoded in latin-1. */
function encode([text, encoding]: readonly PickleValue[], { copied, fail }: CallContext): PickleValue {
  if (typeof text !== "string" || encoding !== "latin1") return fail("an encoding other than latin1");
  return Uint8Array.from(copied(text), (char) => char.charCodeAt(0));
}

function makeSet([items]: readonly PickleValue[], { copied }: CallContext): PickleValue {
  return new Set(Array.isArray(items) ? copied(items) : []);
}

function makeBytes([bytes]: readonly PickleValue[]): PickleValue {
  return bytes instanceof Uint8Array ? bytes : new Uint8Array(0);
}

function sizes(value: PickleValue | undefined, context: CallContext): number[] {
  const items = value instanceof PickleTuple ? value.items : Array.isArray(value) ? value : undefined;
  if (!items) return context.fail("a size or stride is missing");
  return context.copied(items).map((item) => size(item, context));
}

function size(value: PickleValue | undefined, { fail }: CallContext): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
    ? value
    : fail("a size, stride or offset is no integer ≥ 0");
}
