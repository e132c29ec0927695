import { layerNorm, ones, parameter, type Tensor, zeros } from "../tensor/index.ts";
import { type Build, Module } from "./module.ts";

/** Normalises the last axis, of length `width`; starts as the identity after it. */
export class LayerNorm extends Module {
  /** [width] */
  readonly weight: Tensor;
  /** [width] */
  readonly bias: Tensor;
  readonly #eps: number;

  constructor({ engine }: Build, width: number, eps: number) {
    super();
    this.weight = parameter(ones(engine, [width]));
    this.bias = parameter(zeros(engine, [width]));
    this.#eps = eps;
  }

  forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight, this.bias, this.#eps);
  }
}
