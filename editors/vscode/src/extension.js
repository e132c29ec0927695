// The client: starts the project's own lavisc and hands it over to VS Code's protocol library.
const vscode = require("vscode");
const { LanguageClient, State } = require("vscode-languageclient/node");
const { findServer } = require("./server.js");

/** The scheme under which the explanations of diagnostics are shown. */
const explanationScheme = "lavis-explain";

/** @type {LanguageClient | undefined} */
let client;

/** @param {vscode.ExtensionContext} context */
async function activate(context) {
  const { commands, workspace } = vscode;
  context.subscriptions.push(
    commands.registerCommand("lavis.restartServer", restart),
    workspace.onDidGrantWorkspaceTrust(restart),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("lavis.server.path")) void restart();
    }),
    workspace.registerTextDocumentContentProvider(explanationScheme, { provideTextDocumentContent: explain }),
  );
  await start();
}

async function deactivate() {
  await client?.dispose();
  client = undefined;
}

async function restart() {
  await deactivate();
  await start();
}

async function start() {
  const { workspace, window } = vscode;
  // What a folder brings along is run only where its owner is trusted.
  if (!workspace.isTrusted) return;
  const setting = workspace.getConfiguration("lavis").get("server.path", "");
  const folders = (workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const { command, args, shell } = findServer(setting, folders);
  const starting = new LanguageClient(
    "lavis",
    "LAVIS",
    { command, args: [...args], options: { shell, ...(folders[0] && { cwd: folders[0] }) } },
    {
      documentSelector: [{ language: "lavis" }],
      initializationOptions: { explanationScheme },
    },
  );
  try {
    await starting.start();
    client = starting;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    void window.showErrorMessage(
      `${command} could not be started as the language server of recipes: ${why}. Install lavis in the project (npm install --save-dev lavis), or set lavis.server.path.`,
    );
  }
}

/** @param {vscode.Uri} uri */
async function explain(uri) {
  const code = uri.path.replace(/^\/|\.md$/g, "");
  if (client?.state !== State.Running) return "";
  const text = await client.sendRequest("lavis/explain", code);
  return typeof text === "string" ? `# ${code}\n\n${text}\n` : "";
}

module.exports = { activate, deactivate };
