import {
  BaseModel,
  type Batch,
  type Build,
  fieldOf,
  Linear,
  type Losses,
  mean,
  mul,
  type Pixels,
  read,
  sub,
  type Tensor,
  tensor,
} from "lavis/runtime";

export interface Options {
  /** Height and width of images.
   * @default 32 */
  image_size: Pixels;
}

/** A model that reads a number off pictures. */
export interface NumberReader extends BaseModel {
  /** A number for each picture of a batch. */
  readNumbers(batch: Batch): readonly number[];
}

class Gauge extends BaseModel implements NumberReader {
  readonly output: Linear;

  constructor(build: Build) {
    super();
    this.output = Linear.create(build, { from: 3, to: 1, std: 0.1 });
  }

  forward(batch: Batch): Losses {
    const shades = fieldOf(batch, "shade", "number");
    const error = sub(this.#predict(batch.image), tensor(batch.image.engine, shades, [shades.length, 1]));
    return { loss: mean(mul(error, error)) };
  }

  readNumbers({ image }: Batch): readonly number[] {
    return Array.from(read(this.#predict(image)));
  }

  /** From the mean colour: [B, 3, H, W] → [B, 1]. */
  #predict(image: Tensor): Tensor {
    return this.output.forward(mean(image, [2, 3]));
  }
}

/**
 * Reads a number off the colours of a picture.
 * @reads image, shade
 */
export function create(_: Options, build: Build): Gauge {
  return new Gauge(build);
}
