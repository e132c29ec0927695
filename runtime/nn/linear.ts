import { linear, randomNormal, type Tensor, zeros } from "../tensor/index.ts";
import { type Build, learned, Module } from "./module.ts";

export interface LinearOptions {
  readonly from: number;
  readonly to: number;
  /** Standard deviation of the initial weights; biases start at 0. */
  readonly std: number;
}

/** x · weightᵀ + bias: [..., from] → [..., to]. */
export class Linear extends Module {
  /** [to, from] */
  readonly weight: Tensor;
  /** [to] */
  readonly bias: Tensor;

  /** A layer with the given parameters, such as one that is tied to another. */
  constructor(weight: Tensor, bias: Tensor) {
    super();
    this.weight = weight;
    this.bias = bias;
  }

  /** A layer with new parameters. */
  static create(build: Build, { from, to, std }: LinearOptions): Linear {
    const weight = randomNormal(build.engine, [to, from], build.keys.next(), { std });
    return new Linear(learned(build, weight), learned(build, zeros(build.engine, [to])));
  }

  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }
}
