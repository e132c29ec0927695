const SPECIAL_TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
/** Words of prompts that recipes put before captions. */
const PROMPT_WORDS = ["a", "picture", "of", "photo"];
/** A word that fewer texts hold is written in characters. */
const MINIMUM_TEXTS = 3;

/**
 * A small WordPiece vocabulary for the texts: BERT's special tokens in BERT's order, every character alone
 * and as a continuation, and the words that several texts hold. Any text of these characters can be written
 * in it. Words are split as BERT's uncased tokenizer does: lower case, no accents, punctuation alone.
 */
export function wordPieceVocabulary(texts: Iterable<string>): readonly string[] {
  const counts = new Map<string, number>();
  const characters = new Set(PROMPT_WORDS.join(""));
  for (const text of texts) {
    for (const word of new Set(basicTokens(text))) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
      for (const character of word) characters.add(character);
    }
  }
  const alphabet = [...characters].sort();
  const words = [...counts]
    .filter(([word, count]) => count >= MINIMUM_TEXTS && [...word].length > 1)
    .map(([word]) => word);
  return [
    ...SPECIAL_TOKENS,
    ...alphabet,
    ...alphabet.filter((character) => /[\p{Letter}\p{Number}]/u.test(character)).map((one) => `##${one}`),
    ...[...new Set([...PROMPT_WORDS.filter((word) => word.length > 1), ...words])].sort(),
  ];
}

function basicTokens(text: string): readonly string[] {
  const plain = text
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "");
  return plain.match(/[^\s\p{Punctuation}\p{Symbol}]+|[\p{Punctuation}\p{Symbol}]/gu) ?? [];
}
