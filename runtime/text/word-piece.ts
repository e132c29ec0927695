/** BERT gives up on longer words, in code points. */
const longestWord = 100;

/**
 * Cuts a word into the longest pieces that the vocabulary has, from the left; pieces after the first carry
 * `##`. Returns null where no such cut exists or the word is over 100 characters: the word is unknown.
 * Source: Wu et al. 2016, "Google's Neural Machine Translation System"; transformers 4.31, WordpieceTokenizer.
 */
export function wordPieces(word: string, has: (piece: string) => boolean): string[] | null {
  const characters = [...word];
  if (characters.length > longestWord) return null;
  const pieces: string[] = [];
  for (let start = 0; start < characters.length; ) {
    const prefix = start ? "##" : "";
    let end = characters.length;
    while (end > start && !has(prefix + characters.slice(start, end).join(""))) end--;
    if (end === start) return null;
    pieces.push(prefix + characters.slice(start, end).join(""));
    start = end;
  }
  return pieces;
}
