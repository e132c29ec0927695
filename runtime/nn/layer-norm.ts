import { layerNorm, ones, type Tensor, zeros } from "../tensor/index.ts";
import { type Build, learned, Module } from "./module.ts";

/** Normalises the last axis, of length `width`; starts as the identity after it. */
export class LayerNorm extends Module {
  /** [width] */
  readonly weight: Tensor;
  /** [width] */
  readonly bias: Tensor;
  readonly #eps: number;

  constructor(build: Build, width: number, eps: number) {
    super();
    this.weight = learned(build, ones(build.engine, [width]));
    this.bias = learned(build, zeros(build.engine, [width]));
    this.#eps = eps;
  }

  forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight, this.bias, this.#eps);
  }
}
