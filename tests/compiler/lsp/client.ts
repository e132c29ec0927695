import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import {
  type ClientCapabilities,
  createProtocolConnection,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";

const bundle = fileURLToPath(new URL("../../../dist/lavisc.js", import.meta.url));
if (!existsSync(bundle)) throw new Error('the command line is not built: run "npm run build" first');

/** What an editor with all abilities can do. */
const able: ClientCapabilities = {
  textDocument: { completion: { completionItem: { snippetSupport: true } } },
  workspace: { workspaceEdit: { documentChanges: true }, workspaceFolders: true },
};

/** An editor: a client of the real protocol library, and `lavisc lsp` as its child process. */
export interface Editor {
  readonly folder: string;
  readonly server: ChildProcess;
  readonly connection: ProtocolConnection;
  readonly initialized: InitializeResult;
  /** What the process ended with. */
  readonly exit: Promise<number | null>;
  uri(name: string): string;
  open(name: string, text: string): Promise<void>;
  change(name: string, version: number, text: string): Promise<void>;
  /** The next diagnostics of a document that fit. */
  diagnostics(
    name: string,
    fits?: (sent: PublishDiagnosticsParams) => boolean,
  ): Promise<PublishDiagnosticsParams>;
}

export interface EditorOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly capabilities?: ClientCapabilities;
  /** Folders of the workspace, below the editor's folder; the folder itself, unless given. */
  readonly folders?: readonly string[];
  readonly initializationOptions?: unknown;
  /** Called before the client starts to listen. */
  readonly prepare?: (connection: ProtocolConnection) => void;
}

/** Starts a server and does the protocol's handshake; both end with the test. */
export async function startEditor(options: EditorOptions = {}): Promise<Editor> {
  const { files = {}, capabilities = able, folders = [""], initializationOptions, prepare } = options;
  const folder = mkdtempSync(join(tmpdir(), "lavisc-lsp-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const server = spawn(process.execPath, [bundle, "lsp", "--stdio"], { stdio: "pipe" });
  const exit = new Promise<number | null>((resolve) => server.once("exit", resolve));
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  onTestFinished(() => {
    connection.dispose();
    server.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });
  const sent: PublishDiagnosticsParams[] = [];
  const waiting = new Set<() => void>();
  connection.onNotification("textDocument/publishDiagnostics", (parameters: PublishDiagnosticsParams) => {
    sent.push(parameters);
    for (const look of [...waiting]) look();
  });
  prepare?.(connection);
  connection.listen();
  const uri = (name: string): string => pathToFileURL(join(folder, name)).href;
  const initialized: InitializeResult = await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities,
    workspaceFolders: folders.map((name) => ({ uri: uri(name), name })),
    initializationOptions,
  });
  await connection.sendNotification("initialized", {});
  return {
    folder,
    server,
    connection,
    initialized,
    exit,
    uri,
    open: (name, text) =>
      connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri: uri(name), languageId: "lavis", version: 1, text },
      }),
    change: (name, version, text) =>
      connection.sendNotification("textDocument/didChange", {
        textDocument: { uri: uri(name), version },
        contentChanges: [{ text }],
      }),
    diagnostics: (name, fits = () => true) =>
      new Promise((resolve) => {
        const look = (): void => {
          const at = sent.findIndex((one) => one.uri === uri(name) && fits(one));
          const [found] = at < 0 ? [] : sent.splice(at, 1);
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}
