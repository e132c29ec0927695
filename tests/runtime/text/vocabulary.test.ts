import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../../runtime/errors.ts";
import { BertTokenizer } from "../../../runtime/text/bert-tokenizer.ts";
import {
  bertBaseUncasedVocabulary,
  fromMarkedWords,
  parseVocabulary,
  readUncasedVocabulary,
  readVocabulary,
} from "../../../runtime/text/vocabulary.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lavis-vocabulary-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("vocabulary files", () => {
  it("hold a token per line, whatever the line breaks, also tokens that are odd", () => {
    expect(parseVocabulary("[PAD]\n##s\n\u2028\n \n")).toEqual(["[PAD]", "##s", "\u2028", " "]);
    expect(parseVocabulary("a\r\nb\rc")).toEqual(["a", "b", "c"]);
  });

  it("are named when they are missing or empty", async () => {
    await expect(readVocabulary(join(folder, "none.txt"))).rejects.toThrow(
      /cannot read the vocabulary .*none\.txt/,
    );
    await writeFile(join(folder, "empty.txt"), "");
    await expect(readVocabulary(join(folder, "empty.txt"))).rejects.toThrow(UserError);
  });
});

describe("bert-base-uncased", () => {
  it("is turned from marked beginnings of words to marked continuations", () => {
    expect(fromMarkedWords(["[PAD]", "▁", "[unused1]", "▁dog", "s", "▁[", "[", "▁##", "]"])).toEqual([
      "[PAD]",
      "[unused0]",
      "[unused1]",
      "dog",
      "##s",
      "[",
      "##[",
      "##",
      "##]",
    ]);
  });

  it("is Google's file byte for byte, and tokenizes as it is known to", async () => {
    const vocabulary = await bertBaseUncasedVocabulary();
    expect(vocabulary).toHaveLength(30_522);
    const tokenizer = BertTokenizer.fromVocabulary(vocabulary);
    expect(Array.from(tokenizer.encode(["a picture of a cat"]).inputIds)).toEqual([
      101, 1037, 3861, 1997, 1037, 4937, 102,
    ]);
    expect(tokenizer.tokenize("Snowboarders' unaffable")).toEqual([
      ...["snow", "##board", "##ers", "'", "una", "##ffa", "##ble"],
    ]);
  });

  it("is refused when a token differs, and when the file is damaged", async () => {
    const path = join(folder, "vocab.json");
    await writeFile(path, JSON.stringify(["[PAD]", "▁", "▁dog"]));
    await expect(readUncasedVocabulary(path)).rejects.toThrow(
      /vocab\.json does not hold .* sha256 as vocab\.txt/,
    );
    await writeFile(path, '["[PAD]", ');
    await expect(readUncasedVocabulary(path)).rejects.toThrow(/vocab\.json does not hold/);
    await writeFile(path, '{"a": 1}');
    await expect(readUncasedVocabulary(path)).rejects.toThrow(/not a list of tokens/);
  });
});
