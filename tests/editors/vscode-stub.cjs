// Runs the bundled VS Code client without VS Code: `node vscode-stub.cjs EXTENSION FOLDER`. The module `vscode` is one
// that answers everything with more of itself, but for the few things that starting a server depends on. Prints
// what happened as JSON lines.
const Module = require("node:module");
const { pathToFileURL, fileURLToPath } = require("node:url");

const [, , extension, folder] = process.argv;
const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);

/** Something that can be called, constructed, extended and asked for any member. */
function anything(members = {}) {
  const cache = new Map(Object.entries(members));
  return new Proxy(class {}, {
    get(target, key) {
      // Not a promise, no iterator, and a prototype of its own, so that classes can extend it.
      if (key === "then" || typeof key === "symbol") return undefined;
      if (key === "prototype") return target.prototype;
      if (!cache.has(key)) cache.set(key, anything());
      return cache.get(key);
    },
    apply: () => anything(),
    construct: (_, __, newTarget) => Object.create(newTarget.prototype),
  });
}

const uriOf = (href) => {
  const url = new URL(href);
  const fsPath = url.protocol === "file:" ? fileURLToPath(url) : url.pathname;
  return {
    scheme: url.protocol.slice(0, -1),
    authority: "",
    path: url.pathname,
    fsPath,
    toString: () => href,
  };
};
const disposable = () => ({ dispose() {} });

class Disposable {
  #end;
  constructor(end) {
    this.#end = end;
  }
  dispose() {
    this.#end?.();
  }
}

class EventEmitter {
  #listeners = new Set();
  event = (listener) => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };
  fire(value) {
    for (const listener of this.#listeners) listener(value);
  }
  dispose() {}
}

const configuration = { get: (_, otherwise) => otherwise, inspect: () => undefined, has: () => false };
const vscode = anything({
  version: "1.91.0",
  Disposable,
  EventEmitter,
  Uri: { parse: uriOf, file: (path) => uriOf(pathToFileURL(path).href) },
  workspace: anything({
    isTrusted: true,
    workspaceFolders: [{ uri: uriOf(pathToFileURL(folder).href), name: "project", index: 0 }],
    textDocuments: [],
    notebookDocuments: [],
    getConfiguration: () => configuration,
    getWorkspaceFolder: () => undefined,
  }),
  window: anything({
    visibleTextEditors: [],
    visibleNotebookEditors: [],
    activeTextEditor: undefined,
    tabGroups: { all: [], onDidChangeTabs: disposable },
    createOutputChannel: () => anything({ name: "LAVIS" }),
    showErrorMessage: async (message) => say({ error: message }),
  }),
  languages: anything({ match: () => 0 }),
  commands: anything({ registerCommand: (name) => say({ command: name }) ?? disposable() }),
  l10n: { t: (text) => text },
  env: { appName: "stub", language: "en", appHost: "desktop" },
});

const load = Module._load;
Module._load = function (request, ...rest) {
  return request === "vscode" ? vscode : load.call(this, request, ...rest);
};

const client = require(extension);
client
  .activate({ subscriptions: [] })
  .then(() => say({ activated: true }))
  .then(() => client.deactivate())
  .then(() => say({ deactivated: true }))
  .catch((error) => say({ failed: String(error.stack) }))
  .finally(() => process.exit());
