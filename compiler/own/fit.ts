/** Whether a model is what a task of the user's own asks for, as TypeScript sees it. */

import type { SourceFile } from "ts-morph";
import { linesOf } from "./contract.ts";
import type { Workspace } from "./workspace.ts";

/** A model: the file of one of the user's own, or the name of one of the catalogue that the runtime has. */
export type AskedModel = { readonly path: string } | { readonly name: string };

/**
 * Why a task's `validStep` cannot be given a model, from what it asks for to what that lacks; undefined where it can.
 * Both are what a run calls.
 */
export function misfitOf(
  workspace: Workspace,
  taskPath: string,
  model: AskedModel,
): readonly string[] | undefined {
  const probe = createProbe(workspace, taskPath, model);
  try {
    const [found] = probe.getPreEmitDiagnostics();
    return found && linesOf(workspace, found);
  } finally {
    workspace.project.removeSourceFile(probe);
  }
}

function createProbe({ project }: Workspace, taskPath: string, model: AskedModel): SourceFile {
  const made =
    "path" in model
      ? { name: "create as makeModel", from: model.path, type: "ReturnType<typeof makeModel>" }
      : {
          name: model.name,
          from: "lavis/runtime",
          type: `ReturnType<ReturnType<typeof ${model.name}>["create"]>`,
        };
  const text = [
    `import type { ${made.name} } from ${JSON.stringify(made.from)};`,
    `import type { create as makeTask } from ${JSON.stringify(taskPath)};`,
    "type Task = Awaited<ReturnType<typeof makeTask>>;",
    "type Asked = Task extends { validStep(model: infer M, ...rest: never): unknown } ? M : never;",
    `export const fit = (model: Awaited<${made.type}>): Asked => model;`,
    "",
  ].join("\n");
  return project.createSourceFile(`${taskPath.slice(0, -".ts".length)}.lavisc-fit.ts`, text, {
    overwrite: true,
  });
}
