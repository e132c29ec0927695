import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ptbTokens, tokenizeCaption } from "../../../runtime/metrics/ptb-tokenizer.ts";

describe("Penn Treebank tokens", () => {
  it.each([
    ["I cannot, we're gonna; gimme!", "i can not , we 're gon na ; gim me !"],
    ["a colourful grey theatre", "a colorful gray theater"],
    [
      "the Grey Contour of my neighbours' favourite harbour",
      "the grey contour of my neighbors ' favorite harbor",
    ],
    ["call (555) 123-4567 or 555-1234", "call -lrb-555-rrb-\u00a0123-4567 or 555-1234"],
    ["bus no. 5 to Mass. Ave.", "bus no. 5 to mass. . ave."],
    ["a lot of mass. yes", "a lot of mass . yes"],
    ["&lt;3 R&amp;D &nbsp; caf&eacute;", "< 3 r&d caf&eacute;"],
    ["wait.... what - no --- yes ------", "wait ... what - no -- yes ------"],
    ["“curly” ‘single’ «guillemets»", "`` curly '' ` single ' `` guillemets ''"],
    ["don’t, DON'T, shouldn't've", "do n’t , do n't , should n't 've"],
    ["10/12/2014 at 3.5-inch 1,000.5 -7 +8", "10/12/2014 at 3.5-inch 1,000.5 -7 +8"],
  ])("of %j", (text, tokens) => {
    const expected = tokens.replaceAll("n’t", "n't").split(" ");
    expect(ptbTokens(text)).toEqual(expected);
  });

  it("leave out punctuation, but not brackets: COCO's list has them in upper case", () => {
    expect(tokenizeCaption('"A man" (left) -- and: a dog?!')).toBe("a man -lrb- left -rrb- and a dog ?!");
  });

  it("take line ends as spaces and give none for blank text", () => {
    expect(tokenizeCaption("two\nlines")).toBe("two lines");
    expect(tokenizeCaption(" \t\u00a0 ")).toBe("");
  });

  it("end on any text, with no empty token and no space in one", () => {
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom(..."aZ9 .,'\"-&;:#$()<>/@\n"), fc.string({ unit: "binary" })),
    });
    fc.assert(
      fc.property(text, (caption) => {
        for (const token of ptbTokens(caption)) expect(token).toMatch(/^[^ ]+$/s);
      }),
      { numRuns: 2000 },
    );
  });

  it("are quick on text that invites backtracking", () => {
    const started = performance.now();
    for (const unit of ["a-", "a.", "1.", "a'", "<a ", "a@", "a.b/", "&amp;", "x=", "'", "(-"])
      ptbTokens(unit.repeat(400));
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
