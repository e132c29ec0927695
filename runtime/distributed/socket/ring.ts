import { connect, type Socket } from "node:net";
import type { Address } from "./messages.ts";
import { joinNumbers } from "./numbers.ts";
import type { Inward, Plan } from "./plan.ts";

/** Most bytes of one read, and of one write: writes that are shorter leave the processor idle between them. */
const readSize = 512 << 10;
const writeSize = 1 << 20;

/** Bytes of a float32: one that a read cut through waits for its rest. */
const numberSize = 4;

/**
 * The bytes from the process before and to the process after. Reading and writing go on at the same time; a byte that
 * has to go on is sent as soon as it has come in.
 */
export class Ring {
  readonly #size: number;
  readonly #onBroken: (which: "before" | "after") => void;
  /** What has come in and is not used: the first `#filled` bytes. One read fits behind what the last left. */
  readonly #incoming = new Uint8Array(2 * readSize + numberSize);
  #filled = 0;
  /** Where the next read puts its bytes: it was told before it was known how many would be used. */
  #readAt = 0;
  /** Whether it puts them where they belong instead: what is only copied need not be copied twice. */
  #isDirect = false;
  #before: Socket | undefined;
  #after: Socket | undefined;
  #transfer: Transfer | undefined;
  #isWriting = false;

  /** @param onBroken told when a neighbour does not send, or take, what a call needs */
  constructor(size: number, onBroken: (which: "before" | "after") => void) {
    this.#size = size;
    this.#onBroken = onBroken;
  }

  /** Connects to the process before, which `greeting` tells who this is. */
  connectBefore(address: Address, greeting: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const broken = (): void => this.#broken("before");
      const socket = connect({
        ...address,
        noDelay: true,
        onread: { buffer: () => this.#nextBuffer(), callback: (length) => this.#read(length) },
      });
      this.#before = socket;
      socket.once("error", reject).once("connect", () => {
        socket.off("error", reject).on("error", broken).on("close", broken);
        socket.write(greeting);
        resolve();
      });
    });
  }

  /** Takes the connection that the process after has made. */
  acceptAfter(socket: Socket): void {
    this.#after = socket;
    const broken = (): void => this.#broken("after");
    socket.on("error", broken).on("close", broken);
  }

  get isWhole(): boolean {
    return this.#before !== undefined && this.#after !== undefined;
  }

  /** Carries out a plan, then calls `done`. One at a time. */
  run(plan: Plan, done: () => void): void {
    this.#transfer = new Transfer(plan, this.#size, done);
    this.#use();
    if (this.#transfer !== undefined && !this.#transfer.isReceived) this.#before?.resume();
    this.#write();
  }

  /** Sends what has been written, and ends. */
  end(): Promise<unknown> {
    this.#transfer = undefined;
    this.#before?.destroy();
    const after = this.#after;
    if (after === undefined || after.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      after.once("close", resolve).end(() => after.destroy());
    });
  }

  #nextBuffer(): Uint8Array {
    const direct = this.#filled === 0 ? this.#transfer?.destination(readSize) : undefined;
    this.#isDirect = direct !== undefined;
    this.#readAt = this.#filled;
    return direct ?? this.#incoming.subarray(this.#readAt, this.#readAt + readSize);
  }

  /** Returns whether to read on: between two calls nobody knows where bytes belong. */
  #read(length: number): boolean {
    if (this.#isDirect) {
      this.#transfer?.arrived(length);
    } else {
      if (this.#readAt !== this.#filled) {
        this.#incoming.copyWithin(this.#filled, this.#readAt, this.#readAt + length);
      }
      this.#filled += length;
      this.#use();
    }
    this.#write();
    return this.#transfer !== undefined && !this.#transfer.isReceived;
  }

  #use(): void {
    if (this.#transfer === undefined || this.#filled === 0) return;
    const used = this.#transfer.receive(this.#incoming.subarray(0, this.#filled));
    this.#incoming.copyWithin(0, used, this.#filled);
    this.#filled -= used;
  }

  #write(): void {
    const transfer = this.#transfer;
    if (transfer === undefined || this.#isWriting) return;
    if (transfer.isReceived && transfer.isSent) {
      this.#transfer = undefined;
      transfer.done();
      return;
    }
    const bytes = transfer.nextToSend(writeSize);
    if (bytes === undefined) return;
    this.#isWriting = true;
    this.#after?.write(bytes, (error) => {
      this.#isWriting = false;
      if (!error) this.#write();
    });
  }

  #broken(which: "before" | "after"): void {
    const transfer = this.#transfer;
    if (transfer === undefined || (which === "before" ? transfer.isReceived : transfer.isSent)) return;
    this.#onBroken(which);
  }
}

/** A plan under way. */
class Transfer {
  readonly done: () => void;
  readonly #inward: Inward[];
  readonly #outward: Uint8Array[];
  readonly #size: number;
  /** Bytes of the first of `#inward` that have come, and of `#outward` that have been given out. */
  #inPosition = 0;
  #outPosition = 0;
  /** Bytes that may go out now. */
  #sendable: number;

  constructor({ inward, outward, ready }: Plan, size: number, done: () => void) {
    this.#inward = inward.filter(({ memory }) => memory.byteLength > 0);
    this.#outward = outward.filter(({ byteLength }) => byteLength > 0);
    this.#sendable = ready;
    this.#size = size;
    this.done = done;
  }

  get isReceived(): boolean {
    return this.#inward.length === 0;
  }

  get isSent(): boolean {
    return this.#outward.length === 0;
  }

  /** Where at most so many of the next bytes belong as they are; undefined where they are to be summed. */
  destination(most: number): Uint8Array | undefined {
    const first = this.#inward[0];
    if (first === undefined || first.join !== "copy") return undefined;
    return first.memory.subarray(this.#inPosition, this.#inPosition + most);
  }

  /** So many bytes are where they belong. */
  arrived(length: number): void {
    this.#sendable += length;
    this.#inPosition += length;
    if (this.#inPosition < (this.#inward[0]?.memory.byteLength ?? 0)) return;
    this.#inward.shift();
    this.#inPosition = 0;
  }

  /** Puts bytes where they belong; how many it could. */
  receive(bytes: Uint8Array): number {
    let used = 0;
    for (;;) {
      const first = this.#inward[0];
      if (first === undefined) return used;
      const { memory, join } = first;
      let length = Math.min(bytes.byteLength - used, memory.byteLength - this.#inPosition);
      if (join !== "copy") length -= length % numberSize;
      if (length === 0) return used;
      const target = memory.subarray(this.#inPosition, this.#inPosition + length);
      const source = bytes.subarray(used, used + length);
      if (join === "copy") target.set(source);
      else joinNumbers(numbersOf(target), numbersOf(source), join, this.#size);
      used += length;
      this.arrived(length);
    }
  }

  /** At most so many bytes to go out next; undefined where there are none yet. */
  nextToSend(most: number): Uint8Array | undefined {
    const first = this.#outward[0];
    if (first === undefined) return undefined;
    const length = Math.min(most, this.#sendable, first.byteLength - this.#outPosition);
    if (length === 0) return undefined;
    const bytes = first.subarray(this.#outPosition, this.#outPosition + length);
    this.#sendable -= length;
    this.#outPosition += length;
    if (this.#outPosition === first.byteLength) {
      this.#outward.shift();
      this.#outPosition = 0;
    }
    return bytes;
  }
}

function numbersOf({ buffer, byteOffset, byteLength }: Uint8Array): Float32Array {
  return new Float32Array(buffer, byteOffset, byteLength / numberSize);
}
