import type { ModelSize } from "../size.card.ts";
import { embeddingsPart, headPart, layersPart, type TextSizes } from "./med.size.card.ts";
import { imageTokens, type VisionSizes, visionPart } from "./vit.size.card.ts";

/** The options of `blip_caption` that set its size. */
export interface CaptionSizes extends VisionSizes, TextSizes {
  readonly max_txt_len: number;
}

/** The size of `blip_caption` that knows so many tokens, those that it appends to its vocabulary included. */
export function blipCaptionSize(options: CaptionSizes, vocabulary: number): ModelSize {
  const inputs = {
    tokens: options.max_txt_len,
    memory: imageTokens(options),
    memoryWidth: options.vit_embed_dim,
    vocabulary,
  };
  const head = "text_decoder.cls.predictions.";
  return [
    visionPart("visual_encoder.", options),
    embeddingsPart("text_decoder.bert.embeddings.", options, inputs, [`${head}decoder.weight`]),
    layersPart("text decoder", "text_decoder.bert.encoder.layer.", options, inputs),
    headPart(head, options, inputs),
  ];
}
