import { block, type Option, type Options, oneOf } from "../../card.ts";
import { type AnnotationFiles, files, xinstructData } from "../options/annotations.card.ts";
import { cachedFeatures, lavisDataset, missingSounds } from "../options/dataset.card.ts";
import { captionFields, instructed } from "../options/fields.card.ts";
import { captions, instructions, type Processing, sounds } from "../options/processors.card.ts";

/** LAVIS datasets/builders/audio_caption_builder.py: sounds with captions. */
const soundCaptions = <const N extends string, const K extends Options = Record<never, Option>>(facts: {
  readonly name: N;
  readonly doc: string;
  readonly sounds: string;
  readonly annotations: Readonly<Record<string, AnnotationFiles>>;
  readonly text: Processing;
  readonly kwargs?: K;
  readonly more?: readonly ["text_output"];
}) =>
  lavisDataset({
    name: facts.name,
    doc: facts.doc,
    folders: { audio: facts.sounds },
    annotations: facts.annotations,
    dataTypes: ["audio"],
    processors: { audio_processor: sounds(), text_processor: facts.text },
    ...(facts.kwargs && {
      buildInfo: { kwargs: block(facts.kwargs, { doc: "What is particular to the dataset." }) },
    }),
    provides: ["audio", ...captionFields, ...(facts.more ?? [])],
  });

const asInstruction = instructions("audio", "caption");

const audioCaps = (split: string) =>
  files([
    `audiocaps/annotations/${split}.csv`,
    `https://raw.githubusercontent.com/cdjkim/audiocaps/master/dataset/${split}.csv`,
  ]);

export const audiocaps_mm_caption = soundCaptions({
  name: "audiocaps_mm_caption",
  doc: "AudioCaps: sounds of AudioSet with captions.",
  sounds: "audiocaps/audio",
  annotations: { train: audioCaps("train"), val: audioCaps("val"), test: audioCaps("test") },
  text: asInstruction,
  kwargs: { ...missingSounds, ...cachedFeatures("audiocaps/beats_features", false) },
  more: instructed,
});

export const audiocaps_mm_caption_instruct = soundCaptions({
  name: "audiocaps_mm_caption_instruct",
  doc: "AudioCaps as instructions.",
  sounds: "audiocaps/audio",
  annotations: { train: audioCaps("train") },
  text: asInstruction,
  kwargs: { ...missingSounds, ...cachedFeatures("audiocaps/beats_features", false) },
  more: instructed,
});

const clotho = (split: string) =>
  files([
    `clothov2/annotations/clotho_captions_${split}.csv`,
    `https://zenodo.org/record/4783391/files/clotho_captions_${split}.csv`,
  ]);
const clothoFiles = { train: clotho("development"), val: clotho("evaluation") };
const clothoOptions = {
  split: oneOf(["eval", "validation", "evaluation", "development"], {
    doc: "Which of Clotho's parts the sounds' folder below `audio` is named after, in evaluation.",
    default: { value: "eval" },
  }),
} as const;

export const clothov2 = soundCaptions({
  name: "clothov2",
  doc: "Clotho 2: sounds of 15 to 30 seconds with five captions each.",
  sounds: "clothov2/CLOTHO_v2.1/clotho_audio_files",
  annotations: clothoFiles,
  text: captions,
  kwargs: clothoOptions,
});

export const clothov2_instruct = soundCaptions({
  name: "clothov2_instruct",
  doc: "Clotho 2 as instructions.",
  sounds: "clothov2/CLOTHO_v2.1/clotho_audio_files",
  annotations: clothoFiles,
  text: asInstruction,
  kwargs: clothoOptions,
  more: instructed,
});

const wavCapsFile = (folder: string, name: string): [string, string] => [
  `wavcaps/json_files/${folder}/${name}.json`,
  `https://raw.githubusercontent.com/XinhaoMei/WavCaps/master/data/json_files/${folder}/${name}.json`,
];
const wavCaps = {
  train: files(
    wavCapsFile("BBC_Sound_Effects", "bbc_final"),
    wavCapsFile("FreeSound", "fsd_final"),
    wavCapsFile("SoundBible", "sb_final"),
    wavCapsFile("AudioSet_SL", "as_final"),
    ["wavcaps/annotations/json_data.json", xinstructData("wavcaps/json_data.json")],
  ),
};

export const wavcaps_mm_caption = soundCaptions({
  name: "wavcaps_mm_caption",
  doc: "WavCaps: 400,000 sounds from the web with captions that a language model made of their descriptions.",
  sounds: "WavCaps",
  annotations: wavCaps,
  text: captions,
  kwargs: cachedFeatures("WavCaps/beats_features", false),
});

export const wavcaps_mm_caption_instruct = soundCaptions({
  name: "wavcaps_mm_caption_instruct",
  doc: "WavCaps as instructions, from features that were extracted beforehand unless told otherwise.",
  sounds: "WavCaps",
  annotations: wavCaps,
  text: asInstruction,
  kwargs: cachedFeatures("WavCaps/beats_features", true),
  more: instructed,
});

const audioSet = {
  train: files(
    ["audioset/annotations/balanced_train_clean.csv", xinstructData("audioset/balanced_train_clean.csv")],
    [
      "audioset/annotations/class_labels_indices.csv",
      "http://storage.googleapis.com/us_audioset/youtube_corpus/v1/csv/class_labels_indices.csv",
    ],
  ),
};

export const audioset_mm_caption = soundCaptions({
  name: "audioset_mm_caption",
  doc: "AudioSet's balanced training split: 14,141 sounds with the names of what is heard.",
  sounds: "AudioSet/audio",
  annotations: audioSet,
  text: instructions("audio", "classification"),
  more: instructed,
});

export const audioset_mm_caption_instruct = soundCaptions({
  name: "audioset_mm_caption_instruct",
  doc: "AudioSet's balanced training split as instructions.",
  sounds: "AudioSet/audio",
  annotations: audioSet,
  text: instructions("audio", "classification"),
  more: instructed,
});
