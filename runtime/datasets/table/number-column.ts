/** Integers from 0 to 2³² - 1, 4 bytes each, of which more can be put at the end. */
export class NumberColumn {
  #values = new Uint32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const longer = new Uint32Array(2 * this.#length);
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[this.#length++] = value;
  }

  /** Number `index`. @throws RangeError beyond the end: a mistake of ours */
  at(index: number): number {
    const value = this.#values[index];
    if (value === undefined || index >= this.#length)
      throw new RangeError(`row ${index} of a column of ${this.#length}`);
    return value;
  }
}
