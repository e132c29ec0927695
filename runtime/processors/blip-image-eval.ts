import type { OptionsOf } from "../card.ts";
import type { blip_image_eval } from "./blip-image-eval.card.ts";
import { wholeOf } from "./image.ts";
import { normalizer } from "./normalize.ts";
import type { VisionProcessor } from "./processor.ts";
import { bicubicResizer } from "./resize/resize.ts";

/**
 * Resizes the whole image to a square, whatever its aspect ratio, and normalises. Draws nothing.
 * Source: LAVIS processors/blip_processors.py, BlipImageEvalProcessor. @throws UserError as {@link normalizer}.
 */
export function blipImageEval(options: OptionsOf<typeof blip_image_eval>): VisionProcessor {
  const { image_size, mean, std } = options;
  const normalize = normalizer(mean, std);
  const resize = bicubicResizer();
  return (image, _, out) => normalize(resize(image, wholeOf(image), image_size, image_size), out);
}
