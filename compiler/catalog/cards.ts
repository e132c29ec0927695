import type { Card } from "../../runtime/card.ts";
import { coco_caption } from "../../runtime/datasets/coco-caption.card.ts";
import { emoji_caption } from "../../runtime/datasets/emoji-caption.card.ts";
import { coco_captions } from "../../runtime/datasets/formats/coco-captions.card.ts";
import { csv } from "../../runtime/datasets/formats/csv.card.ts";
import { image_folder } from "../../runtime/datasets/formats/image-folder.card.ts";
import { jsonl } from "../../runtime/datasets/formats/jsonl.card.ts";
import { karpathy } from "../../runtime/datasets/formats/karpathy.card.ts";
import { parquet } from "../../runtime/datasets/formats/parquet.card.ts";
import { vqa as vqaRows } from "../../runtime/datasets/formats/vqa.card.ts";
import { webdataset } from "../../runtime/datasets/formats/webdataset.card.ts";
import * as audioCaptions from "../../runtime/datasets/lavis/audio-captions.card.ts";
import * as audioQuestions from "../../runtime/datasets/lavis/audio-questions.card.ts";
import * as classification from "../../runtime/datasets/lavis/classification.card.ts";
import * as dialogues from "../../runtime/datasets/lavis/dialogues.card.ts";
import * as discriminatoryReasoning from "../../runtime/datasets/lavis/discriminatory-reasoning.card.ts";
import * as imageCaptions from "../../runtime/datasets/lavis/image-captions.card.ts";
import * as imageTextPairs from "../../runtime/datasets/lavis/image-text-pairs.card.ts";
import * as objects3d from "../../runtime/datasets/lavis/objects-3d.card.ts";
import * as retrievals from "../../runtime/datasets/lavis/retrieval.card.ts";
import * as textToImage from "../../runtime/datasets/lavis/text-to-image.card.ts";
import * as videoCaptions from "../../runtime/datasets/lavis/video-captions.card.ts";
import * as videoQuestions from "../../runtime/datasets/lavis/video-questions.card.ts";
import * as visualQuestions from "../../runtime/datasets/lavis/visual-questions.card.ts";
import { albef_classification } from "../../runtime/models/albef/classification.card.ts";
import { albef_feature_extractor } from "../../runtime/models/albef/feature-extractor.card.ts";
import { albef_nlvr } from "../../runtime/models/albef/nlvr.card.ts";
import { albef_pretrain } from "../../runtime/models/albef/pretrain.card.ts";
import { albef_retrieval } from "../../runtime/models/albef/retrieval.card.ts";
import { albef_vqa } from "../../runtime/models/albef/vqa.card.ts";
import { alpro_qa } from "../../runtime/models/alpro/qa.card.ts";
import { alpro_retrieval } from "../../runtime/models/alpro/retrieval.card.ts";
import { blip_caption } from "../../runtime/models/blip/caption.card.ts";
import { blip_classification } from "../../runtime/models/blip/classification.card.ts";
import { blip_feature_extractor } from "../../runtime/models/blip/feature-extractor.card.ts";
import { blip_image_text_matching } from "../../runtime/models/blip/image-text-matching.card.ts";
import { blip_nlvr } from "../../runtime/models/blip/nlvr.card.ts";
import { blip_pretrain } from "../../runtime/models/blip/pretrain.card.ts";
import { blip_retrieval } from "../../runtime/models/blip/retrieval.card.ts";
import { blip_vqa } from "../../runtime/models/blip/vqa.card.ts";
import { blip_diffusion } from "../../runtime/models/blip-diffusion/blip-diffusion.card.ts";
import { blip2_opt } from "../../runtime/models/blip2/opt.card.ts";
import * as qformers from "../../runtime/models/blip2/qformer.card.ts";
import { blip2_t5 } from "../../runtime/models/blip2/t5.card.ts";
import { blip2_t5_instruct } from "../../runtime/models/blip2/t5-instruct.card.ts";
import { blip2_vicuna_instruct } from "../../runtime/models/blip2/vicuna-instruct.card.ts";
import { blip2_vicuna_xinstruct } from "../../runtime/models/blip2/vicuna-xinstruct.card.ts";
import * as clips from "../../runtime/models/clip/clip.card.ts";
import { gpt_dialogue } from "../../runtime/models/gpt/dialogue.card.ts";
import { img2prompt_vqa } from "../../runtime/models/img2prompt/vqa.card.ts";
import { pnp_vqa } from "../../runtime/models/pnp-vqa/pnp-vqa.card.ts";
import { pnp_unifiedqav2_fid } from "../../runtime/models/pnp-vqa/unifiedqav2-fid.card.ts";
import { adamw } from "../../runtime/optim/adamw.card.ts";
import { alpro_video_eval } from "../../runtime/processors/alpro/video-eval.card.ts";
import { alpro_video_train } from "../../runtime/processors/alpro/video-train.card.ts";
import { blip_caption_text } from "../../runtime/processors/blip-caption.card.ts";
import * as diffusionImages from "../../runtime/processors/blip-diffusion/images.card.ts";
import { blip_image_eval } from "../../runtime/processors/blip-image-eval.card.ts";
import { blip_image_train } from "../../runtime/processors/blip-image-train.card.ts";
import { blip_question } from "../../runtime/processors/blip-question.card.ts";
import { blip2_image_train } from "../../runtime/processors/blip2-image-train.card.ts";
import { clip_image_eval } from "../../runtime/processors/clip/image-eval.card.ts";
import { clip_image_train } from "../../runtime/processors/clip/image-train.card.ts";
import { gpt_dialogue_text } from "../../runtime/processors/gpt/dialogue.card.ts";
import { gpt_video_ft } from "../../runtime/processors/gpt/video-features.card.ts";
import { beats_audio } from "../../runtime/processors/xinstruct/beats-audio.card.ts";
import { blip_instruction } from "../../runtime/processors/xinstruct/instruction.card.ts";
import { ulip_pc } from "../../runtime/processors/xinstruct/ulip-pc.card.ts";
import { constant_lr } from "../../runtime/schedule/constant-lr.card.ts";
import { linear_warmup_cosine_lr } from "../../runtime/schedule/linear-warmup-cosine-lr.card.ts";
import { linear_warmup_step_lr } from "../../runtime/schedule/linear-warmup-step-lr.card.ts";
import { aok_vqa } from "../../runtime/tasks/aok-vqa.card.ts";
import { captioning } from "../../runtime/tasks/captioning.card.ts";
import { dialogue } from "../../runtime/tasks/dialogue.card.ts";
import { discrn_qa } from "../../runtime/tasks/discrn-qa.card.ts";
import { gqa } from "../../runtime/tasks/gqa.card.ts";
import { multimodal_classification } from "../../runtime/tasks/multimodal-classification.card.ts";
import * as readingComprehension from "../../runtime/tasks/reading-comprehension.card.ts";
import { retrieval } from "../../runtime/tasks/retrieval.card.ts";
import * as trainingOnly from "../../runtime/tasks/training-only.card.ts";
import { vqa } from "../../runtime/tasks/vqa.card.ts";
import { run } from "../../runtime/train/run.card.ts";

/** The cards of a file that holds a family of them, by name: the order of a module's exports depends on who loads it. */
const cardsOf = (family: Readonly<Record<string, Card>>): readonly Card[] =>
  Object.values(family).sort((a, b) => (a.name < b.name ? -1 : 1));

const tasks: readonly Card[] = [
  captioning,
  retrieval,
  vqa,
  gqa,
  aok_vqa,
  discrn_qa,
  ...cardsOf(readingComprehension),
  multimodal_classification,
  dialogue,
  ...cardsOf(trainingOnly),
];

const models: readonly Card[] = [
  blip_caption,
  blip_retrieval,
  blip_vqa,
  blip_nlvr,
  blip_classification,
  blip_pretrain,
  blip_image_text_matching,
  blip_feature_extractor,
  albef_retrieval,
  albef_vqa,
  albef_nlvr,
  albef_classification,
  albef_pretrain,
  albef_feature_extractor,
  alpro_retrieval,
  alpro_qa,
  ...cardsOf(qformers),
  blip2_opt,
  blip2_t5,
  blip2_t5_instruct,
  blip2_vicuna_instruct,
  blip2_vicuna_xinstruct,
  ...cardsOf(clips),
  gpt_dialogue,
  pnp_vqa,
  pnp_unifiedqav2_fid,
  img2prompt_vqa,
  blip_diffusion,
];

/** The datasets by what they are of. */
export const datasetFamilies: Readonly<Record<string, readonly Card[]>> = {
  "image captions": [coco_caption, emoji_caption, ...cardsOf(imageCaptions)],
  "image-text pairs": cardsOf(imageTextPairs),
  retrieval: cardsOf(retrievals),
  "visual questions": cardsOf(visualQuestions),
  classification: cardsOf(classification),
  "video captions": cardsOf(videoCaptions),
  "video questions": cardsOf(videoQuestions),
  "audio captions": cardsOf(audioCaptions),
  "audio questions": cardsOf(audioQuestions),
  dialogues: cardsOf(dialogues),
  "3D objects": cardsOf(objects3d),
  "discriminatory reasoning": cardsOf(discriminatoryReasoning),
  "text to image": cardsOf(textToImage),
};

/** Of data of the user's own. */
const formats: readonly Card[] = [
  karpathy,
  coco_captions,
  vqaRows,
  jsonl,
  csv,
  image_folder,
  webdataset,
  parquet,
];

const processors: readonly Card[] = [
  blip_image_train,
  blip_image_eval,
  blip2_image_train,
  clip_image_train,
  clip_image_eval,
  alpro_video_train,
  alpro_video_eval,
  gpt_video_ft,
  ...cardsOf(diffusionImages),
  beats_audio,
  ulip_pc,
  blip_caption_text,
  blip_question,
  blip_instruction,
  gpt_dialogue_text,
];

/** Every card of the runtime, also of what it does not implement yet. */
export const cards: readonly Card[] = [
  ...tasks,
  ...models,
  ...Object.values(datasetFamilies).flat(),
  ...formats,
  ...processors,
  linear_warmup_cosine_lr,
  linear_warmup_step_lr,
  constant_lr,
  adamw,
  run,
];
