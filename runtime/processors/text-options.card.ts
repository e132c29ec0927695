import { count } from "../card.ts";

/** How much of a text LAVIS's text processors keep. */
export const maxWords = count({
  doc: "Words of the text that are kept.",
  dimension: "words",
  range: { min: 1 },
  default: { value: 50 },
});
