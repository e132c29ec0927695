import { count, number, string } from "../card.ts";

/** How long generated texts are: LAVIS's options of beam search. */
export const generatedLength = <const Max extends number, const Min extends number>(
  what: string,
  max: Max,
  min: Min,
  prompt = "",
) =>
  ({
    max_len: count({
      doc: `Longest ${what} to generate, in tokens${prompt}.`,
      dimension: "tokens",
      range: { min: 1 },
      default: { value: max },
    }),
    min_len: count({
      doc: `Shortest ${what} to generate, in tokens${prompt}.`,
      dimension: "tokens",
      default: { value: min },
    }),
  }) as const;

export const numBeams = <const N extends number>(beams: N) =>
  count({
    doc: "Beams of the beam search; 1 decodes greedily.",
    range: { min: 1 },
    default: { value: beams },
  });

export const repetitionPenalty = number({
  doc: "Divides the score of tokens that the text already has (CTRL, Keskar et al. 2019); 1 leaves them.",
  range: { above: 0 },
  default: { value: 1.0 },
});

export const lengthPenalty = <const N extends number>(power: N) =>
  number({
    doc: "Beams are compared by their log probability over length to this power; above 1 prefers longer texts.",
    default: { value: power },
  });

export const questionPrompt = <const T extends string>(text: T) =>
  string({
    doc: "What the model is asked, where `{}` stands for the question; empty asks the question as it is.",
    default: { value: text },
  });
