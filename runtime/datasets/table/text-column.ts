import { elementOf } from "./element.ts";
import { NumberColumn } from "./number-column.ts";

/** Bytes of a block; a longer text has a block of its own. */
const blockSize = 1 << 20;

/**
 * Many texts in little memory, for tables of millions of rows: their UTF-8 in a few large blocks and 12 bytes
 * for each, where strings would take several times as much and burden the garbage collector.
 */
export class TextColumn {
  readonly #blocks: Buffer[] = [];
  readonly #block = new NumberColumn();
  readonly #start = new NumberColumn();
  readonly #size = new NumberColumn();
  /** Bytes of the last block that are taken. */
  #taken = 0;

  get length(): number {
    return this.#size.length;
  }

  push(text: string): void {
    const size = Buffer.byteLength(text);
    let block = this.#blocks.at(-1);
    if (!block || this.#taken + size > block.length) {
      block = Buffer.allocUnsafeSlow(Math.max(blockSize, size));
      this.#blocks.push(block);
      this.#taken = 0;
    }
    block.write(text, this.#taken);
    this.#block.push(this.#blocks.length - 1);
    this.#start.push(this.#taken);
    this.#size.push(size);
    this.#taken += size;
  }

  /** Text `index`, 0 ≤ index < length. */
  at(index: number): string {
    const start = this.#start.at(index);
    const block = elementOf(this.#blocks, this.#block.at(index));
    return block.toString("utf8", start, start + this.#size.at(index));
  }
}
