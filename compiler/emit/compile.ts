import { join } from "node:path";
import { type CompilerOptions, ModuleKind, ModuleResolutionKind, Project, ScriptTarget, ts } from "ts-morph";

const compilerOptions: CompilerOptions = {
  target: ScriptTarget.ES2023,
  lib: ["lib.es2023.d.ts"],
  module: ModuleKind.ESNext,
  moduleResolution: ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  strict: true,
  noUnusedLocals: true,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
  skipLibCheck: true,
  types: [],
  sourceMap: true,
};

/** What Node adds to modules, so that a program checks where Node's own types are not installed. */
const nodeGlobals = "interface ImportMeta { readonly url: string; }\n";

/**
 * Type-checks a program against the runtime's published types (`runtimeTypes`, the absolute path of its
 * `index.d.ts`) and returns what the TypeScript compiler has to say, one message a line: nothing for a
 * program that is right. `fileName` is the absolute path that the program will have, `modules` are the texts of
 * files that it imports, by their absolute paths; nothing is written.
 */
export function typeCheck(
  text: string,
  fileName: string,
  runtimeTypes: string,
  modules: ReadonlyMap<string, string> = new Map(),
): string[] {
  const project = new Project({
    compilerOptions: { ...compilerOptions, paths: { "lavis/runtime": [runtimeTypes] } },
    skipAddingFilesFromTsConfig: true,
    skipFileDependencyResolution: true,
  });
  if (!project.getFileSystem().fileExistsSync(runtimeTypes))
    return [`the runtime's types are not built: there is no ${runtimeTypes}`];
  for (const [path, module] of modules) project.createSourceFile(path, module, { overwrite: true });
  const source = project.createSourceFile(fileName, text, { overwrite: true });
  const globals = project.createSourceFile(join(fileName, "..", "node-globals.d.ts"), nodeGlobals, {
    overwrite: true,
  });
  const diagnostics = [globals, source].flatMap((file) => file.getPreEmitDiagnostics());
  return diagnostics.map((diagnostic) => {
    const message = ts.flattenDiagnosticMessageText(diagnostic.compilerObject.messageText, "\n");
    const place = diagnostic.getLineNumber();
    return `${place === undefined ? "" : `line ${place}: `}${message}`;
  });
}

export interface Transpiled {
  readonly text: string;
  /** The encoded mappings of a source map from the JavaScript to the TypeScript. */
  readonly mappings: string;
}

/** The JavaScript of a program, comments kept, with its mappings. The last line names the map beside it. */
export function transpile(text: string, fileName: string): Transpiled {
  const { outputText, sourceMapText } = ts.transpileModule(text, { compilerOptions, fileName });
  const { mappings }: { readonly mappings: string } = JSON.parse(sourceMapText ?? '{"mappings":""}');
  return { text: `${outputText}\n`, mappings };
}
