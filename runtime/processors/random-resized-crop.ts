import type { Box } from "./image.ts";
import { below, between, type Random } from "./random.ts";

/** Tries before the crop falls back to the middle of the image. */
const tries = 10;
const narrowest = 3 / 4;
const widest = 4 / 3;

/**
 * Draws the rectangle of a random resized crop: an area that is `scale` (smallest and largest share) of the
 * image's, an aspect ratio in 3/4..4/3 (uniform in its logarithm), a place anywhere inside. After ten draws
 * that do not fit, the middle of the image with the nearest allowed ratio.
 * Source: torchvision, RandomResizedCrop.get_params.
 */
export function drawCrop(
  random: Random,
  image: { readonly width: number; readonly height: number },
  scale: readonly [min: number, max: number],
): Box {
  const area = image.width * image.height;
  for (let attempt = 0; attempt < tries; attempt++) {
    const target = area * between(random, ...scale);
    const ratio = Math.exp(between(random, Math.log(narrowest), Math.log(widest)));
    const width = Math.round(Math.sqrt(target * ratio));
    const height = Math.round(Math.sqrt(target / ratio));
    if (width < 1 || width > image.width || height < 1 || height > image.height) continue;
    const top = below(random, image.height - height + 1);
    const left = below(random, image.width - width + 1);
    return { left, top, width, height };
  }
  const ratio = image.width / image.height;
  const width = ratio > widest ? Math.round(image.height * widest) : image.width;
  const height = ratio < narrowest ? Math.round(image.width / narrowest) : image.height;
  return {
    left: Math.floor((image.width - width) / 2),
    top: Math.floor((image.height - height) / 2),
    width,
    height,
  };
}
