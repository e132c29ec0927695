import { files, lavisData, xinstructData } from "../options/annotations.card.ts";
import { type FolderKey, lavisDataset } from "../options/dataset.card.ts";
import { captionFields, instructed } from "../options/fields.card.ts";
import { byModel, type PictureProcessing, type Splits } from "../options/image-dataset.card.ts";
import { captions, frames, instructions, type Processing, sounds } from "../options/processors.card.ts";

/** LAVIS datasets/builders/caption_builder.py: videos with captions, of whole videos or of clips of them. */
const videoCaptions = <const N extends string>(
  name: N,
  doc: string,
  videos: string,
  annotations: Splits,
  processors: PictureProcessing,
  more: readonly ["text_output"] | readonly [] = [],
) =>
  lavisDataset({
    name,
    doc,
    folders: { videos },
    annotations,
    dataTypes: "videos",
    processors,
    provides: ["video", ...captionFields, ...more],
  });

const ofVideo = frames(4, "video");
const ofClip = frames(4, "clip");
const asCaption = captions;
const asInstruction = instructions("video", "caption");
const clips: PictureProcessing = { vis_processor: ofClip, text_processor: asCaption };
const instructedClips: PictureProcessing = { vis_processor: ofClip, text_processor: asInstruction };

const lavisSplits = (name: string) => {
  const split = (one: string) =>
    files([`${name}/annotations/cap_${one}.json`, lavisData(`${name}/cap_${one}.json`)]);
  return { train: split("train"), val: split("val"), test: split("test") };
};
const xinstruct = (storage: string, file: string) => files([storage, xinstructData(file)]);

const msrvtt = lavisSplits("msrvtt");
const msvd = lavisSplits("msvd");
const vatex = {
  ...lavisSplits("vatex"),
  test: files(["vatex/annotations/cap_test.json", lavisData("vatex/cap_private_test.json")]),
};
const webvid = { train: xinstruct("webvid2m/annotations/train.json", "webvid2m/train.json") };
const charade = {
  train: xinstruct("charade/annotations/train.json", "charade/train_lavis.json"),
  val: xinstruct("charade/annotations/val.json", "charade/val_lavis.json"),
};
const coin = {
  train: xinstruct("coin/annotations/train.json", "coin/train.json"),
  val: xinstruct("coin/annotations/val.json", "coin/val.json"),
};
const youcook = {
  train: xinstruct("youcook/annotations/train_annotations.json", "youcook/train_annotations.json"),
  val: xinstruct("youcook/annotations/val_annotations.json", "youcook/val_annotations.json"),
};
const violin = { train: xinstruct("violin/annotations/train.json", "violin/train.json") };
const vlepSplit = (split: string) =>
  xinstruct(`vlep/annotations/annotations_${split}_existing.json`, `vlep/annotations_${split}_existing.json`);
const vlep = { train: vlepSplit("train"), val: vlepSplit("dev") };

export const msrvtt_caption = videoCaptions(
  "msrvtt_caption",
  "MSRVTT: 10,000 videos from the web with twenty captions each.",
  "msrvtt/videos",
  msrvtt,
  byModel,
);

export const msrvtt_caption_instruct = videoCaptions(
  "msrvtt_caption_instruct",
  "MSRVTT's captions as instructions.",
  "msrvtt/videos",
  { train: msrvtt.train },
  { vis_processor: ofVideo, text_processor: asInstruction },
  instructed,
);

export const msvd_caption = videoCaptions(
  "msvd_caption",
  "MSVD: 1,970 short videos with about forty captions each.",
  "msvd/videos",
  msvd,
  byModel,
);

export const msvd_caption_instruct = videoCaptions(
  "msvd_caption_instruct",
  "MSVD's captions as instructions.",
  "msvd/videos",
  msvd,
  { vis_processor: ofVideo, text_processor: asInstruction },
  instructed,
);

/** LAVIS keeps these videos under `images`. */
const webvidCaptions = <const N extends string>(
  name: N,
  doc: string,
  text_processor: Processing,
  more: readonly ["text_output"] | readonly [] = [],
) =>
  lavisDataset({
    name,
    doc,
    folders: { images: "webvid2m/videos" },
    annotations: webvid,
    dataTypes: "images",
    processors: { vis_processor: frames(5, "video"), text_processor },
    provides: ["video", ...captionFields, ...more],
  });

export const webvid2m_caption = webvidCaptions(
  "webvid2m_caption",
  "WebVid: 2.5 million stock videos with their descriptions.",
  asCaption,
);

export const webvid2m_caption_instruct = webvidCaptions(
  "webvid2m_caption_instruct",
  "WebVid's descriptions as instructions.",
  asInstruction,
  instructed,
);

export const charade_caption = videoCaptions(
  "charade_caption",
  "Charades: clips of people's daily activities with descriptions.",
  "charade/videos",
  charade,
  clips,
);

export const charade_caption_instruct = videoCaptions(
  "charade_caption_instruct",
  "Charades as instructions.",
  "charade/videos",
  charade,
  instructedClips,
  instructed,
);

export const coin_caption = videoCaptions(
  "coin_caption",
  "COIN: the steps of instructional videos.",
  "coin/videos",
  coin,
  clips,
);

export const coin_caption_instruct = videoCaptions(
  "coin_caption_instruct",
  "COIN's steps as instructions.",
  "coin/videos",
  coin,
  instructedClips,
  instructed,
);

export const youcook_caption = videoCaptions(
  "youcook_caption",
  "YouCook2: the steps of cooking videos.",
  "youcook/videos",
  youcook,
  clips,
);

export const youcook_caption_instruct = videoCaptions(
  "youcook_caption_instruct",
  "YouCook2's steps as instructions.",
  "youcook/videos",
  youcook,
  instructedClips,
  instructed,
);

export const violin_caption = videoCaptions(
  "violin_caption",
  "Violin: true statements about clips of films and series, as captions.",
  "violin/videos",
  violin,
  clips,
);

export const violin_caption_instruct = videoCaptions(
  "violin_caption_instruct",
  "Violin's true statements as instructions.",
  "violin/videos",
  violin,
  instructedClips,
  instructed,
);

export const vlep_caption = videoCaptions(
  "vlep_caption",
  "VLEP: what is likely to happen after a clip, as captions.",
  "vlep/videos",
  vlep,
  clips,
);

export const vlep_caption_instruct = videoCaptions(
  "vlep_caption_instruct",
  "VLEP as instructions.",
  "vlep/videos",
  vlep,
  instructedClips,
  instructed,
);

/** Videos of which pictures, sound or both are taken. */
const soundedCaptions = <const N extends string>(
  name: N,
  doc: string,
  folder: string,
  annotations: Splits,
  text_processor: Processing,
  more: readonly ["text_output"] | readonly [] = [],
) =>
  lavisDataset({
    name,
    doc,
    folders: { video: folder, audio: folder },
    annotations,
    dataTypes: ["video", "audio"] satisfies readonly FolderKey[],
    processors: { video_processor: ofVideo, audio_processor: sounds(), text_processor },
    provides: ["video", "audio", ...captionFields, ...more],
  });

export const vatex_caption = soundedCaptions(
  "vatex_caption",
  "VATEX: videos of people's activities with ten English captions each.",
  "vatex/videos",
  vatex,
  asCaption,
);

export const vatex_caption_instruct = soundedCaptions(
  "vatex_caption_instruct",
  "VATEX as instructions.",
  "vatex/videos",
  vatex,
  asInstruction,
  instructed,
);

const valorSplit = (split: string) =>
  xinstruct(`valor/annotations/desc_${split}.json`, `valor/desc_${split}.json`);
const valor = { val: valorSplit("val"), test: valorSplit("test") };

export const valor_mm_caption = soundedCaptions(
  "valor_mm_caption",
  "VALOR: videos with captions of what is seen and heard. Nothing to train on.",
  "VALOR/videos",
  valor,
  asCaption,
);

export const valor_mm_caption_instruct = soundedCaptions(
  "valor_mm_caption_instruct",
  "VALOR as instructions.",
  "VALOR/videos",
  valor,
  asInstruction,
  instructed,
);
