/**
 * The rules by which BERT (uncased) splits text into words, before WordPiece cuts the words into pieces.
 * Source: Hugging Face transformers 4.31, models/bert/tokenization_bert.py, BasicTokenizer.
 */

/** U+0000, U+FFFD and everything of Unicode's category C (controls, formats, private and unassigned). */
const removed = /[\p{C}\uFFFD]/u;
/** Characters of category Zs, and the three controls that count as blanks. */
const blank = /[\p{Zs}\t\n\r]/u;
/** Unicode's punctuation, and the ASCII symbols that Unicode does not call punctuation. */
const punctuation = /[\p{P}$+<=>^`|~]/u;
/** Accents, once a character is decomposed. */
const accents = /\p{Mn}/gu;
/** The ideographs of BERT's own list, which leaves out kana, hangul and the later extensions. */
const ideographs: readonly (readonly [number, number])[] = [
  [0x4e00, 0x9fff],
  [0x3400, 0x4dbf],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b820, 0x2ceaf],
  [0xf900, 0xfaff],
  [0x2f800, 0x2fa1f],
];

function isIdeograph(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code >= 0x3400 && ideographs.some(([first, last]) => code >= first && code <= last);
}

/**
 * The words of `text`: lower case, without accents; every punctuation mark and every ideograph is a word.
 *
 * Characters are lowered one by one, as transformers does, so a capital sigma that ends a word gives σ, not ς.
 */
export function splitWords(text: string): string[] {
  let cleaned = "";
  for (const character of text) {
    if (blank.test(character)) cleaned += " ";
    else if (isIdeograph(character)) cleaned += ` ${character} `;
    else if (!removed.test(character)) cleaned += character.toLowerCase();
  }
  const words: string[] = [];
  // Line and paragraph separators are no blanks in BERT's list but split words as Python's str.split does.
  for (const word of cleaned.normalize("NFC").split(/[ \u2028\u2029]+/)) {
    let letters = "";
    for (const character of word.normalize("NFD").replace(accents, "")) {
      if (!punctuation.test(character)) {
        letters += character;
        continue;
      }
      if (letters) words.push(letters);
      words.push(character);
      letters = "";
    }
    if (letters) words.push(letters);
  }
  return words;
}
