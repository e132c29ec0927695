import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openTextProcessor } from "../../../runtime/processors/registry.ts";
import { goldenJson } from "../../golden.ts";

interface Golden {
  readonly strings: readonly string[];
  readonly processors: readonly {
    readonly name: string;
    readonly config: Readonly<Record<string, unknown>>;
    readonly outputs: readonly string[];
  }[];
}

const golden = goldenJson<Golden>("text_processors", "text_processors.json");
const captions = golden.processors.filter(({ name }) => name === "blip_caption");

describe("blip_caption", () => {
  it("has golden strings to be compared with", () => {
    expect(captions.length).toBeGreaterThan(0);
  });

  it.each(captions)(
    "with $config cleans the golden strings as LAVIS does",
    async ({ name, config, outputs }) => {
      const process = await openTextProcessor({ name, options: config });
      expect(golden.strings.map(process)).toEqual(outputs);
    },
  );

  const plain = { name: "blip_caption", options: { prompt: "", max_words: 50 } };

  it("does not count the prompt, and leaves it as it is written", async () => {
    const options = { prompt: "A photo: ", max_words: 2 };
    const process = await openTextProcessor({ name: "blip_caption", options });
    expect(process("Two DOGS run.")).toBe("A photo: two dogs");
  });

  it("treats as blank what Python does: the byte order mark is none, U+0085 and U+001C are", async () => {
    const process = await openTextProcessor(plain);
    expect(process("a \ufeffb")).toBe("a \ufeffb");
    expect(process("a\u0085\u001cb")).toBe("a b");
  });

  it("keeps at most max_words words, no punctuation that it replaces, and no runs of spaces", async () => {
    const process = await openTextProcessor({ name: "blip_caption", options: { prompt: "", max_words: 3 } });
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
        const cleaned = process(text);
        expect(cleaned.split(" ").length).toBeLessThanOrEqual(3);
        expect(cleaned).not.toMatch(/[.!"()*#:;~]| {2}/);
      }),
    );
  });

  it("changes nothing on a second pass", async () => {
    const process = await openTextProcessor(plain);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (raw) => {
        expect(process(process(raw))).toBe(process(raw));
      }),
    );
  });
});
