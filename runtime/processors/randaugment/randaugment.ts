import type { Image } from "../image.ts";
import { below, type Random } from "../random.ts";
import { sharpness } from "./sharpness.ts";
import {
  type Arithmetic,
  autoContrast,
  brightness,
  color,
  contrast,
  equalize,
  posterize,
  solarize,
} from "./tone.ts";
import { rotate, shearX, shearY, translateX, translateY } from "./warp.ts";

/** Levels go from 0 to this. */
const maxLevel = 10;
/** Chance that a drawn operation is applied. */
const applied = 0.5;

interface Operation {
  /** The strength at a level, drawn where it has a random sign; 0 where the operation has none. */
  draw(level: number, random: Random, arithmetic: Arithmetic): number;
  apply(image: Image, strength: number, arithmetic: Arithmetic): Image;
}

const none = (): number => 0;

/** `most` at the highest level, to either side. */
const eitherSide =
  (most: number): Operation["draw"] =>
  (level, random) =>
    (level / maxLevel) * most * sign(random);

/**
 * LAVIS goes from 0.1 to 1.9 over the levels, so level 5, which BLIP uses, is exactly 1 and does nothing. Mended,
 * it goes away from 1 to either side, by 0.9 at the highest level.
 */
const enhancement: Operation["draw"] = (level, random, arithmetic) =>
  arithmetic === "original" ? (level / maxLevel) * 1.8 + 0.1 : 1 + (level / maxLevel) * 0.9 * sign(random);

function sign(random: Random): 1 | -1 {
  return random.uniform() < 0.5 ? -1 : 1;
}

/** The operations of RandAugment (Cubuk et al. 2019) by LAVIS's names (processors/randaugment.py). */
const operations = {
  Identity: { draw: none, apply: (image) => image },
  AutoContrast: { draw: none, apply: (image, _, arithmetic) => autoContrast(image, arithmetic) },
  Equalize: { draw: none, apply: equalize },
  Rotate: { draw: eitherSide(30), apply: rotate },
  Solarize: { draw: (level) => Math.trunc((level / maxLevel) * 256), apply: solarize },
  Color: { draw: enhancement, apply: color },
  Contrast: { draw: enhancement, apply: contrast },
  Brightness: { draw: enhancement, apply: brightness },
  Sharpness: { draw: enhancement, apply: sharpness },
  ShearX: { draw: eitherSide(0.3), apply: shearX },
  ShearY: { draw: eitherSide(0.3), apply: shearY },
  TranslateX: { draw: eitherSide(10), apply: translateX },
  TranslateY: { draw: eitherSide(10), apply: translateY },
  Posterize: { draw: (level) => Math.trunc((level / maxLevel) * 4), apply: posterize },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

/** An operation with the strength that was drawn for it: degrees, pixels, a factor; 0 where it has none. */
export interface Augmentation {
  readonly name: OperationName;
  readonly strength: number;
}

export interface AugmentationPlan {
  /** How many operations are drawn, with replacement; each is then applied with a chance of one half. */
  readonly count: number;
  /** How strong they are, 0..10. */
  readonly level: number;
  readonly names: readonly OperationName[];
  readonly arithmetic: Arithmetic;
}

/** Draws the operations that are applied to one image; often fewer than `count`, or none. */
export function drawAugmentations(random: Random, plan: AugmentationPlan): Augmentation[] {
  const chosen = Array.from({ length: plan.count }, () => plan.names[below(random, plan.names.length)]!);
  return chosen
    .filter(() => random.uniform() <= applied)
    .map((name) => ({ name, strength: operations[name].draw(plan.level, random, plan.arithmetic) }));
}

/** Applies operations in their order. */
export function augment(image: Image, augmentations: readonly Augmentation[], arithmetic: Arithmetic): Image {
  return augmentations.reduce<Image>((current, { name, strength }) => {
    const operation: Operation = operations[name];
    return operation.apply(current, strength, arithmetic);
  }, image);
}
