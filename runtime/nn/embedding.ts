import { embedding, randomNormal, type Tensor } from "../tensor/index.ts";
import { type Build, learned, Module } from "./module.ts";

export interface EmbeddingOptions {
  readonly rows: number;
  readonly width: number;
  /** Standard deviation of the initial vectors. */
  readonly std: number;
  /** The row that look-ups give no gradient to. */
  readonly paddingIndex?: number;
}

/** A table of vectors. */
export class Embedding extends Module {
  /** [rows, width] */
  readonly weight: Tensor;
  readonly #paddingIndex: number | undefined;

  constructor(build: Build, { rows, width, std, paddingIndex }: EmbeddingOptions) {
    super();
    this.weight = learned(build, randomNormal(build.engine, [rows, width], build.keys.next(), { std }));
    this.#paddingIndex = paddingIndex;
  }

  /** The vectors of int32 ids: [...] → [..., width]. */
  forward(ids: Tensor): Tensor {
    const paddingIndex = this.#paddingIndex;
    return embedding(this.weight, ids, paddingIndex === undefined ? {} : { paddingIndex });
  }
}
