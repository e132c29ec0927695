import { describe, expect, it } from "vitest";
import { removalFix } from "../../../compiler/resolve/edits.ts";
import { applyEdits, SourceText } from "../../../grammar/index.ts";
import { unmark } from "../marked.ts";

describe("removing an item", () => {
  it.each([
    ["with its line", "run {\n  a = 1\n  «b = 2»\n  c = 3\n}", "run {\n  a = 1\n  c = 3\n}"],
    ["with a line that ends in a comma", "run {\n  «a = 1»,\n  b = 2\n}", "run {\n  b = 2\n}"],
    ["with a Windows line break", "run {\r\n  «a = 1»\r\n  b = 2\r\n}", "run {\r\n  b = 2\r\n}"],
    ["in front of others", "run { «a = 1», b = 2 }", "run { b = 2 }"],
    ["behind others", "run { a = 1, «b = 2» }", "run { a = 1, }"],
    ["that is alone", "run { «a = 1» }", "run { }"],
    ["the first argument", "f(«a = 1», b = 2)", "f(b = 2)"],
    ["the last argument", "f(a = 1, «b = 2»)", "f(a = 1)"],
    ["the last argument on its line", "f(\n  a = 1,\n  «b = 2»\n)", "f(\n  a = 1\n)"],
    ["the only argument", "f(«a = 1»)", "f()"],
  ])("%s", (_, marked, after) => {
    const { text, spans } = unmark(marked);
    const [span = { start: 0, end: 0 }] = spans;
    const { edits } = removalFix({ source: new SourceText(text), span }, "Remove it", "safe");
    expect(applyEdits(text, edits)).toBe(after);
  });
});
