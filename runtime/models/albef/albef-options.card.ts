import { bertOptions, bertVocabularyFile, fusionLayer } from "../options/text.card.ts";
import { layerNormEpsilon, vitOptions } from "../options/vit.card.ts";

/** ALBEF's encoders: a vision transformer, and BERT whose last layers attend to the image (Li et al. 2021). */
export const albefEncoders = {
  vocab_file: bertVocabularyFile,
  ...vitOptions,
  ...layerNormEpsilon,
  ...bertOptions("encoder"),
  ...fusionLayer,
} as const;
