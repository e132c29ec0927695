import { block, bool } from "../../card.ts";
import { files, xinstructData } from "../options/annotations.card.ts";
import { addBinary, cachedFeatures, lavisDataset, missingSounds } from "../options/dataset.card.ts";
import { instructed, questionFields } from "../options/fields.card.ts";
import { captions, instructions, sounds } from "../options/processors.card.ts";

/** LAVIS datasets/builders/audio_qa_builder.py: questions about sounds. */
export const audiocaps_mm_qa = lavisDataset({
  name: "audiocaps_mm_qa",
  doc: "Questions that a language model made of AudioCaps' captions.",
  folders: { audio: "audiocaps/audio" },
  annotations: {
    train: files(["audiocaps_qa/annotations/train.csv", xinstructData("audiocaps/audio_qa_final_train.csv")]),
  },
  dataTypes: ["audio"],
  processors: {
    audio_processor: { ...sounds(), eval: { name: "beats_audio", options: { is_eval: true } } },
    text_processor: instructions("audio", "qa"),
  },
  buildInfo: {
    kwargs: block(
      { ...missingSounds, ...addBinary(false), ...cachedFeatures("audiocaps/beats_features", false) },
      { doc: "What is particular to the dataset." },
    ),
  },
  provides: ["audio", ...questionFields, ...instructed],
});

const clothoQuestions = (split: string) =>
  files([
    `clotho_qa/annotations/clotho_aqa_${split}.csv`,
    `https://zenodo.org/records/6473207/files/clotho_aqa_${split}.csv`,
  ]);

export const clotho_qa = lavisDataset({
  name: "clotho_qa",
  doc: "Clotho-AQA: questions about sounds, each answered by three people.",
  folders: { audio: "clotho-aqa/audio_files" },
  annotations: {
    train: clothoQuestions("train"),
    val: clothoQuestions("val"),
    test: clothoQuestions("test"),
  },
  dataTypes: ["audio"],
  processors: { audio_processor: sounds(), text_processor: captions },
  buildInfo: {
    kwargs: block(
      {
        non_bin: bool({
          doc: "Leave out questions that are answered by yes or no.",
          default: { value: false },
        }),
        unanimous: bool({
          doc: "Keep only questions to which all three people gave one answer.",
          default: { value: false },
        }),
      },
      { doc: "What is particular to the dataset." },
    ),
  },
  provides: ["audio", ...questionFields, ...instructed],
});
