import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorsOf, linksOf, root } from "./links.ts";

function pagesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}
const pages = ["README.md", "editors/README.md", "editors/vscode/README.md", ...pagesBelow("docs")];

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
