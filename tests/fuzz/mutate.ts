// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pieces of recipes have interpolations.

/** A source of numbers that is the same for the same seed (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0, less than `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  }
}

/** Pieces that mean something to the language, to another one, or to nothing. */
const pieces = [
  ..."{ } [ ] ( ) \" ' ${ = == := += : , . - + * / | ? @ ; # % \\ /* */ // /// “ ” ‘ ` ~ ^ & < >".split(" "),
  ..."lavis import from param secret let fragment for recipe extends use remove true false none".split(" "),
  ..."task model dataset schedule optimizer run __proto__ constructor toString hasOwnProperty env file".split(
    " ",
  ),
  ..."1 -1 0 0.5 1e999 1e-999 57_600 1__0 .5 1.2.3 0x10 384px 25% 20tokens 80GB 3parsecs NaN Infinity".split(
    " ",
  ),
  ..."True null None ~ yes seed: run: model blip_caption blip_caption.tiny karpathy jsonl".split(" "),
  '""',
  '"${a}"',
  '"${"${a}"}"',
  "\n",
  "\r\n",
  "\r",
  "\u2028",
  "\0",
  "\ufeff",
  "\u{1f600}",
  "\ud800",
  " ",
  "\t",
  "let a = a",
  "let a = b\nlet b = a",
  "use f",
  "x { y = 1 }",
  "// lavisc-ignore absolute-path: why",
  "// lavisc-ignore",
];

const wordsOf = (text: string): string[] => text.match(/\w+|\s+|[^\w\s]/gu) ?? [];

/** A text after some changes: to its words, its lines, or anywhere; with parts of another text or not. */
export function mutate(texts: readonly string[], random: Random): string {
  let text = random.pick(texts);
  for (let count = 1 + random.below(6); count > 0; count--)
    text = random.pick(changes)(text, random.pick(texts), random);
  return text;
}

type Change = (text: string, other: string, random: Random) => string;

/** Cuts a text in three at two random places. */
function cut(text: string, random: Random, most = text.length): readonly [string, string, string] {
  const start = random.below(text.length + 1);
  const end = Math.min(text.length, start + random.below(most + 1));
  return [text.slice(0, start), text.slice(start, end), text.slice(end)];
}

function changeWord(change: (word: string, words: readonly string[], random: Random) => string): Change {
  return (text, other, random) => {
    const words = wordsOf(text);
    if (words.length === 0) return other;
    const at = random.below(words.length);
    words[at] = change(words[at] ?? "", [...words, ...wordsOf(other)], random);
    return words.join("");
  };
}

function changeLine(change: (lines: string[], at: number, other: string, random: Random) => void): Change {
  return (text, other, random) => {
    const lines = text.split("\n");
    change(lines, random.below(lines.length), other, random);
    return lines.join("\n");
  };
}

const changes: readonly Change[] = [
  // Words: another, none, twice, another of the texts, a piece in its place or behind it.
  changeWord((word, _, random) =>
    random.pick([word.toUpperCase(), word.slice(1), `${word}x`, [...word].reverse().join("")]),
  ),
  changeWord(() => ""),
  changeWord((word) => `${word} ${word}`),
  changeWord((_, words, random) => random.pick(words)),
  changeWord((_, __, random) => random.pick(pieces)),
  changeWord((word, _, random) => `${word}${random.pick(pieces)}`),
  changeWord((word, _, random) => `${word} ${random.pick(pieces)} `),
  // Lines: none, twice, elsewhere, one of another text.
  changeLine((lines, at) => lines.splice(at, 1)),
  changeLine((lines, at) => lines.splice(at, 0, lines[at] ?? "")),
  changeLine((lines, at, _, random) => lines.splice(random.below(lines.length), 0, ...lines.splice(at, 1))),
  changeLine((lines, at, other, random) => lines.splice(at, 0, random.pick(other.split("\n")))),
  // Anywhere: a stretch out, doubled, or put into another text; cut off.
  (text, _, random) => {
    const [before, , after] = cut(text, random, 40);
    return before + after;
  },
  (text, _, random) => {
    const [before, middle, after] = cut(text, random, 200);
    return before + middle + middle + after;
  },
  (text, other, random) => {
    const [before, , after] = cut(other, random, 20);
    return before + cut(text, random, 300)[1] + after;
  },
  (text, _, random) => text.slice(0, random.below(text.length + 1)),
  // Deep: what closes at once, what does not, and a line many times.
  (text, _, random) => {
    const [before, middle, after] = cut(text, random, 30);
    const [open, close] = random.pick([
      ["(", ")"],
      ["[", "]"],
      ["{", "}"],
      ["a { ", " }"],
      ["f(", ")"],
      ['"${', '}"'],
      ["1 + ", ""],
    ]);
    const depth = random.pick([2, 3, 4, 6, 9, 40, 300]);
    return `${before}${open?.repeat(depth)}${middle}${random.pick([close ?? "", ""]).repeat(depth)}${after}`;
  },
];
