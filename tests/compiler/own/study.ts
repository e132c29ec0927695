import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The files of the worked example of docs/components.md, by their names. */
export function studyFiles(): Readonly<Record<string, string>> {
  const page = readFileSync(fileURLToPath(new URL("../../../docs/components.md", import.meta.url)), "utf8");
  const blocks = [...page.matchAll(/^```(?:ts|lavis) (\S+)\n([\s\S]*?)^```$/gm)];
  return Object.fromEntries(blocks.map(([, name = "", text = ""]) => [name, text]));
}
