import type { OptionsOf } from "../card.ts";
import { openCaptionDataset } from "./caption-dataset.ts";
import type { OpenDataset } from "./dataset.ts";
import type { emoji_caption } from "./emoji-caption.card.ts";

/** Emoji with their names, as `buildEmoji` makes them. */
export const openEmojiCaption: OpenDataset<OptionsOf<typeof emoji_caption>> = (options, splits, context) =>
  openCaptionDataset(options, splits, context, "build the data set: lavisc data build emoji");
