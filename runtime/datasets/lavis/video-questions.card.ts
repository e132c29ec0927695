import { block } from "../../card.ts";
import { annotationFile, files, lavisData, xinstructData } from "../options/annotations.card.ts";
import { lavisDataset } from "../options/dataset.card.ts";
import { instructed, questionFields } from "../options/fields.card.ts";
import { byModel, type PictureProcessing } from "../options/image-dataset.card.ts";
import { frames, instructions, type Processing, questions, sounds } from "../options/processors.card.ts";

/** LAVIS datasets/builders/video_qa_builder.py: questions about videos whose answers are classes. */
const videoQuestions = <const N extends string>(
  name: N,
  doc: string,
  corpus: "msrvtt" | "msvd",
  splits: readonly ("train" | "val" | "test")[],
  processors: PictureProcessing,
  more: readonly ["text_output"] | readonly [] = [],
) => {
  const split = (one: string) =>
    files([`${corpus}/annotations/qa_${one}.json`, lavisData(`${corpus}/qa_${one}.json`)]);
  return lavisDataset({
    name,
    doc,
    folders: { videos: `${corpus}/videos` },
    annotations: Object.fromEntries(splits.map((one) => [one, split(one)])),
    dataTypes: "videos",
    processors,
    buildInfo: {
      ans2label: block(annotationFile.type.options, {
        doc: "The file that gives each answer its number as a class; any other answer is the class after them.",
        shorthand: "storage",
      }),
    },
    provides: ["video", ...questionFields, "label", ...more],
    defaults: {
      "dataset.build_info.ans2label": {
        url: lavisData(`${corpus}/train_ans2label.json`),
        storage: `cache:data/${corpus}/annotations/qa_ans2label.json`,
      },
    },
  });
};

const byInstruction = { vis_processor: frames(4, "video"), text_processor: instructions("video", "qa") };
const allSplits = ["train", "val", "test"] as const;

export const msrvtt_qa = videoQuestions(
  "msrvtt_qa",
  "MSRVTT-QA: questions about videos from the web, with one of 1,500 answers.",
  "msrvtt",
  allSplits,
  byModel,
);

export const msrvtt_qa_instruct = videoQuestions(
  "msrvtt_qa_instruct",
  "MSRVTT-QA as instructions.",
  "msrvtt",
  ["train"],
  byInstruction,
  instructed,
);

export const msvd_qa = videoQuestions(
  "msvd_qa",
  "MSVD-QA: questions about short videos, with one of 2,423 answers.",
  "msvd",
  allSplits,
  byModel,
);

export const msvd_qa_instruct = videoQuestions(
  "msvd_qa_instruct",
  "MSVD-QA as instructions.",
  "msvd",
  allSplits,
  byInstruction,
  instructed,
);

const avqa = (split: string) =>
  files([`musicavqa/annotations/avqa-${split}.json`, xinstructData(`musicavqa/avqa-${split}.json`)]);

const musicQuestions = <const N extends string>(
  name: N,
  doc: string,
  text_processor: Processing,
  more: readonly ["text_output"] | readonly [] = [],
) =>
  lavisDataset({
    name,
    doc,
    folders: { video: "musicavqa/videos", audio: "musicavqa/videos" },
    annotations: { val: avqa("val"), test: avqa("test") },
    dataTypes: ["video", "audio"],
    processors: { video_processor: frames(4, "video"), audio_processor: sounds(), text_processor },
    provides: ["video", "audio", ...questionFields, ...more],
  });

export const musicavqa_mm = musicQuestions(
  "musicavqa_mm",
  "MUSIC-AVQA: questions about what is seen and heard in videos of music. Nothing to train on.",
  questions,
);

export const musicavqa_mm_instruct = musicQuestions(
  "musicavqa_mm_instruct",
  "MUSIC-AVQA as instructions.",
  instructions("video", "qa"),
  instructed,
);
