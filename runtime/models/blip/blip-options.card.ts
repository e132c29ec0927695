import { bertOptions, blipVocabularyFile } from "../options/text.card.ts";
import { layerNormEpsilon, vitOptions } from "../options/vit.card.ts";

/** BLIP's vision transformer and BERT (Li et al. 2022), which reads texts, writes them, or both. */
export const blipNetworks = (text: "encoder" | "encoder and decoder") =>
  ({
    vocab_file: blipVocabularyFile,
    ...vitOptions,
    ...layerNormEpsilon,
    ...bertOptions(text),
  }) as const;
