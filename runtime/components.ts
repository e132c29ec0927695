/**
 * The components that programs name, each a light factory under its LAVIS name: making one checks its
 * options, and its implementation is loaded when it is created. Text processors end in `_text`, because LAVIS
 * calls some like the model that they belong to, and datasets that are called like a task in `_dataset`.
 */

import { component, dataset, model } from "./component.ts";
import { coco_caption as cocoCaptionCard } from "./datasets/coco-caption.card.ts";
import { emoji_caption as emojiCaptionCard } from "./datasets/emoji-caption.card.ts";
import { blip_caption as blipCaptionCard } from "./models/blip/caption.card.ts";
import type { Build } from "./nn/module.ts";
import { adamw as adamwCard } from "./optim/adamw.card.ts";
import type { ParameterGroup } from "./optim/parameter-groups.ts";
import { blip_caption_text as blipCaptionTextCard } from "./processors/blip-caption.card.ts";
import { blip_image_eval as blipImageEvalCard } from "./processors/blip-image-eval.card.ts";
import { blip_image_train as blipImageTrainCard } from "./processors/blip-image-train.card.ts";
import { constant_lr as constantLrCard } from "./schedule/constant-lr.card.ts";
import { linear_warmup_cosine_lr as linearWarmupCosineLrCard } from "./schedule/linear-warmup-cosine-lr.card.ts";
import { linear_warmup_step_lr as linearWarmupStepLrCard } from "./schedule/linear-warmup-step-lr.card.ts";
import { captioning as captioningCard } from "./tasks/captioning.card.ts";

export * from "./formats.ts";

// Tasks

export const captioning = component(
  captioningCard,
  async () => (await import("./tasks/captioning.ts")).createTask,
);

// Models

export const blip_caption = model(blipCaptionCard, async () => {
  const { createBlipCaption } = await import("./models/blip/caption.ts");
  return (options, build: Build) => createBlipCaption(build, options);
});

// Datasets

export const coco_caption = dataset(
  cocoCaptionCard,
  async () => (await import("./datasets/coco-caption.ts")).openCocoCaption,
);

export const emoji_caption = dataset(
  emojiCaptionCard,
  async () => (await import("./datasets/emoji-caption.ts")).openEmojiCaption,
);

// Processors

export const blip_image_train = component(
  blipImageTrainCard,
  async () => (await import("./processors/blip-image-train.ts")).blipImageTrain,
);

export const blip_image_eval = component(
  blipImageEvalCard,
  async () => (await import("./processors/blip-image-eval.ts")).blipImageEval,
);

export const blip_caption_text = component(
  blipCaptionTextCard,
  async () => (await import("./processors/blip-caption.ts")).blipCaption,
);

// Schedules

export const linear_warmup_cosine_lr = component(
  linearWarmupCosineLrCard,
  async () => (await import("./schedule/linear-warmup-cosine-lr.rate.card.ts")).linearWarmupCosineLr,
);

export const linear_warmup_step_lr = component(
  linearWarmupStepLrCard,
  async () => (await import("./schedule/linear-warmup-step-lr.rate.card.ts")).linearWarmupStepLr,
);

export const constant_lr = component(
  constantLrCard,
  async () => (await import("./schedule/constant-lr.rate.card.ts")).constantLr,
);

// Optimizers

export const adamw = component(adamwCard, async () => {
  const { AdamW } = await import("./optim/adamw.ts");
  return (options, groups: readonly ParameterGroup[]) => new AdamW(groups, options);
});
