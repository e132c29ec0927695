/** What TypeScript itself says of a user's files, and whether they fit the runtime's interfaces. */

import type { SourceFile, Diagnostic as TypeScriptDiagnostic } from "ts-morph";
import type { OwnKind } from "../../runtime/own/options.card.ts";
import type { DiagnosticCollector } from "../diagnostics/index.ts";
import type { OwnPlace } from "./own-card.ts";
import type { OwnFiles, Workspace } from "./workspace.ts";

/** Reports the mistakes that TypeScript finds in the files of a component. */
export function checkFiles(
  workspace: Workspace,
  { files, lost }: Pick<OwnFiles, "files" | "lost">,
  diagnostics: DiagnosticCollector,
): void {
  for (const [path, { source }] of files)
    for (const found of workspace.sourceFile(path).getPreEmitDiagnostics()) {
      const lines = linesOf(workspace, found);
      const start = found.getStart() ?? 0;
      const isLostImport = lost.some(({ from, span }) => from.path === path && span.start === start);
      // What stands in no file is about Node's types, and what it leads to is said where it matters.
      if (found.getSourceFile() === undefined || isLostImport) continue;
      const span = { start, end: start + (found.getLength() ?? 0) };
      const [message = "", ...notes] = lines;
      const names = { message: message.replace(/\.$/, ""), code: found.getCode() };
      diagnostics.report("LV2304", names, { source, span }, { notes: [...notes, ...adviceFor(message)] });
    }
}

/** What helps where a package is missing. */
function adviceFor(message: string): readonly string[] {
  const name = /^Cannot find (?:module|name)[^']*'([^']+)'/.exec(message)?.[1];
  if (name === undefined) return [];
  if (name.startsWith("node:") || ["process", "Buffer"].includes(name))
    return ["Node's types are not installed: `npm install --save-dev @types/node`."];
  return /^Cannot find module/.test(message)
    ? [`Install it where the file is: \`npm install ${name}\`.`]
    : [];
}

/** A message's chain, from what is wrong to why, a line each. */
export function linesOf(
  { typescript: { ts } }: Workspace,
  { compilerObject }: TypeScriptDiagnostic,
): string[] {
  const text = ts.flattenDiagnosticMessageText(compilerObject.messageText, "\n");
  return text.split("\n").map((line) => line.trim().replace(/import\("[^"]*"\)\./g, ""));
}

/**
 * A file that asks TypeScript whether what a file exports is what a run calls, and whether a model can write
 * captions.
 */
export function createProbe({ project }: Workspace, kind: OwnKind, path: string): SourceFile {
  const text = [
    'import type { Build, Captioner, OwnModules } from "lavis/runtime";',
    `import { create } from ${JSON.stringify(path)};`,
    `({ create }) satisfies OwnModules["${kind}"];`,
    "create satisfies (options: never, build: Build) => Captioner | Promise<Captioner>;",
    "",
  ].join("\n");
  const name = `${path.slice(0, -".ts".length)}.lavisc-${kind}.ts`;
  return project.createSourceFile(name, text, { overwrite: true });
}

/** Reports where what a file exports is not what a run calls; says whether a model can write captions. */
export function checkContract(
  workspace: Workspace,
  probe: SourceFile,
  kind: OwnKind,
  create: OwnPlace,
  diagnostics: DiagnosticCollector,
): { readonly isCaptioner: boolean } {
  const found = probe.getPreEmitDiagnostics();
  const at = (line: number) => found.find((one) => one.getLineNumber() === line);
  const mistake = at(3);
  if (mistake) {
    const lines = linesOf(workspace, mistake);
    const problem = (lines.at(-1) ?? "").replace(/\.$/, "");
    diagnostics.report("LV2307", { file: create.source.path, kind: words[kind], problem }, create, {
      notes: lines.slice(1, -1),
    });
  }
  return { isCaptioner: kind === "model" && !mistake && !at(4) };
}

const words: Readonly<Record<OwnKind, string>> = {
  task: "task",
  model: "model",
  dataset: "dataset",
  vis_processor: "image processor",
  text_processor: "text processor",
};
