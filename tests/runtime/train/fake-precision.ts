import {
  type AmpDType,
  type Engine,
  globalNorm,
  item,
  scaleInPlace,
  type Tensor,
} from "../../../runtime/tensor/index.ts";

/** What was asked of an engine that only seems to have mixed precision, and what its gradients can hold. */
export interface FakePrecision {
  readonly autocasts: AmpDType[];
  /** Calls of `grad` within `autocast`, which there must not be. */
  gradsInside: number;
  /** Gradients of a larger norm than this overflow. */
  largestNorm: number;
}

/** Lets an engine take itself for one with mixed precision, which it does in float32; again to forget the last. */
export function fakePrecision(engine: Engine): FakePrecision {
  const fake: FakePrecision = { autocasts: [], gradsInside: 0, largestNorm: Number.POSITIVE_INFINITY };
  const { grad } = Object.getPrototypeOf(engine) as Engine;
  let isInside = false;
  const overflowing = (gradients: readonly (Tensor | null)[]): void => {
    const present = gradients.filter((gradient) => gradient !== null);
    const norm = globalNorm(present);
    if (item(norm) > fake.largestNorm) scaleInPlace(present, Number.POSITIVE_INFINITY);
    norm.dispose();
  };
  const precision: Pick<Engine, "ampDTypes" | "autocast" | "grad"> = {
    ampDTypes: ["bfloat16", "float16"],
    autocast(dtype, body) {
      fake.autocasts.push(dtype);
      isInside = true;
      try {
        return body();
      } finally {
        isInside = false;
      }
    },
    grad(loss, params) {
      if (isInside) fake.gradsInside++;
      const gradients = grad.call(engine, loss, params);
      overflowing(gradients);
      return gradients;
    },
  };
  Object.assign(engine, precision);
  return fake;
}
