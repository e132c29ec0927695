import type { Field } from "../../card.ts";
import type { AnnotationFiles } from "./annotations.card.ts";
import { lavisDataset } from "./dataset.card.ts";
import type { Processing } from "./processors.card.ts";

/** The files of a dataset, by split. */
export type Splits = Readonly<Record<string, AnnotationFiles>>;

/** How a dataset's pictures, of images or videos, and texts are prepared. */
export interface PictureProcessing {
  readonly vis_processor: Processing;
  readonly text_processor: Processing;
}

/** For datasets that leave it to the model. */
export const byModel: PictureProcessing = { vis_processor: {}, text_processor: {} };

/** A maker of cards for datasets of images with texts that are prepared alike and carry the same fields. */
export const imageDatasets =
  (processors: PictureProcessing, fields: readonly Field[]) =>
  <const N extends string>(
    name: N,
    doc: string,
    images: string,
    annotations: Splits,
    samples?: Readonly<Record<string, number>>,
  ) =>
    lavisDataset({
      name,
      doc,
      folders: { images },
      annotations,
      dataTypes: "images",
      processors,
      provides: ["image", ...fields],
      ...(samples && { samples }),
    });
