import { block, mapOf, oneOf, path } from "../card.ts";
import { type Annotations, annotationFile, token } from "./options/annotations.card.ts";
import { ratio } from "./options/dataset.card.ts";
import { processorOptions } from "./options/processors.card.ts";

/** The options of a dataset of images with texts, given where its files are by default. */
export function imageTextOptions(files: {
  readonly images: string;
  readonly annotations: Readonly<Record<string, Annotations>>;
}) {
  return {
    data_type: oneOf(["images"], {
      doc: "What the samples show.",
      default: { value: "images" },
    }),
    vis_processor: processorOptions.vis_processor,
    text_processor: processorOptions.text_processor,
    build_info: block(
      {
        images: path({
          doc: "Folder that the images' names in the annotations are relative to.",
          default: { value: files.images },
        }),
        annotations: mapOf(annotationFile, {
          doc: "The annotation file of each split, by the split's name.",
          default: { value: files.annotations },
        }),
        token,
      },
      { doc: "Where the dataset's files are." },
    ),
    ratio,
  } as const;
}
