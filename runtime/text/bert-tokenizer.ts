import { UserError } from "../errors.ts";
import { splitWords } from "./basic-tokenizer.ts";
import { wordPieces } from "./word-piece.ts";

/** The token that LAVIS gives BLIP's tokenizers as beginning of sequence. */
export const decodeToken = "[DEC]";
/** The token that LAVIS puts first where BLIP's text encoder attends to an image. */
export const encodeToken = "[ENC]";

/** A batch of token ids: row after row, `shape` = [rows, tokens]. */
export interface EncodedTexts {
  readonly inputIds: Int32Array;
  /** 1 where there is a token, 0 where there is padding. */
  readonly attentionMask: Int32Array;
  readonly shape: readonly [rows: number, tokens: number];
}

export interface EncodeOptions {
  /** Longest row in tokens, [CLS] and [SEP] included; longer texts are cut. None: nothing is cut. */
  readonly maxLength?: number;
  /** Pad rows to the longest one (the default), or to `maxLength`. */
  readonly padding?: "longest" | "max_length";
  /** Pad rows to so many tokens at least. */
  readonly minWidth?: number;
  /** The end from which tokens are cut: "right" unless given. */
  readonly truncationSide?: "left" | "right";
}

export interface DecodeOptions {
  /** Leave [CLS], [SEP], [PAD], [DEC] and the other special tokens out. False unless given. */
  readonly skipSpecialTokens?: boolean;
}

/** The ids of the special tokens, read from the vocabulary. */
export interface SpecialIds {
  readonly pad: number;
  readonly unk: number;
  readonly cls: number;
  readonly sep: number;
  readonly mask: number;
  /** Id of [DEC]; undefined where the tokenizer was made without it. */
  readonly bos: number | undefined;
  /** Id of [ENC]; undefined where the tokenizer was made without it. */
  readonly enc: number | undefined;
}

/** Glued to the word before when text is made of tokens (transformers, clean_up_tokenization), in this order. */
const cleanUp = [
  [" .", "."],
  [" ?", "?"],
  [" !", "!"],
  [" ,", ","],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
] as const;

/**
 * BERT's lower-casing WordPiece tokenizer, with the same ids as the slow BertTokenizer of Hugging Face
 * transformers 4.31, which LAVIS uses (models/blip_models/blip.py, init_tokenizer).
 */
export class BertTokenizer {
  /** Tokens by id: the vocabulary, then the added ones. */
  readonly tokens: readonly string[];
  readonly special: SpecialIds;
  readonly #ids: ReadonlyMap<string, number>;
  /** Tokens that the vocabulary did not have. */
  readonly #added: ReadonlySet<string>;
  readonly #specialIds: ReadonlySet<number>;
  /** Finds special tokens in text; the group keeps them when text is split at them. */
  readonly #specialInText: RegExp;

  private constructor(vocabulary: readonly string[], addedTokens: readonly string[]) {
    const ids = new Map(vocabulary.map((token, id) => [token, id]));
    const added = addedTokens.filter(
      (token, place) => !ids.has(token) && addedTokens.indexOf(token) === place,
    );
    for (const [place, token] of added.entries()) ids.set(token, vocabulary.length + place);
    this.tokens = [...vocabulary, ...added];
    this.#ids = ids;
    this.#added = new Set(added);
    this.special = {
      pad: this.id("[PAD]"),
      unk: this.id("[UNK]"),
      cls: this.id("[CLS]"),
      sep: this.id("[SEP]"),
      mask: this.id("[MASK]"),
      bos: addedTokens.includes(decodeToken) ? ids.get(decodeToken) : undefined,
      enc: addedTokens.includes(encodeToken) ? ids.get(encodeToken) : undefined,
    };
    const names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ...addedTokens];
    this.#specialIds = new Set(names.map((name) => this.id(name)));
    const longestFirst = names.sort((a, b) => b.length - a.length).map(escapeRegExp);
    this.#specialInText = new RegExp(`(${longestFirst.join("|")})`, "u");
  }

  /**
   * A tokenizer over a vocabulary (tokens by id) with special tokens added after it, such as [DEC] and [ENC].
   * @throws UserError when [PAD], [UNK], [CLS], [SEP] or [MASK] is missing.
   */
  static fromVocabulary(
    vocabulary: readonly string[],
    options: { readonly addedTokens?: readonly string[] } = {},
  ): BertTokenizer {
    return new BertTokenizer(vocabulary, options.addedTokens ?? []);
  }

  /** How many tokens there are, added ones included. */
  get size(): number {
    return this.tokens.length;
  }

  /** The id of a token. @throws UserError when neither the vocabulary nor the added tokens have it. */
  id(token: string): number {
    const id = this.#ids.get(token);
    if (id === undefined)
      throw new UserError(
        `the vocabulary has no token ${token}`,
        "Give a BERT WordPiece vocabulary: a token per line.",
      );
    return id;
  }

  /** The pieces of a text, without [CLS] and [SEP]. Special tokens that stand in the text stay whole. */
  tokenize(text: string): string[] {
    const has = (piece: string): boolean => this.#ids.has(piece);
    return text.split(this.#specialInText).flatMap((part, place) => {
      if (place % 2 === 1) return [part];
      return splitWords(part).flatMap((word) => wordPieces(word, has) ?? ["[UNK]"]);
    });
  }

  /**
   * The ids of texts as [CLS] … [SEP], in rows of equal length. @throws RangeError when `maxLength` has no
   * room for [CLS] and [SEP], or `padding` is "max_length" without a `maxLength`.
   */
  encode(texts: readonly string[], options: EncodeOptions = {}): EncodedTexts {
    const { maxLength, padding = "longest", minWidth = 0, truncationSide = "right" } = options;
    if (maxLength !== undefined && !(Number.isInteger(maxLength) && maxLength >= 2))
      throw new RangeError(`encode: maxLength is ${maxLength}; it must be at least 2, for [CLS] and [SEP]`);
    if (padding === "max_length" && maxLength === undefined)
      throw new RangeError('encode: padding "max_length" needs a maxLength');
    const { pad, cls, sep } = this.special;
    const rows = texts.map((text) => {
      const ids = this.tokenize(text).map((token) => this.id(token));
      const excess = maxLength === undefined ? 0 : Math.max(0, ids.length + 2 - maxLength);
      const kept = truncationSide === "left" ? ids.slice(excess) : ids.slice(0, ids.length - excess);
      return [cls, ...kept, sep];
    });
    const longest = rows.reduce((most, row) => Math.max(most, row.length), minWidth);
    const width = padding === "max_length" && maxLength !== undefined ? maxLength : longest;
    const inputIds = new Int32Array(rows.length * width).fill(pad);
    const attentionMask = new Int32Array(rows.length * width);
    for (const [row, ids] of rows.entries()) {
      inputIds.set(ids, row * width);
      attentionMask.fill(1, row * width, row * width + ids.length);
    }
    return { inputIds, attentionMask, shape: [rows.length, width] };
  }

  /** The text of a row of ids: pieces joined, spaces before punctuation and contractions removed. */
  decode(ids: ArrayLike<number>, options: DecodeOptions = {}): string {
    const runs: string[][] = [[]];
    for (const id of Array.from(ids)) {
      if (options.skipSpecialTokens && this.#specialIds.has(id)) continue;
      const token = this.tokens[id] ?? "[UNK]";
      // A token beyond the vocabulary stands alone: a piece after it keeps its ##, as in transformers.
      if (this.#added.has(token)) runs.push([token], []);
      else runs.at(-1)?.push(token);
    }
    const joined = runs
      .filter((run) => run.length > 0)
      .map((run) => run.join(" ").replaceAll(" ##", "").trim())
      .join(" ");
    return cleanUp.reduce((text, [from, to]) => text.replaceAll(from, to), joined);
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
