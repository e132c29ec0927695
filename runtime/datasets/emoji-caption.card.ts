import { defineCard } from "../card.ts";
import { imageTextOptions } from "./image-text-options.card.ts";

const annotations = (split: string) => ({
  url: null,
  md5: null,
  storage: `cache:data/emoji/annotations/emoji_caption_karpathy_${split}.json`,
});

/** Emoji in several drawing styles with their names, built by `lavisc data build emoji`. */
export const emoji_caption = defineCard({
  kind: "dataset",
  name: "emoji_caption",
  doc: "Emoji drawn in several styles, with their names as captions: 5,084 training images, 480 val, 1,876 test. Build it once with `lavisc data build emoji`.",
  options: imageTextOptions({
    images: "cache:data/emoji/images",
    annotations: { train: annotations("train"), val: annotations("val"), test: annotations("test") },
  }),
  provides: ["image", "text_input", "image_id", "instance_id"],
  references: ["text_input"],
  // As `lavisc data build emoji` makes them of the packages that it names (emoji/sources.ts).
  samples: { train: 19_344, val: 1818, test: 7134 },
});
