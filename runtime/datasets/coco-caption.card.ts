import { defineCard } from "../card.ts";
import { imageTextOptions } from "./image-text-options.card.ts";
import { cocoCaptionSamples } from "./options/caption-files.card.ts";

const karpathy = (split: string, md5: string) => ({
  url: `https://storage.googleapis.com/sfr-vision-language-research/datasets/coco_karpathy_${split}.json`,
  md5,
  storage: `cache:data/coco/annotations/coco_karpathy_${split}.json`,
});

/** LAVIS datasets/builders/caption_builder.py, COCOCapBuilder; configs/datasets/coco/defaults_cap.yaml. */
export const coco_caption = defineCard({
  kind: "dataset",
  name: "coco_caption",
  doc: "MS-COCO captions, Karpathy's split: 113,287 training images, 5,000 each for val and test. The annotations are downloaded; the images (train2014, val2014) must be put in place.",
  options: imageTextOptions({
    images: "cache:data/coco/images",
    annotations: {
      train: karpathy("train", "aa31ac474cf6250ebb81d18348a07ed8"),
      val: karpathy("val", "b273847456ef5580e33713b1f7de52a0"),
      test: karpathy("test", "3ff34b0ef2db02d01c37399f6a2a6cd1"),
    },
  }),
  provides: ["image", "text_input", "image_id", "instance_id"],
  references: ["text_input"],
  samples: cocoCaptionSamples,
});
