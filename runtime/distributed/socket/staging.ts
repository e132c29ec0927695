import type { Call } from "../call.ts";
import type { CallMemory } from "../transport.ts";

/** A call's memory where a thread can work on it. */
export interface Staged {
  readonly memory: CallMemory;
  /** Brings results to where the caller wants them, and frees the memory; true, for the call is done. */
  finish(): true;
}

/** Smallest buffer, in bytes. */
const smallest = 64 << 10;

/** Copies of memory that cannot be shared with a thread, in buffers that are used again and again. */
export class Staging {
  readonly #free: SharedArrayBuffer[] = [];

  stage({ kind, root }: Call, { data, output }: CallMemory, rank: number): Staged {
    const isResult = kind === "allReduce" || kind === "broadcast";
    const isRead = kind !== "broadcast" || root === rank;
    const input = this.#share(data, isRead);
    const result = output === undefined ? undefined : this.#share(output, false);
    return {
      memory: { data: input, ...(result !== undefined && { output: result }) },
      finish: () => {
        if (output !== undefined && result !== undefined) this.#release(result, output, true);
        this.#release(input, data, isResult);
        return true;
      },
    };
  }

  #share(memory: Uint8Array, copy: boolean): Uint8Array {
    if (memory.buffer instanceof SharedArrayBuffer) return memory;
    const shared = new Uint8Array(this.#take(memory.byteLength), 0, memory.byteLength);
    if (copy) shared.set(memory);
    return shared;
  }

  #release(shared: Uint8Array, memory: Uint8Array, copy: boolean): void {
    if (shared === memory) return;
    if (copy) memory.set(shared);
    this.#free.push(shared.buffer as unknown as SharedArrayBuffer);
  }

  /** The smallest free buffer that is large enough. */
  #take(bytes: number): SharedArrayBuffer {
    let best: SharedArrayBuffer | undefined;
    for (const buffer of this.#free) {
      if (buffer.byteLength < bytes) continue;
      if (best === undefined || buffer.byteLength < best.byteLength) best = buffer;
    }
    if (best === undefined) return new SharedArrayBuffer(Math.max(smallest, bytes));
    this.#free.splice(this.#free.indexOf(best), 1);
    return best;
  }
}
