import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { CompilerOptions, Project, SourceFile } from "ts-morph";
import { SourceText } from "../../grammar/index.ts";
import type { Host } from "../program/index.ts";
import type { OwnFile } from "./own-card.ts";
import { loadTypeScript, type TypeScript } from "./typescript.ts";

/** An import of a file of the user's by a relative path that leads nowhere. */
export interface LostImport {
  readonly from: OwnFile;
  readonly span: { readonly start: number; readonly end: number };
  readonly specifier: string;
  readonly why: "is not there" | "is not TypeScript" | "has no ending";
}

/** A file with all that it imports by relative paths. */
export interface OwnFiles {
  /** By absolute path; the file itself first. */
  readonly files: ReadonlyMap<string, OwnFile>;
  readonly lost: readonly LostImport[];
  /** Paths that were looked for and are not there: what is known of the file no longer holds once they are. */
  readonly absent: readonly string[];
}

/** The TypeScript files of users as one project, which is kept from one check to the next. */
export class Workspace {
  readonly typescript: TypeScript;
  readonly project: Project;

  /** `folder` is where Node's types are looked for first; `runtimeTypes` are the declarations of `lavis/runtime`. */
  constructor(folder: string, runtimeTypes: string) {
    this.typescript = loadTypeScript();
    this.project = new this.typescript.Project({
      compilerOptions: optionsOf(this.typescript, folder, runtimeTypes),
      skipAddingFilesFromTsConfig: true,
      skipFileDependencyResolution: true,
    });
  }

  /** The file at an absolute path as the compiler sees it. */
  sourceFile(path: string): SourceFile {
    return this.project.getSourceFileOrThrow(path);
  }

  /** Takes in a file, whose text is given, and what it imports by relative paths, as they are now. */
  load(host: Host, path: string, text: string): OwnFiles {
    const files = new Map<string, OwnFile>();
    const lost: LostImport[] = [];
    const absent: string[] = [];
    const add = (one: string, content: string): void => {
      const file = { path: one, source: new SourceText(content, host.display(one)) };
      files.set(one, file);
      const parsed = this.#update(one, content);
      for (const literal of parsed.getImportStringLiterals()) {
        const specifier = literal.getLiteralText();
        if (!/^\.{1,2}(?:\/|$)/.test(specifier)) continue;
        const span = { start: literal.getStart(), end: literal.getEnd() };
        const target = host.resolve(host.directory(one), specifier);
        const written = target.replace(/\.js$/, ".ts");
        if (!written.endsWith(".ts")) {
          const hasEnding = /\.\w+$/.test(specifier);
          lost.push({ from: file, span, specifier, why: hasEnding ? "is not TypeScript" : "has no ending" });
          continue;
        }
        if (files.has(written)) continue;
        const found = host.readFile(written);
        if (typeof found === "string") add(written, found);
        else {
          absent.push(written);
          const isPlain = written !== target && typeof host.readFile(target) === "string";
          lost.push({ from: file, span, specifier, why: isPlain ? "is not TypeScript" : "is not there" });
        }
      }
    };
    add(path, text);
    return { files, lost, absent };
  }

  #update(path: string, text: string): SourceFile {
    const known = this.project.getSourceFile(path);
    if (known?.getFullText() === text) return known;
    return this.project.createSourceFile(path, text, { overwrite: true });
  }
}

function optionsOf(
  { ModuleKind, ModuleResolutionKind, ScriptTarget, ts }: TypeScript,
  folder: string,
  runtimeTypes: string,
): CompilerOptions {
  const node = nodeTypes(folder);
  return {
    target: ScriptTarget.ES2023,
    lib: ["lib.es2023.d.ts"],
    module: ModuleKind.ESNext,
    moduleResolution: ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    strict: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    types: node === undefined ? [] : ["node"],
    ...(node !== undefined && { typeRoots: [node] }),
    paths: { "lavis/runtime": [runtimeTypes] },
  };
}

/** The folder of `@types` with Node's: that of the user's project, else what is installed beside this package. */
function nodeTypes(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const types = join(at, "node_modules", "@types");
    if (existsSync(join(types, "node"))) return types;
    if (dirname(at) === at) break;
  }
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve("@types/node/package.json")));
  } catch {
    return undefined;
  }
}
