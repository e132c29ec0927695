/** Closing braces that are one too many, found before parsing by what stands behind them. */

import type { IToken, TokenType } from "chevrotain";
import { Fragment, Identifier, LeftBrace, Let, Param, Recipe, RightBrace, Secret } from "./tokens.ts";

const declarationWords: ReadonlySet<TokenType> = new Set([Fragment, Let, Param, Recipe, Secret]);

/**
 * The braces that would end a recipe or a fragment before its last item: more items follow, and behind them a brace
 * that closes nothing. Taking the first for the one that is too many keeps those items in their block.
 */
export function surplusBraces(tokens: readonly IToken[]): ReadonlySet<IToken> {
  const surplus = new Set<IToken>();
  let start = 0;
  for (let at = 1; at <= tokens.length; at++) {
    if (at < tokens.length && !isDeclaration(tokens, at)) continue;
    const first = tokens[start]?.tokenType;
    if (first === Recipe || first === Fragment) findIn(tokens.slice(start, at), surplus);
    start = at;
  }
  return surplus;
}

/** Whether a declaration starts: its word, and no `=` that would make it a key. */
function isDeclaration(tokens: readonly IToken[], at: number): boolean {
  const [word, next] = [tokens[at], tokens[at + 1]];
  return word !== undefined && declarationWords.has(word.tokenType) && next?.tokenType === Identifier;
}

/** Finds them in the tokens of one declaration. */
function findIn(tokens: readonly IToken[], surplus: Set<IToken>): void {
  let depth = 0;
  let numOthers = 0;
  /** What ended the declaration's block, and how many tokens but closing braces stood before it. */
  let end: { readonly brace: IToken; readonly numOthers: number } | undefined;
  for (const token of tokens) {
    if (token.tokenType !== RightBrace) numOthers++;
    if (token.tokenType === LeftBrace) depth++;
    else if (token.tokenType === RightBrace && depth > 1) depth--;
    else if (token.tokenType === RightBrace && depth === 1) {
      depth = 0;
      end ??= { brace: token, numOthers };
    } else if (token.tokenType === RightBrace && end && end.numOthers < numOthers) {
      surplus.add(end.brace);
      end = { brace: token, numOthers };
    }
  }
}
