import { describe, expect, it } from "vitest";
import { readCursor } from "../../../compiler/lsp/cursor.ts";
import { positionOf } from "../../../compiler/lsp/text.ts";
import { SourceText } from "../../../grammar/index.ts";

function cursorIn(marked: string) {
  const offset = marked.indexOf("▮");
  const source = new SourceText(marked.replace("▮", ""));
  return { source, cursor: readCursor(source, offset) };
}

const kinds = (marked: string) => cursorIn(marked).cursor.nodes.map(({ kind }) => kind);

describe("the tree at a cursor", () => {
  it("is as if a name were there already", () => {
    expect(kinds("recipe r { run { seed = ▮ } }").slice(-3)).toEqual(["reference", "path", "name"]);
    expect(kinds("recipe r { ▮ }").slice(-2)).toEqual(["section", "name"]);
    expect(kinds("recipe r { model a.▮\n dataset b }").slice(-3)).toEqual(["section", "path", "name"]);
    expect(kinds("let a = 3▮").slice(-2)).toEqual(["number", "name"]);
    expect(kinds('let a = "x▮"').slice(-2)).toEqual(["string", "string-text"]);
  });

  it("is of the declaration around alone", () => {
    const { source, cursor } = cursorIn("let a = (\n\nrecipe r {\n  task ca▮p\n}\n\nlet b = 1\n");
    expect(cursor.parsed.source.text).not.toContain("let");
    const leaf = cursor.nodes.at(-1);
    if (leaf?.kind !== "name") throw new Error("no name");
    expect(source.slice(cursor.spanInDocument(leaf))).toBe("cap");
  });

  it("takes keys that are words of the language for keys", () => {
    expect(kinds("recipe r {\nlet = 1\nseed = ▮\n}").includes("recipe")).toBe(true);
  });

  it("knows comments, but not the line behind them", () => {
    expect(cursorIn("// a▮").cursor.inComment).toBe(true);
    expect(cursorIn("let a = 1 // b▮c").cursor.inComment).toBe(true);
    expect(cursorIn("// a\n▮").cursor.inComment).toBe(false);
    expect(cursorIn("▮// a").cursor.inComment).toBe(false);
  });
});

describe("positions", () => {
  it("count lines of every kind of line break from 0, and UTF-16 units", () => {
    const source = new SourceText("a\r\nb\rc\n🙂d");
    expect(positionOf(source, 3)).toEqual({ line: 1, character: 0 });
    expect(positionOf(source, 5)).toEqual({ line: 2, character: 0 });
    expect(positionOf(source, 9)).toEqual({ line: 3, character: 2 });
  });
});
