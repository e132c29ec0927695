/** The language server: connects the features, which are functions of an analysed document, to the protocol. */

import {
  type CodeAction,
  CodeActionKind,
  type Connection,
  createConnection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  ErrorCodes,
  type InitializeParams,
  type InitializeResult,
  type Location,
  MessageType,
  ResponseError,
  type ServerCapabilities,
  ShowMessageNotification,
  TextDocumentSyncKind,
  TextDocuments,
  type WorkspaceEdit,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { explainCode } from "../explain/index.ts";
import { ownPackage } from "../package.ts";
import { type Analysis, type FilePlace, warmUp } from "./analysis.ts";
import { type Client, clientOf, sectionOf, settingsOf } from "./client.ts";
import { codeActions, fixAllAction, fixAllKind } from "./features/code-actions.ts";
import { complete } from "./features/completion/index.ts";
import { definition } from "./features/definition.ts";
import type { Addresses } from "./features/diagnostics.ts";
import { foldingRanges } from "./features/folding.ts";
import { formatDocument, formatRange } from "./features/formatting.ts";
import { hover } from "./features/hover.ts";
import { inlayHints } from "./features/inlay-hints.ts";
import { highlights, references } from "./features/references.ts";
import { type FileEdits, prepareRename, RenameError, rename } from "./features/rename.ts";
import { legend, semanticTokens } from "./features/semantic-tokens.ts";
import { documentSymbols } from "./features/symbols.ts";
import { readFolder } from "./folders.ts";
import { occurrenceAt } from "./occurrences.ts";
import { DiagnosticPublisher } from "./publisher.ts";
import { type OpenDocument, Session } from "./session.ts";
import { offsetOf, rangeOf, spanOf } from "./text.ts";

const capabilities: ServerCapabilities = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  completionProvider: { triggerCharacters: [".", '"', "/", "(", "{"] },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind] },
  semanticTokensProvider: { legend, full: true },
  inlayHintProvider: true,
  workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
};

/**
 * Serves one client. The process ends as the protocol says: with 0 after `shutdown` and `exit`, with 1 where the
 * client leaves without.
 */
export function serve(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): void {
  new Server(createConnection(input, output)).listen();
}

class Server {
  readonly #connection: Connection;
  readonly #session = new Session();
  readonly #publisher: DiagnosticPublisher;
  #client: Client | undefined;
  #settings = settingsOf(undefined);

  constructor(connection: Connection) {
    this.#connection = connection;
    const addresses: Addresses = {
      uriOf: (path) => this.#session.uriOf(path),
      explanationOf: (code) =>
        this.#client?.explanationScheme && `${this.#client.explanationScheme}:/${code}.md`,
    };
    this.#publisher = new DiagnosticPublisher(this.#session, addresses, {
      send: (parameters) => void connection.sendDiagnostics(parameters),
      trouble: (message) =>
        void connection.sendNotification(ShowMessageNotification.type, {
          type: MessageType.Warning,
          message,
        }),
      failed: (error) =>
        connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    });
  }

  listen(): void {
    const connection = this.#connection;
    connection.onInitialize((parameters) => this.#initialize(parameters));
    connection.onInitialized(() => this.#initialized());
    connection.onShutdown(() => this.#publisher.dispose());
    this.#followDocuments();
    this.#followWorkspace();
    this.#answerAboutPlaces();
    this.#answerAboutDocuments();
    this.#answerWithEdits();
    connection.onRequest("lavis/explain", (code: string) => explainCode(code)?.explanation ?? null);
    connection.listen();
  }

  #initialize(parameters: InitializeParams): InitializeResult {
    this.#client = clientOf(parameters);
    const folders = parameters.workspaceFolders?.map(({ uri }) => uri) ?? [];
    const root = folders.length === 0 && parameters.rootUri ? [parameters.rootUri] : [];
    this.#session.folders = [...folders, ...root].map((uri) => this.#session.pathOf(uri));
    // Once the answer is on its way: clients take some time to open a document.
    setImmediate(warmUp);
    return { capabilities, serverInfo: { name: "lavisc", version: ownPackage().version } };
  }

  async #initialized(): Promise<void> {
    const { client } = this.#connection;
    if (this.#client?.workspaceFolders) this.#followFolders();
    if (this.#client?.configuration) await client.register(DidChangeConfigurationNotification.type);
    if (this.#client?.watchesFiles)
      await client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [
          { globPattern: "**/*.lavis" },
          { globPattern: "**/lavisc.json" },
          { globPattern: "**/*.ts" },
        ],
      });
    await this.#configure(undefined);
  }

  /** Asks the client for its configuration, or takes what it sent. */
  async #configure(sent: unknown): Promise<void> {
    const section: unknown = this.#client?.configuration
      ? await this.#connection.workspace.getConfiguration("lavis")
      : sectionOf(sent);
    this.#settings = settingsOf(section);
    if (this.#client?.refreshesHints) await this.#connection.languages.inlayHint.refresh();
  }

  #followDocuments(): void {
    const documents = new TextDocuments(TextDocument);
    documents.onDidChangeContent(({ document }) => {
      const updated = this.#session.update(document.uri, document.version, document.getText());
      this.#publisher.changed(updated);
    });
    documents.onDidClose(({ document }) => {
      const path = this.#session.pathOf(document.uri);
      this.#session.close(document.uri);
      this.#publisher.closed(path);
    });
    documents.listen(this.#connection);
  }

  #followWorkspace(): void {
    this.#connection.onDidChangeConfiguration(({ settings }) => this.#configure(settings));
    this.#connection.onDidChangeWatchedFiles(() => {
      this.#session.filesChanged();
      this.#publisher.allChanged();
    });
  }

  /** What may be asked for only when the client has said that it can. */
  #followFolders(): void {
    this.#connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      const pathsOf = (folders: readonly { readonly uri: string }[]) =>
        folders.map(({ uri }) => this.#session.pathOf(uri));
      const gone = new Set(pathsOf(removed));
      const kept = this.#session.folders.filter((folder) => !gone.has(folder));
      this.#session.folders = [...kept, ...pathsOf(added)];
      this.#session.filesChanged();
      this.#publisher.allChanged();
    });
  }

  #answerAboutPlaces(): void {
    const connection = this.#connection;
    connection.onCompletion(({ textDocument, position }) => {
      const document = this.#session.document(textDocument.uri);
      const known = document && this.#session.lastAnalysis(textDocument.uri);
      if (!known) return null;
      const { source } = document;
      const snippets = this.#client?.snippets ?? false;
      return [...complete({ source, offset: offsetOf(source, position), known, readFolder, snippets })];
    });
    connection.onHover(({ textDocument, position }) =>
      this.#at(textDocument, position, (analysis, offset) => hover(analysis, offset)),
    );
    connection.onDefinition(({ textDocument, position }) =>
      this.#at(textDocument, position, (analysis, offset) => {
        const place = definition(analysis, offset);
        return place && this.#location(place);
      }),
    );
    connection.onReferences(({ textDocument, position, context }) =>
      this.#at(textDocument, position, (analysis, offset) => {
        const files = this.#filesNaming(analysis, offset);
        return references(analysis, offset, files, context.includeDeclaration).map((place) =>
          this.#location(place),
        );
      }),
    );
    connection.onDocumentHighlight(({ textDocument, position }) =>
      this.#at(textDocument, position, (analysis, offset) => [...highlights(analysis, offset)]),
    );
  }

  #answerAboutDocuments(): void {
    const connection = this.#connection;
    connection.onDocumentSymbol(({ textDocument }) =>
      this.#in(textDocument, (analysis) => [...documentSymbols(analysis)]),
    );
    connection.onFoldingRanges(({ textDocument }) =>
      this.#in(textDocument, (analysis) => [...foldingRanges(analysis)]),
    );
    connection.languages.semanticTokens.on(
      ({ textDocument }) => this.#in(textDocument, semanticTokens) ?? { data: [] },
    );
    connection.languages.inlayHint.on(({ textDocument, range }) =>
      this.#in(textDocument, (analysis) => [
        ...inlayHints(analysis, spanOf(analysis.source, range), this.#settings.inlayHints),
      ]),
    );
  }

  #answerWithEdits(): void {
    const connection = this.#connection;
    connection.onDocumentFormatting(({ textDocument }) => {
      const document = this.#session.document(textDocument.uri);
      return document ? [...formatDocument(document.source)] : null;
    });
    connection.onDocumentRangeFormatting(({ textDocument, range }) => {
      const document = this.#session.document(textDocument.uri);
      return document ? [...formatRange(document.source, spanOf(document.source, range))] : null;
    });
    connection.onPrepareRename(({ textDocument, position }) =>
      this.#at(textDocument, position, prepareRename),
    );
    connection.onRenameRequest(({ textDocument, position, newName }) =>
      this.#at(textDocument, position, (analysis, offset) => {
        try {
          return this.#workspaceEdit(rename(analysis, offset, newName, this.#filesNaming(analysis, offset)));
        } catch (error) {
          if (error instanceof RenameError) return new ResponseError(ErrorCodes.InvalidParams, error.message);
          throw error;
        }
      }),
    );
    connection.onCodeAction(({ textDocument, range, context }) =>
      this.#in(textDocument, (analysis) => {
        const wants = (kind: string): boolean =>
          context.only?.some((only) => kind === only || kind.startsWith(`${only}.`)) ?? true;
        const single = wants(CodeActionKind.QuickFix)
          ? codeActions(analysis, spanOf(analysis.source, range))
          : [];
        const all = wants(fixAllKind) ? fixAllAction(analysis) : [];
        return [...single, ...all].map(({ title, kind, isPreferred, diagnostic, files }): CodeAction => {
          const repaired = context.diagnostics.filter(
            ({ code, range: at }) =>
              diagnostic?.code === code && spanOf(analysis.source, at).start === diagnostic?.span.start,
          );
          return { title, kind, isPreferred, diagnostics: repaired, edit: this.#workspaceEdit(files) };
        });
      }),
    );
  }

  /** Answers with what a feature says of a document; with nothing where it is closed by now. */
  #in<T>({ uri }: { readonly uri: string }, feature: (analysis: Analysis) => T): T | null {
    const analysis = this.#session.analysis(uri);
    return analysis ? (feature(analysis) ?? null) : null;
  }

  #at<T>(
    document: { readonly uri: string },
    position: { readonly line: number; readonly character: number },
    feature: (analysis: Analysis, offset: number) => T,
  ): T | null {
    return this.#in(document, (analysis) => feature(analysis, offsetOf(analysis.source, position)));
  }

  #filesNaming(analysis: Analysis, offset: number) {
    const name = occurrenceAt(analysis.file, offset)?.name.text;
    return name === undefined ? [analysis.file] : this.#session.filesNaming(name, analysis);
  }

  #location({ path, source, span }: FilePlace): Location {
    return { uri: this.#session.uriOf(path), range: rangeOf(source, span) };
  }

  #workspaceEdit(files: readonly FileEdits[]): WorkspaceEdit {
    const addressed = files.map(({ path, edits }) => ({ uri: this.#session.uriOf(path), edits: [...edits] }));
    if (!this.#client?.versionedEdits)
      return { changes: Object.fromEntries(addressed.map(({ uri, edits }) => [uri, edits])) };
    const documentChanges = addressed.map(({ uri, edits }) => {
      const open: OpenDocument | undefined = this.#session.document(uri);
      return { textDocument: { uri, version: open?.version ?? null }, edits };
    });
    return { documentChanges };
  }
}
