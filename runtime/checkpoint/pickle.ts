import { UserError } from "../errors.ts";
import { type CallContext, callKnown, isKnownGlobal } from "./pickle-calls.ts";
import { PickleGlobal, PicklePersistent, PickleTuple, type PickleValue } from "./pickle-values.ts";

/**
 * A reader of Python pickles that executes nothing: it builds plain containers and records, and knows just
 * the few callables that PyTorch's checkpoints of tensors name. Everything else is an error.
 */

/** Checkpoints hold a few containers a tensor; this bounds the memory that a made-up pickle can ask for. */
const maxContainers = 2_000_000;

export interface Pickle {
  readonly value: PickleValue;
  /** The offset after its STOP. */
  readonly end: number;
  /** Every persistent id in the order of the file. */
  readonly persistentIds: readonly PicklePersistent[];
}

/**
 * Reads one pickle (protocols 0 to 5) from `bytes` at `start`.
 *
 * @param what names the pickle in messages, such as `weights.pth (data.pkl)`.
 * @throws UserError for a global outside the known few (named, with its offset), an opcode that would run
 *   code, or damaged bytes. Memory is bounded by the size of `bytes`.
 */
export function readPickle(bytes: Uint8Array, what: string, start = 0): Pickle {
  return new Unpickler(bytes, what, start).run();
}

class Unpickler {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  #at: number;
  #opcodeAt = 0;
  #stack: PickleValue[] = [];
  #marks: PickleValue[][] = [];
  readonly #memo = new Map<number, PickleValue>();
  readonly #persistentIds: PicklePersistent[] = [];
  #containers = 0;
  /** Elements that calls may still copy: one list can be named by many calls. */
  #copies: number;

  readonly #context: CallContext = {
    copied: (items) => this.#copied(items),
    fail: (what) => this.#fail(what),
  };

  constructor(bytes: Uint8Array, what: string, start: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
    this.#at = start;
    this.#copies = 16 * bytes.length;
  }

  run(): Pickle {
    for (;;) {
      this.#opcodeAt = this.#at;
      const opcode = this.#byte();
      if (opcode === 0x2e) {
        const value = this.#pop();
        return { value, end: this.#at, persistentIds: this.#persistentIds };
      }
      const value = this.#execute(opcode);
      if (value !== undefined) this.#push(value);
    }
  }

  /** Returns the value that the opcode pushes, undefined for one that pushes none. */
  #execute(opcode: number): PickleValue | undefined {
    switch (opcode) {
      case 0x80: {
        // PROTO
        const protocol = this.#byte();
        if (protocol > 5) this.#fail(`pickle protocol ${protocol} is unknown`);
        return;
      }
      case 0x95: // FRAME
        this.#skip(8);
        return;
      case 0x28: // MARK
        this.#marks.push(this.#stack);
        this.#stack = [];
        return;
      case 0x30: // POP
        if (this.#stack.length === 0 && this.#marks.length > 0) this.#popMark();
        else this.#pop();
        return;
      case 0x31: // POP_MARK
        this.#popMark();
        return;
      case 0x32: // DUP
        return this.#top();

      case 0x4e: // NONE
        return null;
      case 0x88: // NEWTRUE
        return true;
      case 0x89: // NEWFALSE
        return false;
      case 0x4b: // BININT1
        return this.#byte();
      case 0x4d: // BININT2
        return this.#view.getUint16(this.#skip(2), true);
      case 0x4a: // BININT
        return this.#view.getInt32(this.#skip(4), true);
      case 0x8a: // LONG1
        return this.#long(this.#byte());
      case 0x8b: // LONG4
        return this.#long(this.#length4());
      case 0x47: // BINFLOAT
        return this.#view.getFloat64(this.#skip(8), false);
      case 0x49: {
        // INT; protocol 0 writes booleans as 00 and 01
        const text = this.#line();
        return text === "01" ? true : text === "00" ? false : this.#integer(text);
      }
      case 0x4c: // LONG
        return this.#integer(this.#line().replace(/L$/, ""));
      case 0x46: {
        // FLOAT
        const text = this.#line();
        if (!/^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+|inf|nan)$/i.test(text))
          this.#fail(`${JSON.stringify(text)} is no float`);
        return Number(text.replace(/inf/i, "Infinity").replace(/nan/i, "NaN"));
      }

      case 0x8c: // SHORT_BINUNICODE
        return this.#utf8(this.#byte());
      case 0x58: // BINUNICODE
        return this.#utf8(this.#length4());
      case 0x8d: // BINUNICODE8
        return this.#utf8(this.#length8());
      case 0x55: // SHORT_BINSTRING
        return this.#latin1(this.#byte());
      case 0x54: // BINSTRING
        return this.#latin1(this.#length4());
      case 0x43: // SHORT_BINBYTES
        return this.#take(this.#byte());
      case 0x42: // BINBYTES
        return this.#take(this.#length4());
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        return this.#take(this.#length8());

      case 0x5d: // EMPTY_LIST
        return [];
      case 0x6c: // LIST
        return this.#popMark();
      case 0x61: {
        // APPEND
        const item = this.#pop();
        this.#listOnTop().push(item);
        return;
      }
      case 0x65: {
        // APPENDS
        const items = this.#popMark();
        const list = this.#listOnTop();
        for (const item of items) list.push(item);
        return;
      }
      case 0x29: // EMPTY_TUPLE
        return new PickleTuple([]);
      case 0x74: // TUPLE
        return new PickleTuple(this.#popMark());
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return new PickleTuple(Array.from({ length: opcode - 0x84 }, () => this.#pop()).reverse());
      case 0x7d: // EMPTY_DICT
        return new Map();
      case 0x64: {
        // DICT
        const items = this.#popMark();
        this.#push(new Map());
        this.#setItems(items);
        return;
      }
      case 0x73: {
        // SETITEM
        const value = this.#pop();
        const key = this.#pop();
        this.#setItems([key, value]);
        return;
      }
      case 0x75: // SETITEMS
        this.#setItems(this.#popMark());
        return;
      case 0x8f: // EMPTY_SET
        return new Set();
      case 0x90: {
        // ADDITEMS
        const items = this.#popMark();
        const set = this.#top();
        if (!(set instanceof Set)) return this.#fail("items are added to something that is no set");
        for (const item of items) set.add(item);
        return;
      }
      case 0x91: // FROZENSET
        return new Set(this.#popMark());

      case 0x71: // BINPUT
        this.#memo.set(this.#byte(), this.#top());
        return;
      case 0x72: // LONG_BINPUT
        this.#memo.set(this.#length4(), this.#top());
        return;
      case 0x70: // PUT
        this.#memo.set(Number(this.#integer(this.#line())), this.#top());
        return;
      case 0x94: // MEMOIZE
        this.#memo.set(this.#memo.size, this.#top());
        return;
      case 0x68: // BINGET
        return this.#remembered(this.#byte());
      case 0x6a: // LONG_BINGET
        return this.#remembered(this.#length4());
      case 0x67: // GET
        return this.#remembered(Number(this.#integer(this.#line())));

      case 0x63: {
        // GLOBAL
        const module = this.#line();
        return this.#global(module, this.#line());
      }
      case 0x93: {
        // STACK_GLOBAL
        const name = this.#pop();
        const module = this.#pop();
        if (typeof name !== "string" || typeof module !== "string")
          return this.#fail("a global's name is no string");
        return this.#global(module, name);
      }
      case 0x52: {
        // REDUCE
        const args = this.#pop();
        const callable = this.#pop();
        return this.#call(callable, args);
      }
      case 0x62: // BUILD
        this.#build();
        return;
      case 0x51: // BINPERSID
        return this.#persistent(this.#pop());
      case 0x50: // PERSID
        return this.#persistent(this.#line());
      default:
        this.#fail(
          `opcode 0x${opcode.toString(16).padStart(2, "0")} is not one that checkpoints of tensors use`,
        );
    }
  }

  #global(module: string, name: string): PickleGlobal {
    const full = `${module}.${name}`;
    if (!isKnownGlobal(full))
      throw new UserError(
        `${this.#what} refers to ${JSON.stringify(full)} at byte ${this.#opcodeAt}: only tensors and plain containers are read, nothing is executed`,
        "Load it in PyTorch and save the state dict alone: torch.save({'model': model.state_dict()}, path).",
      );
    return new PickleGlobal(full);
  }

  #call(callable: PickleValue, args: PickleValue): PickleValue {
    if (!(callable instanceof PickleGlobal) || !(args instanceof PickleTuple))
      return this.#fail("a call of something that is no known function");
    return callKnown(callable.name, args, this.#context);
  }

  /** BUILD sets attributes; a state dict carries `_metadata` so, which holds no weights. */
  #build(): void {
    this.#pop();
    if (!(this.#top() instanceof Map)) this.#fail("attributes are set on something that is no OrderedDict");
  }

  #setItems(items: readonly PickleValue[]): void {
    const dict = this.#top();
    if (items.length % 2 !== 0) this.#fail("a dict with a key that has no value");
    if (dict instanceof Map) for (let i = 0; i < items.length; i += 2) dict.set(items[i]!, items[i + 1]!);
    else this.#fail("entries are set in something that is no dict");
  }

  #copied<T extends { readonly length: number }>(items: T): T {
    this.#copies -= items.length;
    return this.#copies < 0 ? this.#fail("one list is copied over and over") : items;
  }

  #listOnTop(): PickleValue[] {
    const list = this.#top();
    return Array.isArray(list) ? list : this.#fail("an item is appended to something that is no list");
  }

  #remembered(index: number): PickleValue {
    const value = this.#memo.get(index);
    return value === undefined ? this.#fail(`memo ${index} was never set`) : value;
  }

  #push(value: PickleValue): void {
    if (typeof value === "object" && value !== null && ++this.#containers > maxContainers)
      this.#fail(`more than ${maxContainers} objects`);
    this.#stack.push(value);
  }

  #persistent(id: PickleValue): PicklePersistent {
    const persistent = new PicklePersistent(id);
    this.#persistentIds.push(persistent);
    return persistent;
  }

  #pop(): PickleValue {
    const value = this.#stack.pop();
    return value === undefined ? this.#fail("a value is missing from the stack") : value;
  }

  #top(): PickleValue {
    const value = this.#stack.at(-1);
    return value === undefined ? this.#fail("a value is missing from the stack") : value;
  }

  #popMark(): PickleValue[] {
    const items = this.#stack;
    this.#stack = this.#marks.pop() ?? this.#fail("a mark is missing from the stack");
    return items;
  }

  #byte(): number {
    return this.#bytes[this.#skip(1)]!;
  }

  /** Steps over `length` bytes and returns where they start. */
  #skip(length: number): number {
    const start = this.#at;
    if (length > this.#bytes.length - start)
      this.#fail(`${length} bytes are needed, ${this.#bytes.length - start} are left`);
    this.#at = start + length;
    return start;
  }

  #take(length: number): Uint8Array {
    const start = this.#skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  #length4(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  #length8(): number {
    return Number(this.#view.getBigUint64(this.#skip(8), true));
  }

  #utf8(length: number): string {
    return this.#buffer(length).toString("utf8");
  }

  #latin1(length: number): string {
    return this.#buffer(length).toString("latin1");
  }

  #buffer(length: number): Buffer {
    const { buffer, byteOffset } = this.#take(length);
    return Buffer.from(buffer, byteOffset, length);
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) this.#fail("a line has no end");
    const text = this.#latin1(end - this.#at);
    this.#at = end + 1;
    return text;
  }

  #integer(text: string): number | bigint {
    if (!/^[+-]?\d{1,1000}$/.test(text)) this.#fail(`${JSON.stringify(text.slice(0, 40))} is no integer`);
    return narrow(BigInt(text));
  }

  /** A little-endian two's complement integer of `length` bytes. */
  #long(length: number): number | bigint {
    if (length > 1024) this.#fail(`an integer of ${length} bytes`);
    const bytes = this.#take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    return narrow(BigInt.asIntN(length * 8, value));
  }

  #fail(what: string): never {
    throw new UserError(
      `${this.#what} is not a readable pickle: at byte ${this.#opcodeAt}, ${what}`,
      "It may be damaged or a partial download: fetch it again.",
    );
  }
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
