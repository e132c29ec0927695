/** What single tokens mean, and how messages name them. */

import { EOF, type IToken, tokenLabel } from "chevrotain";
import type * as tree from "../tree.ts";
import { spanOf } from "./lexer.ts";
import * as t from "./tokens.ts";

/** Constants of other languages, and what they are here. */
export const foreignLiterals: ReadonlyMap<string, "true" | "false" | "none"> = new Map([
  ["True", "true"],
  ["TRUE", "true"],
  ["False", "false"],
  ["FALSE", "false"],
  ["None", "none"],
  ["NONE", "none"],
  ["null", "none"],
  ["Null", "none"],
  ["NULL", "none"],
  ["nil", "none"],
  ["undefined", "none"],
]);

/** A token as messages name it. */
export function describe(token: IToken): string {
  if (token.tokenType === EOF) return "the end of the file";
  if (token.tokenType === t.NewLine) return tokenLabel(t.NewLine);
  if (token.tokenType === t.StringMiddle || token.tokenType === t.StringTail) return "`}`";
  const [line = ""] = token.image.split(/[\r\n]/, 1);
  return line.length > 30 || line !== token.image ? `\`${line.slice(0, 29)}…\`` : `\`${line}\``;
}

export function nameOf(token: IToken): tree.Name {
  return { kind: "name", text: token.image, span: spanOf(token) };
}

/** The node of `true`, `false` or `none`, given as the word or written as the token. */
export function constantOf(token: IToken, word = token.image): tree.BooleanLiteral | tree.NoneLiteral {
  const span = spanOf(token);
  return word === "none" ? { kind: "none", span } : { kind: "boolean", value: word === "true", span };
}
