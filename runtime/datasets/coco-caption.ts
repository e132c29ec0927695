import type { OptionsOf } from "../card.ts";
import { openCaptionDataset } from "./caption-dataset.ts";
import type { coco_caption } from "./coco-caption.card.ts";
import type { OpenDataset } from "./dataset.ts";

/** MS-COCO captions, and any captions in the same form (LAVIS datasets/builders/caption_builder.py, COCOCapBuilder). */
export const openCocoCaption: OpenDataset<OptionsOf<typeof coco_caption>> = (options, splits, context) =>
  openCaptionDataset(options, splits, context, "put it there, or give its url");
