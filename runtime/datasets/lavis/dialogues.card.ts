import { files, researchData } from "../options/annotations.card.ts";
import { lavisDataset } from "../options/dataset.card.ts";
import { instructed } from "../options/fields.card.ts";
import { byModel } from "../options/image-dataset.card.ts";
import { captions, clipImages, frames, sounds } from "../options/processors.card.ts";

/** LAVIS datasets/builders/dialogue_builder.py: conversations about a video or an image. */
const dialogFields = ["dialog", "text_input", "image_id", "instance_id"] as const;

const avsd = (split: string) =>
  files([`avsd/annotations/${split}.json`, researchData(`avsd_dstc7_${split}.json`)]);
const avsdFiles = { train: avsd("train"), val: avsd("val"), test: avsd("test") };

export const avsd_dialogue = lavisDataset({
  name: "avsd_dialogue",
  doc: "AVSD: dialogues of ten questions about a video, with features of its pictures and sound (I3D, VGGish).",
  folders: { features: "avsd/features" },
  annotations: avsdFiles,
  dataTypes: "features",
  processors: byModel,
  provides: ["video_fts", ...dialogFields],
});

export const avsd_mm_dialogue_instruct = lavisDataset({
  name: "avsd_mm_dialogue_instruct",
  doc: "AVSD's dialogues as instructions, with the videos and sounds themselves.",
  folders: { video: "charade/videos", audio: "charade/videos" },
  annotations: avsdFiles,
  dataTypes: ["video", "audio"],
  processors: { video_processor: frames(4, "video"), audio_processor: sounds(), text_processor: captions },
  provides: ["video", "audio", ...dialogFields, ...instructed],
});

const visDial = (split: string) => files([`visdial/annotations/visdial_1.0_${split}.json`]);
const visDialFiles = { train: visDial("train"), val: visDial("val") };

export const visdial = lavisDataset({
  name: "visdial",
  doc: "VisDial: dialogues of ten questions about an image of COCO; the annotations must be put in place.",
  folders: { images: "visdial" },
  annotations: visDialFiles,
  dataTypes: "images",
  processors: { vis_processor: clipImages, text_processor: captions },
  provides: ["image", ...dialogFields],
});

export const visdial_instruct = lavisDataset({
  name: "visdial_instruct",
  doc: "VisDial as instructions.",
  folders: { images: "visdial" },
  annotations: visDialFiles,
  dataTypes: "images",
  processors: { vis_processor: clipImages, text_processor: captions },
  provides: ["image", ...dialogFields, ...instructed],
});

export const llava150k_dialogue_instruct = lavisDataset({
  name: "llava150k_dialogue_instruct",
  doc: "LLaVA's instructions: 150,000 conversations about COCO's images that a language model wrote. Only to train on.",
  folders: { images: "coco/images/train2017" },
  annotations: {
    train: files([
      "LLaVA-Instruct-150K/annotations/llava_instruct_150k.json",
      "https://huggingface.co/datasets/liuhaotian/LLaVA-Instruct-150K/resolve/main/llava_instruct_150k.json",
    ]),
  },
  dataTypes: "images",
  processors: { vis_processor: clipImages, text_processor: captions },
  provides: ["image", ...dialogFields, ...instructed],
});

export const yt8m_mm_dialogue = lavisDataset({
  name: "yt8m_mm_dialogue",
  doc: "Dialogues that a language model wrote about clips of YouTube-8M; annotations and videos must be put in place.",
  folders: { video: "yt8m/videos", audio: "yt8m/audios" },
  annotations: {
    train: files(["yt8m/annotations/train.json"]),
    val: files(["yt8m/annotations/validation.json"]),
  },
  dataTypes: ["video"],
  processors: {
    video_processor: frames(4, "clip"),
    audio_processor: { ...sounds(), eval: { name: "beats_audio", options: { is_eval: true } } },
    text_processor: captions,
  },
  provides: ["video", "audio", ...dialogFields, ...instructed],
});
