import { americanSpelling } from "./american-spelling.ts";
import { type PtbRule, ptbRules } from "./ptb-rules.ts";

/** Tokens that COCO's caption evaluation leaves out (pycocoevalcap, ptbtokenizer.py). */
const punctuation = new Set("'' ' `` ` -LRB- -RRB- -LCB- -RCB- . ? ! , : - -- ... ;".split(" "));

/** Words that are two tokens: the common case below must not take them whole. */
const contracted = new Set(["cannot", "gonna", "gotta", "lemme", "gimme", "wanna"]);
const plainWord = /[a-zA-Z]+(?=[ \n])/y;

/** The rules that can match at each ASCII character. */
const rulesByFirst: readonly (readonly PtbRule[])[] = Array.from({ length: 128 }, (_, code) =>
  ptbRules.filter(({ first }) => first.test(String.fromCharCode(code))),
);

/**
 * The lower-case Penn Treebank tokens of a caption, as Stanford's PTBTokenizer 3.4.1 gives them with
 * `-preserveLines -lowerCase`: "The man's dog." gives `the man 's dog .`; characters that it does not know
 * (emoji among them) separate tokens and are dropped.
 */
export function ptbTokens(caption: string): string[] {
  // The tokenizer reads 16-bit characters and knows none beyond; a line's end closes every caption.
  const text = `${caption.replace(/[\u{10000}-\u{10FFFF}]/gu, "\u200C")}\n`;
  const tokens: string[] = [];
  let at = 0;
  while (at < text.length - 1) {
    if (text.charCodeAt(at) === 0x20) {
      at++;
      continue;
    }
    at += matchAt(text, at, tokens);
  }
  return tokens;
}

/**
 * A caption as COCO's evaluation scores it: its tokens without punctuation, joined by spaces. Line ends count
 * as spaces, as they do there.
 */
export function tokenizeCaption(caption: string): string {
  return ptbTokens(caption.replaceAll("\n", " "))
    .filter((token) => !punctuation.has(token))
    .join(" ");
}

/** Adds the token at `at`, if there is one; returns how many characters it took. */
function matchAt(text: string, at: number, tokens: string[]): number {
  // Most tokens are letters before a space, which no rule but that of words can take further.
  plainWord.lastIndex = at;
  const plain = plainWord.exec(text)?.[0];
  if (plain !== undefined && !contracted.has(plain.toLowerCase())) {
    tokens.push(americanSpelling(plain).toLowerCase());
    return plain.length;
  }
  let best: PtbRule | undefined;
  let bestTotal = 0;
  let taken = "";
  for (const rule of rulesByFirst[text.charCodeAt(at)] ?? ptbRules) {
    rule.pattern.lastIndex = at;
    const match = rule.pattern.exec(text);
    if (!match) continue;
    const total = match[0].length + (match.groups?.follows?.length ?? 0);
    if (total <= bestTotal) continue;
    best = rule;
    bestTotal = total;
    taken = match[0];
  }
  if (!best) return 1;
  const token = best.token(taken);
  if (token) tokens.push(token.toLowerCase());
  return taken.length - best.reread;
}
