import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BertTokenizer,
  decodeToken,
  type EncodedTexts,
  encodeToken,
} from "../../../runtime/text/bert-tokenizer.ts";
import { parseVocabulary } from "../../../runtime/text/vocabulary.ts";
import { goldenJson, goldenPath } from "../../golden.ts";

interface Encoded {
  readonly input_ids: number[][];
  readonly attention_mask: number[][];
}
interface Golden {
  readonly strings: string[];
  readonly special: Record<string, number>;
  readonly tokens_blip: string[][];
  readonly blip_plain: number[][];
  readonly blip_max35: Encoded;
  readonly blip_longest12_first40: Encoded;
  readonly blip2_left_trunc8: number[][];
  readonly albef_plain: number[][];
  readonly decode: {
    readonly ids: number[][];
    readonly skip_special: string[];
    readonly keep_special: string[];
  };
}

const golden = goldenJson<Golden>("tokenizer_bert", "tokenizer_bert.json");
const vocabulary = parseVocabulary(readFileSync(goldenPath("tokenizer_bert", "vocab.txt"), "utf8"));
const blip = BertTokenizer.fromVocabulary(vocabulary, { addedTokens: [decodeToken, encodeToken] });
const blip2 = BertTokenizer.fromVocabulary(vocabulary, { addedTokens: [decodeToken] });
const albef = BertTokenizer.fromVocabulary(vocabulary);

function rows({ inputIds, attentionMask, shape: [count, width] }: EncodedTexts): Encoded {
  const cut = (values: Int32Array): number[][] =>
    Array.from({ length: count }, (_, row) => Array.from(values.subarray(row * width, (row + 1) * width)));
  return { input_ids: cut(inputIds), attention_mask: cut(attentionMask) };
}

/** The rows of one text each, so without padding. */
function alone(tokenizer: BertTokenizer, options: Parameters<BertTokenizer["encode"]>[1] = {}): number[][] {
  return golden.strings.map((text) => Array.from(tokenizer.encode([text], options).inputIds));
}

describe("the golden strings of LAVIS's tokenizers", () => {
  it("gives the special tokens the ids of the vocabulary", () => {
    const { pad, unk, cls, sep, mask, bos, enc } = blip.special;
    expect({
      pad,
      unk,
      cls,
      sep,
      mask,
      bos_DEC: bos,
      ENC: enc,
      len_blip: blip.size,
      len_albef: albef.size,
      len_blip2: blip2.size,
    }).toEqual(golden.special);
    expect(albef.special.bos).toBeUndefined();
    expect(blip2.special.enc).toBeUndefined();
  });

  it("cuts text into the same pieces", () => {
    expect(golden.strings.map((text) => blip.tokenize(text))).toEqual(golden.tokens_blip);
  });

  it("gives the same ids with BLIP's, BLIP-2's and ALBEF's added tokens", () => {
    expect(alone(blip)).toEqual(golden.blip_plain);
    expect(alone(albef)).toEqual(golden.albef_plain);
    const maxLength = Math.max(...golden.blip2_left_trunc8.map((ids) => ids.length));
    expect(alone(blip2, { maxLength, truncationSide: "left" })).toEqual(golden.blip2_left_trunc8);
  });

  it.each(["max_length", "longest"] as const)("pads to %s and cuts batches in the same way", (padding) => {
    const { input_ids, attention_mask } =
      padding === "max_length" ? golden.blip_max35 : golden.blip_longest12_first40;
    const texts = golden.strings.slice(0, input_ids.length);
    const encoded = blip.encode(texts, { maxLength: input_ids[0]?.length ?? 0, padding });
    expect(rows(encoded)).toEqual({ input_ids, attention_mask });
  });

  it("decodes ids to the same text", () => {
    const { ids, skip_special, keep_special } = golden.decode;
    expect(ids.map((row) => blip.decode(row, { skipSpecialTokens: true }))).toEqual(skip_special);
    expect(ids.map((row) => blip.decode(row))).toEqual(keep_special);
  });
});

describe("a small vocabulary of another layout", () => {
  const words = [
    "a",
    "cat",
    "##s",
    "dog",
    "don",
    "t",
    "'",
    ".",
    ",",
    "σ",
    "οδυσ",
    "##σευσ",
    "##σευς",
    "é",
    "日",
  ];
  const layout = ["[MASK]", "cafe", "[SEP]", ...words, "[CLS]", "[UNK]", "[PAD]"];
  const small = BertTokenizer.fromVocabulary(layout, { addedTokens: [decodeToken, encodeToken] });
  const text = (ids: ArrayLike<number>): string[] => Array.from(ids, (id) => small.tokens[id] ?? "?");

  it("reads every special id from the vocabulary", () => {
    expect(small.special).toMatchObject({ mask: 0, sep: 2, bos: layout.length, enc: layout.length + 1 });
    expect(text(small.encode(["cats dog"]).inputIds)).toEqual(["[CLS]", "cat", "##s", "dog", "[SEP]"]);
    expect(text(small.encode(["a", "a cat"]).inputIds).slice(0, 4)).toEqual(["[CLS]", "a", "[SEP]", "[PAD]"]);
  });

  it("keeps special tokens in text whole, without blanks around them, but only as they are written", () => {
    expect(small.tokenize("a[ENC]cat[SEP]")).toEqual(["a", "[ENC]", "cat", "[SEP]"]);
    expect(small.tokenize("[enc]")).toEqual(["[UNK]", "[UNK]", "[UNK]"]);
  });

  it("lowers characters one by one: a capital sigma never becomes a final one", () => {
    expect(small.tokenize("ΟΔΥΣΣΕΥΣ")).toEqual(["οδυσ", "##σευσ"]);
  });

  it("strips accents whether they are composed or not, and parts ideographs", () => {
    expect(small.tokenize("CAFÉ cafe\u0301 日日")).toEqual(["cafe", "cafe", "日", "日"]);
  });

  it("calls a word of more than 100 characters unknown, counted in code points", () => {
    const long = BertTokenizer.fromVocabulary([...layout, "x", "##x", "𝗔", "##𝗔"]);
    expect(long.tokenize("x".repeat(100))).toHaveLength(100);
    expect(long.tokenize("x".repeat(101))).toEqual(["[UNK]"]);
    expect(long.tokenize("𝗔".repeat(100))).toHaveLength(100);
  });

  it("takes the id that the vocabulary has for an added token that it knows", () => {
    const known = BertTokenizer.fromVocabulary([...layout, decodeToken], {
      addedTokens: [decodeToken, encodeToken],
    });
    expect(known.special).toMatchObject({ bos: layout.length, enc: layout.length + 1 });
    expect(known.size).toBe(layout.length + 2);
  });

  it("decodes an id that it does not have as unknown", () => {
    expect(small.decode([small.id("a"), 10_000])).toBe("a [UNK]");
  });

  it("encodes no text as no rows", () => {
    expect(small.encode([])).toEqual({
      inputIds: new Int32Array(),
      attentionMask: new Int32Array(),
      shape: [0, 0],
    });
  });

  it("says which token a vocabulary lacks", () => {
    expect(() => BertTokenizer.fromVocabulary(["a", "b"])).toThrow("the vocabulary has no token [PAD]");
  });

  it("refuses lengths that leave no room for [CLS] and [SEP], and padding to no length", () => {
    expect(() => small.encode(["a"], { maxLength: 1 })).toThrow(/maxLength is 1/);
    expect(() => small.encode(["a"], { padding: "max_length" })).toThrow(/needs a maxLength/);
  });
});

describe("for any text", () => {
  const anyText = fc.string({ unit: "grapheme" });

  it("pieces joined give back the words, where none is unknown", () => {
    const letters = [..."abcdefghijklmnopqrstuvwxyz"];
    const tokenizer = BertTokenizer.fromVocabulary([
      ...["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
      ...letters,
      ...letters.map((letter) => `##${letter}`),
    ]);
    const word = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 20 });
    // Words that clean-up glues to the word before are no words of letters only, so none is drawn here.
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const { inputIds } = tokenizer.encode([words.join(" ")]);
        expect(tokenizer.decode(inputIds, { skipSpecialTokens: true })).toBe(words.join(" "));
      }),
    );
  });

  it("ids are in range, rows have one length, the mask counts the tokens, and length is kept", () => {
    fc.assert(
      fc.property(
        fc.array(anyText, { minLength: 1 }),
        fc.integer({ min: 2, max: 12 }),
        (texts, maxLength) => {
          const { inputIds, attentionMask, shape } = blip.encode(texts, { maxLength });
          expect(shape[0]).toBe(texts.length);
          expect(shape[1]).toBeLessThanOrEqual(maxLength);
          expect(inputIds.length).toBe(shape[0] * shape[1]);
          for (const [place, id] of inputIds.entries()) {
            expect(id).toBeGreaterThanOrEqual(0);
            expect(id).toBeLessThan(blip.size);
            if (attentionMask[place] === 0) expect(id).toBe(blip.special.pad);
          }
        },
      ),
    );
  });

  it("one way of writing accents is as good as another", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(blip.tokenize(text.normalize("NFC"))).toEqual(blip.tokenize(text.normalize("NFD")));
      }),
    );
  });
});
