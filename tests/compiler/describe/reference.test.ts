import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { catalog } from "../../../compiler/catalog/index.ts";
import { checkRecipe } from "../../../compiler/check-recipe.ts";
import { referencePages } from "../../../compiler/describe/reference/index.ts";
import { allMessages } from "../../../compiler/explain/index.ts";
import { memoryHost } from "../../../compiler/program/index.ts";

const docs = new URL("../../../docs/", import.meta.url).pathname;
const folder = join(docs, "reference");
const pages = new Map(referencePages().map(({ path, text }) => [path, text]));
const language = readFileSync(join(docs, "language.md"), "utf8");

describe("the reference documentation", () => {
  it("is up to date (`npm run docs` writes it)", () => {
    const there = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
    expect(there.sort()).toEqual([...pages.keys()].sort());
    for (const [path, text] of pages) expect(readFileSync(join(folder, path), "utf8"), path).toBe(text);
  });

  it("has every component and every diagnostic", () => {
    const all = [...pages.values()].join("\n");
    for (const { kind, name } of catalog.all()) {
      const title = kind === name ? `# ${kind}` : kind === "dataset" ? `## ${name}` : `# ${kind} ${name}`;
      expect(all).toContain(`${title}\n`);
    }
    for (const [code, { slug }] of Object.entries(allMessages)) expect(all).toContain(`## ${code} ${slug}\n`);
  });

  it("has no page that nobody reads to the end", () => {
    for (const [path, text] of pages) expect(text.length, path).toBeLessThan(64_000);
  });

  it("leads back from each page to its place in the index", () => {
    for (const [path, text] of pages) {
      if (path === "README.md") continue;
      const index = `${"../".repeat(path.split("/").length - 1)}README.md`;
      expect(text.startsWith(`[Reference](${index})`), path).toBe(true);
    }
  });

  it("has tables whose rows have as many cells as their head, and none empty", () => {
    for (const [path, text] of pages) {
      const cellsOf = (row: string) => row.slice(2, -2).split(/ (?<!\\)\| /);
      for (const [table] of text.replace(/```[\s\S]*?```/g, "").matchAll(/(?:^\|.*\n)+/gm)) {
        const [head = "", , ...rows] = table.trim().split("\n");
        for (const row of rows) {
          expect(cellsOf(row).length, `${path}: ${row}`).toBe(cellsOf(head).length);
          expect(
            cellsOf(row).filter((cell) => cell.trim() === ""),
            `${path}: ${row}`,
          ).toEqual([]);
        }
      }
    }
  });

  it("has no text that Markdown would take for HTML, and no gaps", () => {
    for (const [path, text] of pages) {
      const prose = text.replace(/```[\s\S]*?```/g, "").replace(/`[^`\n]*`/g, "");
      expect(prose, path).not.toMatch(/<[a-z/!]/i);
      expect(text, path).not.toMatch(/\n{3}|\n\n$|undefined|\[object/);
    }
  });

  it("has one section for each name, and one row for each option", () => {
    for (const [path, text] of pages) {
      const headings = [...text.matchAll(/^## .*$/gm)].map(([heading]) => heading);
      expect(new Set(headings).size, path).toBe(headings.length);
      for (const section of text.split(/^##+ /m)) {
        const options = [...section.matchAll(/^\| (`[^`]+`) \|/gm)].map(([, option]) => option);
        expect(new Set(options).size, `${path}: ${section.slice(0, 40)}`).toBe(options.length);
      }
    }
  });
});

describe("the page about the language", () => {
  const blocks = [...language.matchAll(/```lavis\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
  /** Examples leave out what they are not about. */
  const leftOut = ["LV3001", "LV3002", "LV3018", "LV3025"];

  it.each(blocks)("shows what is right: %s", (block) => {
    const host = memoryHost({ "/recipes/r.lavis": block, "/common.lavis": 'let data_root = "/data"\n' });
    const { diagnostics } = checkRecipe(host, "/recipes/r.lavis");
    const said = diagnostics.filter(({ code }) => !leftOut.includes(code)).map(({ message }) => message);
    expect(said).toEqual([]);
  });

  it("has examples", () => {
    expect(blocks.length).toBeGreaterThan(4);
  });
});
