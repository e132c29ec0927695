import { block, bool, listOf, name, oneOf, string } from "../../card.ts";
import { files, xinstructData } from "../options/annotations.card.ts";
import { lavisDataset } from "../options/dataset.card.ts";
import { instructed, questionFields } from "../options/fields.card.ts";
import { captions, clipImages, frames, points, sounds } from "../options/processors.card.ts";

/** What LAVIS calls `kwargs` (datasets/datasets/discriminatory_reasoning_datasets.py). */
const discriminating = <const D extends string>(dataset: D, classes: readonly [string, string]) => ({
  kwargs: block(
    {
      total: string({
        doc: "How many questions are asked: a number, or `all`.",
        default: { value: "all" },
      }),
      shuffle_modalities: bool({
        doc: "Draw the order of the two media for each question.",
        default: { value: false },
      }),
      balance_labels: bool({
        doc: "Make the first and the second medium right equally often.",
        default: { value: true },
      }),
      dataset_name: oneOf([dataset], {
        doc: "The dataset that the samples come from.",
        default: { value: dataset },
      }),
      ground_truth: bool({
        doc: "Give the annotated captions to the model, rather than its own descriptions.",
        default: { value: false },
      }),
      raw: bool({
        doc: "Give the samples without preparing them.",
        default: { value: false },
      }),
      classnames: listOf(name({ doc: "What a medium is called." }), {
        doc: "What the two media are called in the answers.",
        default: { value: classes },
      }),
    },
    { doc: "Which questions are asked." },
  ),
});

/** LAVIS datasets/builders/discrn_builders.py: which of two inputs of different media fits a question. */
export const audio_video_discrn = lavisDataset({
  name: "audio_video_discrn",
  doc: "DisCRn: tell from a question whether a sound or a video of AudioCaps is meant. Nothing to train on.",
  folders: { audio: "audiocaps/audio/val", video: "audiocaps/video/val" },
  annotations: { val: files(["discrn/annotations/audiocaps.json", xinstructData("discrn/audiocaps.json")]) },
  dataTypes: ["video", "audio"],
  processors: { audio_processor: sounds(), video_processor: frames(2, "video"), text_processor: captions },
  buildInfo: discriminating("audiocaps", ["audio", "video"]),
  provides: ["audio", "video", ...questionFields, ...instructed],
});

export const image_pc_discrn = lavisDataset({
  name: "image_pc_discrn",
  doc: "DisCRn: tell from a question whether a picture or a three-dimensional object of Objaverse is meant. Nothing to train on.",
  folders: { images: "objaverse/images", pc: "objaverse/pc" },
  annotations: { val: files(["discrn/annotations/objaverse.json", xinstructData("discrn/objaverse.json")]) },
  dataTypes: ["images", "pc"],
  processors: { vis_processor: clipImages, pc_processor: points, text_processor: captions },
  buildInfo: discriminating("objaverse", ["image", "3d"]),
  provides: ["image", "pc", ...questionFields, ...instructed],
});
