import { count, path, ratio, string } from "../../card.ts";

/** How much text a model takes in training. */
export const maxTextLength = <const N extends number>(tokens: N, what: string) =>
  count({
    doc: `Longest ${what} in training, in tokens, prompt and markers included; the rest is cut off.`,
    dimension: "tokens",
    range: { min: 1 },
    default: { value: tokens },
  });

/** What a captioner's texts begin with. */
export const captionPrompt = string({
  doc: "Start of every caption. Its tokens are given in generation, and have no loss in training.",
  default: { value: "a picture of " },
});

/** BERT's vocabulary file; `appended` says which tokens the model adds. */
export const vocabularyFile = (appended: string) =>
  path({
    doc: `WordPiece vocabulary, a token per line; none takes that of bert-base-uncased. ${appended}`,
    nullable: true,
    default: { value: null },
  });

/** What the BLIP models append to BERT's vocabulary. */
export const blipVocabularyFile = vocabularyFile("[DEC] and [ENC] are appended.");
export const bertVocabularyFile = vocabularyFile("Nothing is appended.");

/** The sizes of a BERT, which LAVIS reads from the file that `med_config_path` names. */
export function bertOptions(part: "encoder" | "decoder" | "encoder and decoder") {
  const generated = part === "encoder" ? "" : " and the task's `max_len`";
  return {
    text_hidden_size: count({
      doc: `Width of the text ${part}; a multiple of \`text_num_heads\`.`,
      range: { min: 1 },
      default: { value: 768 },
    }),
    text_num_layers: count({
      doc: `Layers of the text ${part}.`,
      range: { min: 1 },
      default: { value: 12 },
    }),
    text_num_heads: count({
      doc: `Attention heads of each layer of the text ${part}.`,
      range: { min: 1 },
      default: { value: 12 },
    }),
    text_intermediate_size: count({
      doc: `Width of the feed-forward layer in the text ${part}.`,
      range: { min: 1 },
      default: { value: 3072 },
    }),
    max_position_embeddings: count({
      doc: `Longest text that the ${part} has positions for; at least \`max_txt_len\`${generated}.`,
      dimension: "tokens",
      range: { min: 1 },
      default: { value: 512 },
    }),
    hidden_dropout_prob: ratio({
      doc: `Dropout of the text ${part}'s hidden states, in training.`,
      range: { below: 1 },
      default: { value: 0.1 },
    }),
    attention_probs_dropout_prob: ratio({
      doc: `Dropout of the text ${part}'s attention weights, in training.`,
      range: { below: 1 },
      default: { value: 0.1 },
    }),
  } as const;
}

/** The split of ALBEF's and ALPRO's BERT into a part for text alone and a part that sees images too. */
export const fusionLayer = {
  fusion_layer: count({
    doc: "Layers of the text encoder that read text alone; those after them attend to the image as well.",
    default: { value: 6 },
  }),
} as const;
