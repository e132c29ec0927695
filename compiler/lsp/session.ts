import { basename, dirname } from "node:path";
import { SourceText } from "../../grammar/index.ts";
import { DiagnosticCollector } from "../diagnostics/index.ts";
import { OwnLibrary } from "../own/index.ts";
import { type Host, loadProgram, nodeHost, type Program, type SourceFile } from "../program/index.ts";
import { type Analysis, analyse } from "./analysis.ts";
import { folderAround, recipesIn } from "./folders.ts";
import { pathOfUri, uriOfPath } from "./uris.ts";

/** A document that the client has open: its text counts, not the file's. */
export interface OpenDocument {
  readonly uri: string;
  readonly path: string;
  readonly version: number;
  readonly source: SourceText;
}

interface Cached {
  readonly analysis: Analysis | undefined;
  /** The state of all texts that it was made from. */
  readonly generation: number;
}

/** The documents that a client has open, laid over the disk, and what is known of them. */
export class Session {
  /** Absolute paths of the workspace's folders; there may be none. */
  folders: readonly string[] = [];
  readonly #open = new Map<string, OpenDocument>();
  readonly #analyses = new Map<string, Cached>();
  readonly #library = new OwnLibrary();
  #generation = 0;

  /** Takes in a document as the client has it now. */
  update(uri: string, version: number, text: string): OpenDocument {
    const path = this.pathOf(uri);
    const source = new SourceText(text, this.#host(path).display(path));
    const document = { uri, path, version, source };
    this.#open.set(path, document);
    this.#generation++;
    return document;
  }

  /** The file on disk counts again. */
  close(uri: string): void {
    const path = this.pathOf(uri);
    this.#open.delete(path);
    this.#analyses.delete(path);
    this.#generation++;
  }

  /** Files that are not open have changed. */
  filesChanged(): void {
    this.#generation++;
  }

  document(uri: string): OpenDocument | undefined {
    return this.#open.get(this.pathOf(uri));
  }

  documents(): readonly OpenDocument[] {
    return [...this.#open.values()];
  }

  pathOf(uri: string): string {
    return pathOfUri(uri, this.folders[0] ?? process.cwd());
  }

  /** The address of a file as the client knows it. */
  uriOf(path: string): string {
    return this.#open.get(path)?.uri ?? uriOfPath(path);
  }

  /** An open document, analysed as all texts are now; undefined where it is not open (any more). */
  analysis(uri: string): Analysis | undefined {
    const path = this.pathOf(uri);
    if (!this.#open.has(path)) return undefined;
    const cached = this.#analyses.get(path);
    if (cached?.generation === this.#generation) return cached.analysis;
    const importers = () => this.#programsNaming(basename(path), path);
    const analysis = analyse(this.#host(path), path, { importers, library: this.#library });
    this.#analyses.set(path, { analysis, generation: this.#generation });
    return analysis;
  }

  /** An open document as it was last analysed, perhaps some keystrokes ago: what completion cannot wait for. */
  lastAnalysis(uri: string): Analysis | undefined {
    return this.#analyses.get(this.pathOf(uri))?.analysis ?? this.analysis(uri);
  }

  /** Whether an open document imports a file, directly or not, as far as was known when it was last analysed. */
  dependsOn({ path }: OpenDocument, imported: string): boolean {
    return this.#analyses.get(path)?.analysis?.program.files.has(imported) ?? false;
  }

  /** Every file that may name what a document declares or imports: those of the workspace, and those that are open. */
  filesNaming(name: string, { path, program }: Analysis): readonly SourceFile[] {
    const files = new Map(program.files);
    for (const { entry } of this.#programsNaming(name, path))
      if (!files.has(entry.path)) files.set(entry.path, entry);
    return [...files.values()];
  }

  /** The programs of the other files, open or of the workspace, in whose text a word stands. */
  #programsNaming(word: string, except: string): readonly Program[] {
    const paths = new Set([...this.#open.keys(), ...recipesIn(this.folders)]);
    paths.delete(except);
    return [...paths].flatMap((path) => {
      const host = this.#host(path);
      const text = host.readFile(path);
      if (typeof text !== "string" || !text.includes(word)) return [];
      const program = loadProgram(host, path, new DiagnosticCollector());
      return "problem" in program ? [] : [program];
    });
  }

  /** The disk with the open documents over it; paths are shown relative to the workspace's folder around. */
  #host(path: string): Host {
    const disk = nodeHost(folderAround(path, this.folders) ?? dirname(path));
    return { ...disk, readFile: (one) => this.#open.get(one)?.source.text ?? disk.readFile(one) };
  }
}
