import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url).pathname;

function pagesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}
const pages = ["README.md", "editors/README.md", "editors/vscode/README.md", ...pagesBelow("docs")];

/** What is shown as code is no link. */
const proseOf = (page: string): string =>
  readFileSync(join(root, page), "utf8")
    .replace(/^```[\s\S]*?^```$/gm, "")
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]]/g, " "));

/** The anchors of a page's headings as GitHub and most sites make them: of equal ones, the second gets a number. */
function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of proseOf(page).matchAll(/^#+ (.*)$/gm)) {
    const anchor = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, "")
      .replaceAll(" ", "-");
    const again = [...anchors].filter((one) => one === anchor || one.startsWith(`${anchor}-`)).length;
    anchors.add(anchors.has(anchor) ? `${anchor}-${again}` : anchor);
  }
  return anchors;
}

interface Link {
  readonly target: string;
  readonly anchor: string;
}

const linksOf = (page: string): readonly Link[] =>
  [...proseOf(page).matchAll(/\]\(([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(([, target = "", anchor = ""]) => ({
    target,
    anchor,
  }));

/** The pages that links lead to, from README.md on. */
const reachable = new Set(["README.md"]);
for (const page of reachable)
  for (const { target } of linksOf(page)) {
    if (/^https?:/.test(target) || !target.endsWith(".md")) continue;
    const file = join(dirname(page), target);
    if (existsSync(join(root, file))) reachable.add(file);
  }

describe("the documentation", () => {
  it("has links", () => {
    expect(pages.flatMap(linksOf).length).toBeGreaterThan(300);
  });

  it.each(pages)("leads only to what there is: %s", (page) => {
    for (const { target, anchor } of linksOf(page)) {
      if (/^https?:/.test(target)) continue;
      const file = target === "" ? page : join(dirname(page), target);
      expect(existsSync(join(root, file)), `${target} is not there`).toBe(true);
      if (anchor !== "") expect([...anchorsOf(file)], `${target}#${anchor}`).toContain(anchor);
    }
  });

  it.each(pages.filter((page) => page.startsWith("docs/")))("can be reached from README.md: %s", (page) => {
    expect([...reachable]).toContain(page);
  });
});
