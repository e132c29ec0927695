import type { Diagnostic, PublishDiagnosticsParams } from "vscode-languageserver";
import { type Addresses, diagnosticsByFile } from "./features/diagnostics.ts";
import type { OpenDocument, Session } from "./session.ts";

/** How long nothing is typed before diagnostics are made, in milliseconds. */
const pause = 150;

/** What the client is told. */
export interface Listener {
  send(parameters: PublishDiagnosticsParams): void;
  /** The project's configuration cannot be used. */
  trouble(message: string): void;
  /** A bug of ours, which must not end the server: other documents are served all the same. */
  failed(error: unknown): void;
}

/**
 * Sends the diagnostics of open documents when nothing has been typed for a moment. What an open document brings
 * to light in a file that it imports is shown there, once, whoever else says the same.
 */
export class DiagnosticPublisher {
  readonly #session: Session;
  readonly #addresses: Addresses;
  readonly #client: Listener;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** By the open document's path: the diagnostics that it gives to each file. */
  readonly #given = new Map<string, ReadonlyMap<string, readonly Diagnostic[]>>();

  /** What the client was told about the project's configuration, so that it is told once. */
  readonly #told = new Set<string>();

  constructor(session: Session, addresses: Addresses, client: Listener) {
    this.#session = session;
    this.#addresses = addresses;
    this.#client = client;
  }

  /** A document has changed: it is checked soon, and so are those that import it. */
  changed(document: OpenDocument): void {
    this.#schedule(document);
    for (const other of this.#session.documents())
      if (other !== document && this.#session.dependsOn(other, document.path)) this.#schedule(other);
  }

  /** Anything may have changed: every open document is checked soon. */
  allChanged(): void {
    for (const document of this.#session.documents()) this.#schedule(document);
  }

  closed(path: string): void {
    clearTimeout(this.#timers.get(path));
    this.#timers.delete(path);
    const given = this.#given.get(path);
    this.#given.delete(path);
    for (const file of given?.keys() ?? []) this.#publish(file);
    this.allChanged();
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #schedule({ uri, path }: OpenDocument): void {
    clearTimeout(this.#timers.get(path));
    this.#timers.set(
      path,
      setTimeout(() => {
        this.#timers.delete(path);
        try {
          this.#check(uri, path);
        } catch (error) {
          this.#client.failed(error);
        }
      }, pause),
    );
  }

  #check(uri: string, path: string): void {
    const analysis = this.#session.analysis(uri);
    if (!analysis) return;
    this.#tell(analysis.trouble);
    const before = this.#given.get(path);
    const given = diagnosticsByFile(analysis, this.#addresses);
    this.#given.set(path, given);
    for (const file of new Set([...(before?.keys() ?? []), ...given.keys()])) this.#publish(file);
  }

  #tell(trouble: string | undefined): void {
    if (trouble === undefined) this.#told.clear();
    if (trouble === undefined || this.#told.has(trouble)) return;
    this.#told.add(trouble);
    this.#client.trouble(trouble);
  }

  /** Sends what all open documents say of a file. */
  #publish(path: string): void {
    const uri = this.#addresses.uriOf(path);
    const version = this.#session.document(uri)?.version;
    const said = [...this.#given.values()].flatMap((byFile) => byFile.get(path) ?? []);
    const once = new Map(said.map((one) => [JSON.stringify([one.code, one.range, one.message]), one]));
    this.#client.send({ uri, diagnostics: [...once.values()], ...(version !== undefined && { version }) });
  }
}
