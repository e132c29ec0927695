import type { Card } from "../../runtime/card.ts";
import { coco_caption } from "../../runtime/datasets/coco-caption.card.ts";
import { emoji_caption } from "../../runtime/datasets/emoji-caption.card.ts";
import { blip_caption } from "../../runtime/models/blip/caption.card.ts";
import { adamw } from "../../runtime/optim/adamw.card.ts";
import { blip_caption_text } from "../../runtime/processors/blip-caption.card.ts";
import { blip_image_eval } from "../../runtime/processors/blip-image-eval.card.ts";
import { blip_image_train } from "../../runtime/processors/blip-image-train.card.ts";
import { constant_lr } from "../../runtime/schedule/constant-lr.card.ts";
import { linear_warmup_cosine_lr } from "../../runtime/schedule/linear-warmup-cosine-lr.card.ts";
import { linear_warmup_step_lr } from "../../runtime/schedule/linear-warmup-step-lr.card.ts";
import { captioning } from "../../runtime/tasks/captioning.card.ts";
import { run } from "../../runtime/train/run.card.ts";

/** Every card of the runtime. */
export const cards: readonly Card[] = [
  captioning,
  blip_caption,
  coco_caption,
  emoji_caption,
  blip_image_train,
  blip_image_eval,
  blip_caption_text,
  linear_warmup_cosine_lr,
  linear_warmup_step_lr,
  constant_lr,
  adamw,
  run,
];
