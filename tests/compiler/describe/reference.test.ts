import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
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

/** The anchors of a page's headings, as GitHub and most sites make them. */
const anchorsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );

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

  it.each([...pages, ["../language.md", language] as const])(
    "leads only to what there is: %s",
    (path, text) => {
      for (const [, target = "", anchor = ""] of text.matchAll(/\]\(([^)#\s]*)(#[^)\s]*)?\)/g)) {
        if (/^https?:/.test(target)) continue;
        const file = target === "" ? join(folder, path) : join(dirname(join(folder, path)), target);
        expect(existsSync(file), `${path} leads to ${target}`).toBe(true);
        if (anchor !== "")
          expect(anchorsOf(readFileSync(file, "utf8")), `${path} ${target}`).toContain(anchor.slice(1));
      }
    },
  );
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
