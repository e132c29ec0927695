import type { OptionsOf } from "../card.ts";
import { UserError } from "../errors.ts";
import type { blip_image_train } from "./blip-image-train.card.ts";
import { type Box, type Image, mirror } from "./image.ts";
import { normalizer } from "./normalize.ts";
import type { VisionProcessor } from "./processor.ts";
import {
  type Augmentation,
  type AugmentationPlan,
  augment,
  drawAugmentations,
} from "./randaugment/randaugment.ts";
import type { Random } from "./random.ts";
import { drawCrop } from "./random-resized-crop.ts";
import { bicubicResizer, type Resize } from "./resize/resize.ts";

type TrainOptions = OptionsOf<typeof blip_image_train>;

/** Everything that is random about one training image. */
export interface TrainDraws {
  /** The part of the decoded image that is used. */
  readonly crop: Box;
  /** Whether the crop is mirrored left to right. */
  readonly flip: boolean;
  readonly augmentations: readonly Augmentation[];
}

const names = [
  "Identity",
  "AutoContrast",
  "Brightness",
  "Sharpness",
  "Equalize",
  "ShearX",
  "ShearY",
  "TranslateX",
  "TranslateY",
  "Rotate",
] as const;

/**
 * Crops at random, resizes to a square, mirrors half of the images, applies up to two operations of RandAugment
 * at level 5, and normalises. Source: LAVIS processors/blip_processors.py, BlipImageTrainProcessor.
 * @throws UserError when min_scale is above max_scale, or as {@link normalizer}.
 */
export function blipImageTrain(options: TrainOptions): VisionProcessor {
  const { mean, std, min_scale, max_scale } = options;
  if (min_scale > max_scale)
    throw new UserError(
      `blip_image_train: min_scale (${min_scale}) is above max_scale (${max_scale})`,
      "Exchange them.",
    );
  const normalize = normalizer(mean, std);
  const resize = bicubicResizer();
  return (image, random, out) =>
    normalize(transformTraining(image, drawTraining(image, random, options), options, resize), out);
}

/** Draws what is random about one image. */
export function drawTraining(
  image: { readonly width: number; readonly height: number },
  random: Random,
  options: Pick<TrainOptions, "min_scale" | "max_scale" | "randaugment">,
): TrainDraws {
  const box = drawCrop(random, image, [options.min_scale, options.max_scale]);
  const flip = random.uniform() < 0.5;
  const { randaugment } = options;
  if (randaugment === "off") return { crop: box, flip, augmentations: [] };
  const plan: AugmentationPlan = { count: 2, level: 5, names, arithmetic: randaugment };
  return { crop: box, flip, augmentations: drawAugmentations(random, plan) };
}

/** The augmented image of image_size × image_size pixels that given draws make, before it is normalised. */
export function transformTraining(
  image: Image,
  draws: TrainDraws,
  options: Pick<TrainOptions, "image_size" | "randaugment">,
  resize: Resize = bicubicResizer(),
): Image {
  const { image_size, randaugment } = options;
  const resized = resize(image, draws.crop, image_size, image_size);
  const flipped = draws.flip ? mirror(resized) : resized;
  return randaugment === "off" ? flipped : augment(flipped, draws.augmentations, randaugment);
}
