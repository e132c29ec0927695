const ARTICLES = new Set(["a", "an", "the"]);
const NUMBERS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
const NUMBER_WORDS: ReadonlyMap<string, string> = new Map(
  ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"].map(
    (word, number) => [word, NUMBERS[number]!],
  ),
);

/**
 * An answer as VQA v2's scorer would leave a prediction: lower case, no punctuation, no articles, number
 * words as digits. The scorer does this to predictions but not to ground truth that all annotators agree
 * on, so ours is stored in that form. Accents go too: a BERT tokenizer could never give them back.
 */
export function normaliseAnswer(answer: string): string {
  return answer
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replaceAll("&", " and ")
    .replace(/[.'’]/g, "")
    .replace(/[;/[\]"{}()=+\\_\-><@`,?!]/g, " ")
    .split(/\s+/)
    .filter((word) => word !== "" && !ARTICLES.has(word))
    .map((word) => NUMBER_WORDS.get(word) ?? word)
    .join(" ");
}
