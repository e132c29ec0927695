import type { OptionsOf } from "../card.ts";
import type { blip_caption_text } from "./blip-caption.card.ts";
import type { TextProcessor } from "./processor.ts";

const noise = /[.!"()*#:;~]/g;
/** Two or more of what Python's `\s` calls blank: Unicode's white space and the four separators before the space. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the separators are control characters.
const blanks = /[\p{White_Space}\x1c-\x1f]{2,}/gu;

/**
 * Cleans captions as BLIP was trained on: lower case, sentence punctuation to spaces, runs of blanks to one
 * space, at most `max_words` words; then puts the prompt, as it is, before them.
 * Source: LAVIS processors/blip_processors.py, BlipCaptionProcessor.
 */
export function blipCaption(options: OptionsOf<typeof blip_caption_text>): TextProcessor {
  const { prompt, max_words } = options;
  return (caption) => {
    const cleaned = caption
      .toLowerCase()
      .replace(noise, " ")
      .replace(blanks, " ")
      .replace(/\n+$/, "")
      .replace(/^ +| +$/g, "");
    return prompt + cleaned.split(" ").slice(0, max_words).join(" ");
  };
}
