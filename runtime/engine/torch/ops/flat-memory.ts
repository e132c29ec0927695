import type { Shape, Tensor } from "../../../tensor/index.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import type { Handle } from "../binding.ts";
import type { TorchCore } from "../core.ts";
import { scalarTypes } from "../operators.ts";

/** A vector of float32 on the engine's device, zeros at first, that tensors are put into and taken out of. */
export class FlatMemory {
  readonly length: number;
  /** Lives as long as the engine. */
  readonly handle: Handle;
  readonly #core: TorchCore;

  constructor(core: TorchCore, length: number) {
    this.length = length;
    this.#core = core;
    this.handle = core.call(core.ops.full, [length], 0, scalarTypes.float32, undefined, core.place);
  }

  /** Copies a tensor's elements to a place. */
  put(offset: number, x: Tensor): void {
    const core = this.#core;
    this.#part(offset, x.size, (part) =>
      core.with(core.call(core.ops.reshape, core.raw(x), [-1]), (elements) =>
        core.run(core.ops.copyInto, part, elements),
      ),
    );
  }

  /** Fills a part with zeros. */
  clear(offset: number, length: number): void {
    const core = this.#core;
    this.#part(offset, length, (part) => core.run(core.ops.zero, part));
  }

  /** A part as a tensor in this very memory. */
  take(offset: number, shape: Shape): Tensor {
    const core = this.#core;
    return this.#part(offset, sizeOf(shape), (part) =>
      core.make(shape, "float32", core.ops.reshape, part, shape),
    );
  }

  #part<T>(offset: number, length: number, use: (part: Handle) => T): T {
    const core = this.#core;
    return core.noGrad(() => core.with(core.call(core.ops.narrow, this.handle, 0, offset, length), use));
  }
}
