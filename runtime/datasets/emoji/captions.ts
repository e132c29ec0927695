import { countryCode } from "./concepts.ts";
import { codePointKey, type EmojiEntry, type EmojiMetadata } from "./metadata.ts";

/**
 * The captions of an emoji, up to five, the most natural first: CLDR name, GitHub's description, CLDR
 * tags, emojilib's keywords, name with subgroup. One that adds nothing to an earlier one is left out.
 */
export function captionsOf(entry: EmojiEntry, metadata: EmojiMetadata): readonly string[] {
  const key = codePointKey(entry.hexcode);
  const name = plainText(entry.name);
  const candidates = [
    name,
    plainText(metadata.descriptions.get(key) ?? ""),
    keywordList(entry.tags, entry),
    keywordList(metadata.keywords.get(key) ?? [], entry),
    `${name}, ${entry.subgroup.replaceAll("-", " ")}`,
  ];
  const seen = new Set<string>();
  return candidates.filter((caption) => {
    const words = bareWords(caption);
    if (words === "" || seen.has(words)) return false;
    seen.add(words);
    return true;
  });
}

/** Typewriter quotes and single spaces. */
function plainText(text: string): string {
  return text.replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replace(/\s+/g, " ").trim();
}

function bareWords(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}#*]+/gu, " ")
    .trim();
}

/**
 * Keywords as one line; empty when all of them are in the name already. Left out are emoticons (`:D`) and
 * pictures, the name itself, and the two-letter code of a flag's country. emojilib writes `grinning_face`.
 */
function keywordList(keywords: readonly string[], entry: EmojiEntry): string {
  const name = bareWords(plainText(entry.name));
  const code = countryCode(entry);
  const words = keywords
    .map((keyword) => plainText(keyword.replaceAll("_", " ")))
    .filter((word) => /\p{Letter}{2}|^\p{Number}/u.test(word) && !/[^\p{ASCII}\p{Letter}]/u.test(word))
    .filter((word) => bareWords(word) !== name && word.toLowerCase() !== code);
  const nameWords = new Set(name.split(" "));
  const saysMore = words.some((word) => !nameWords.has(bareWords(word)));
  return saysMore ? [...new Set(words)].join(", ") : "";
}
