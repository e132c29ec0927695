import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** What is shown as code is no link. */
const proseOf = (page: string): string =>
  readFileSync(join(root, page), "utf8")
    .replace(/^```[\s\S]*?^```$/gm, "")
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]]/g, " "));

/** The anchors of a page's headings as GitHub and most sites make them: of equal ones, the second gets a number. */
export function anchorsOf(page: string): ReadonlySet<string> {
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

export interface Link {
  readonly target: string;
  readonly anchor: string;
}

/** The links of a page of Markdown, a path from the root of the repository. */
export const linksOf = (page: string): readonly Link[] =>
  [...proseOf(page).matchAll(/\]\(([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(([, target = "", anchor = ""]) => ({
    target,
    anchor,
  }));
