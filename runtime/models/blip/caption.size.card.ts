import type { OptionsOf } from "../../card.ts";
import { type ModelSize, untrained, withoutGradient } from "../size.card.ts";
import type { blip_caption } from "./caption.card.ts";
import { embeddingsPart, headPart, layersPart, type TextSizes } from "./med.size.card.ts";
import { imageTokens, type VisionSizes, visionPart } from "./vit.size.card.ts";

/** The options of `blip_caption` that set its size. */
export interface CaptionSizes extends VisionSizes, TextSizes {
  readonly max_txt_len: number;
  readonly freeze: OptionsOf<typeof blip_caption>["freeze"];
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
  const vision = visionPart("visual_encoder.", options);
  const text = [
    embeddingsPart("text_decoder.bert.embeddings.", options, inputs, [`${head}decoder.weight`]),
    layersPart("text decoder", "text_decoder.bert.encoder.layer.", options, inputs),
    headPart(head, options, inputs),
  ];
  return [
    options.freeze === "visual_encoder" ? withoutGradient(vision) : vision,
    ...(options.freeze === "text_decoder" ? text.map(untrained) : text),
  ];
}
