import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProtocolConnection, TextEdit } from "vscode-languageserver-protocol/node";
import { positionOf } from "../../../compiler/lsp/text.ts";
import { SourceText } from "../../../grammar/index.ts";
import { type Editor, startEditor } from "./client.ts";
import { applied, commonFile, whole } from "./support.ts";

const name = "recipes/emoji.lavis";
const files = { [name]: whole, "recipes/common.lavis": commonFile };

/** Asks a server with the whole recipe open about the first place of a text in it, or of the document. */
function asking(editor: Editor) {
  const textDocument = { uri: editor.uri(name) };
  const place = (text: string, within = 1) => {
    const at = whole.indexOf(text);
    if (at < 0) throw new Error(`the recipe has no ${text}`);
    return { textDocument, position: positionOf(new SourceText(whole), at + within) };
  };
  return {
    about: (method: string, text: string, more: object = {}): Promise<unknown> =>
      editor.connection.sendRequest(`textDocument/${method}`, { ...place(text), ...more }),
    of: (method: string, more: object = {}): Promise<unknown> =>
      editor.connection.sendRequest(`textDocument/${method}`, { textDocument, ...more }),
  };
}

async function opened(): Promise<Editor> {
  const editor = await startEditor({ files });
  await editor.open(name, whole);
  return editor;
}

describe("lavisc lsp", () => {
  it("says who it is and what it can do", async () => {
    const { initialized } = await startEditor();
    expect(initialized.serverInfo?.name).toBe("lavisc");
    expect(Object.keys(initialized.capabilities).sort()).toEqual([
      "codeActionProvider",
      "completionProvider",
      "definitionProvider",
      "documentFormattingProvider",
      "documentHighlightProvider",
      "documentRangeFormattingProvider",
      "documentSymbolProvider",
      "foldingRangeProvider",
      "hoverProvider",
      "inlayHintProvider",
      "referencesProvider",
      "renameProvider",
      "semanticTokensProvider",
      "textDocumentSync",
      "workspace",
    ]);
  });

  it("answers every request about a place and a document", async () => {
    const editor = await opened();
    const { about, of } = asking(editor);
    const common = editor.uri("recipes/common.lavis");

    expect(await about("completion", "device = cpu")).toEqual(
      expect.arrayContaining([expect.objectContaining({ label: "seed" })]),
    );
    expect(await about("hover", "init_lr =")).toMatchObject({
      contents: { kind: "markdown", value: expect.stringContaining("`schedule.init_lr = 2e-5`") },
    });
    expect(await about("definition", 'data_root / "images"')).toMatchObject({ uri: common });
    const found = await about("references", "quick }", { context: { includeDeclaration: true } });
    expect(found).toHaveLength(3);
    expect(await about("documentHighlight", "peak_lr: number")).toHaveLength(2);
    expect(await about("prepareRename", "peak_lr: number")).toMatchObject({ placeholder: "peak_lr" });
    expect(await of("documentSymbol")).toHaveLength(4);
    expect(await of("foldingRange")).not.toHaveLength(0);
    expect(await of("semanticTokens/full")).toMatchObject({ data: expect.arrayContaining([0]) });
    const all = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    expect(await of("inlayHint", { range: all })).not.toHaveLength(0);
    expect(await of("formatting", { options: { tabSize: 2, insertSpaces: true } })).toEqual([]);
    expect(await of("codeAction", { range: all, context: { diagnostics: [] } })).toEqual([]);
  });

  it("renames across files, with the versions of open ones", async () => {
    const editor = await opened();
    const edit = await asking(editor).about("rename", "quick }", { newName: "fast" });
    expect(edit).toMatchObject({
      documentChanges: [
        {
          textDocument: { uri: editor.uri(name), version: 1 },
          edits: [{ newText: "fast" }, { newText: "fast" }],
        },
        {
          textDocument: { uri: editor.uri("recipes/common.lavis"), version: null },
          edits: [{ newText: "fast" }],
        },
      ],
    });
    await expect(asking(editor).about("rename", "quick }", { newName: "recipe" })).rejects.toThrow(
      "`recipe` is a word of the language",
    );
  });
});

describe("diagnostics", () => {
  it("come as one types, for the version that they are of, with the rest of what is known", async () => {
    const editor = await startEditor({
      files,
      initializationOptions: { explanationScheme: "lavis-explain" },
    });
    await editor.open(name, whole);
    expect(await editor.diagnostics(name)).toMatchObject({ version: 1, diagnostics: [] });
    await editor.change(name, 2, whole.replace("max_epoch = 3", "max_epoch = 3px"));
    const { version, diagnostics } = await editor.diagnostics(name, (sent) => sent.diagnostics.length > 0);
    expect(version).toBe(2);
    expect(diagnostics).toMatchObject([
      {
        code: "LV2102",
        severity: 1,
        source: "lavisc",
        codeDescription: { href: "lavis-explain:/LV2102.md" },
      },
    ]);
    expect(await editor.connection.sendRequest("lavis/explain", "LV2102")).toContain("unit");
  });

  it("see imported documents as they are in the editor, and follow when those change or close", async () => {
    const editor = await startEditor({ files });
    await editor.open(name, whole);
    await editor.diagnostics(name);
    await editor.open("recipes/common.lavis", commonFile.replace("fragment quick", "fragment fast"));
    const broken = await editor.diagnostics(name, (sent) => sent.diagnostics.length > 0);
    expect(broken.diagnostics.map(({ code }) => code)).toEqual(["LV2004"]);
    await editor.connection.sendNotification("textDocument/didClose", {
      textDocument: { uri: editor.uri("recipes/common.lavis") },
    });
    expect((await editor.diagnostics(name, (sent) => sent.diagnostics.length === 0)).version).toBe(1);
  });

  it("of an imported file are shown there, and go when the document that found them closes", async () => {
    const wrong = commonFile.replace("seed = 7", "seed = true");
    const editor = await startEditor({ files: { ...files, "recipes/common.lavis": wrong } });
    await editor.open(name, whole);
    const found = await editor.diagnostics("recipes/common.lavis");
    expect(found.diagnostics.map(({ code }) => code)).toEqual(["LV2101"]);
    await editor.connection.sendNotification("textDocument/didClose", {
      textDocument: { uri: editor.uri(name) },
    });
    expect(await editor.diagnostics("recipes/common.lavis")).toMatchObject({ diagnostics: [] });
  });

  it("have the second place as related information", async () => {
    const editor = await startEditor({ files });
    await editor.open(name, `${whole}let name = 1\n`);
    const { diagnostics } = await editor.diagnostics(name);
    expect(diagnostics).toMatchObject([
      {
        code: "LV2002",
        relatedInformation: [{ message: "first declared here", location: { uri: editor.uri(name) } }],
      },
    ]);
  });
});

describe("code actions", () => {
  it("repair what is wrong, one by one and all at once", async () => {
    const editor = await startEditor({ files });
    const text = whole.replace("init_lr = peak_lr", "init_lr == peak_lr # here");
    await editor.open(name, text);
    const { diagnostics } = await editor.diagnostics(name);
    expect(diagnostics.map(({ code }) => code)).toEqual(["LV1006", "LV1008"]);
    const [first] = diagnostics;
    const ask = (only?: string[]) =>
      editor.connection.sendRequest("textDocument/codeAction", {
        textDocument: { uri: editor.uri(name) },
        range: first?.range,
        context: { diagnostics, ...(only && { only }) },
      });
    expect(await ask(["quickfix"])).toMatchObject([
      { kind: "quickfix", isPreferred: true, diagnostics: [first] },
    ]);
    const all = (await ask(["source.fixAll"])) as { edit: { documentChanges: { edits: TextEdit[] }[] } }[];
    expect(all).toMatchObject([{ kind: "source.fixAll.lavis" }]);
    const edits = all[0]?.edit.documentChanges[0]?.edits ?? [];
    expect(applied(text, edits)).toBe(whole.replace("init_lr = peak_lr", "init_lr = peak_lr // here"));
  });
});

describe("the workspace", () => {
  it("may be several folders: a rename reaches all of them", async () => {
    const shared = "let size = 64px\n";
    const user = 'import { size } from "../a/shared.lavis"\nlet twice = size * 2\n';
    const editor = await startEditor({
      files: { "a/shared.lavis": shared, "b/user.lavis": user },
      folders: ["a", "b"],
    });
    await editor.open("a/shared.lavis", shared);
    const edit = await editor.connection.sendRequest("textDocument/rename", {
      textDocument: { uri: editor.uri("a/shared.lavis") },
      position: { line: 0, character: 5 },
      newName: "side",
    });
    expect(edit).toMatchObject({
      documentChanges: [
        { textDocument: { uri: editor.uri("a/shared.lavis") }, edits: [{}] },
        { textDocument: { uri: editor.uri("b/user.lavis") }, edits: [{}, {}] },
      ],
    });
  });

  it("may get folders, and lose them", async () => {
    const shared = "let size = 64px\n";
    const user = 'import { size } from "../a/shared.lavis"\nlet twice = size * 2\n';
    const editor = await startEditor({
      files: { "a/shared.lavis": shared, "b/user.lavis": user },
      folders: ["a"],
    });
    await editor.open("a/shared.lavis", shared);
    const numFound = async () => {
      const found: unknown[] = await editor.connection.sendRequest("textDocument/references", {
        textDocument: { uri: editor.uri("a/shared.lavis") },
        position: { line: 0, character: 5 },
        context: { includeDeclaration: true },
      });
      return found.length;
    };
    const folder = { uri: editor.uri("b"), name: "b" };
    const change = (added: object[], removed: object[]) =>
      editor.connection.sendNotification("workspace/didChangeWorkspaceFolders", {
        event: { added, removed },
      });
    expect(await numFound()).toBe(1);
    await change([folder], []);
    expect(await numFound()).toBe(3);
    await change([], [folder]);
    expect(await numFound()).toBe(1);
  });

  it("may have a configuration that cannot be used, which is said once", async () => {
    const said: string[] = [];
    const editor = await startEditor({
      files: { ...files, "lavisc.json": "{" },
      prepare: (connection: ProtocolConnection) => {
        connection.onNotification("window/showMessage", ({ message }) => {
          said.push(message);
        });
      },
    });
    await editor.open(name, whole);
    await editor.diagnostics(name);
    await editor.change(name, 2, `${whole}\n`);
    await editor.diagnostics(name, ({ version }) => version === 2);
    expect(said).toEqual([expect.stringContaining("lavisc.json cannot be used")]);
  });

  it("may be none, and a document may be in no file yet", async () => {
    const editor = await startEditor({ folders: [] });
    const textDocument = {
      uri: "untitled:Untitled-1",
      languageId: "lavis",
      version: 1,
      text: "let a = 1\nlet b = a\n",
    };
    await editor.connection.sendNotification("textDocument/didOpen", { textDocument });
    const found = await editor.connection.sendRequest("textDocument/definition", {
      textDocument,
      position: { line: 1, character: 8 },
    });
    expect(found).toMatchObject({ uri: "untitled:Untitled-1", range: { start: { line: 0, character: 4 } } });
  });

  it("is configured by the client, which may change its mind", async () => {
    let mode = "off";
    let numRefreshes = 0;
    const editor = await startEditor({
      files,
      capabilities: {
        workspace: {
          configuration: true,
          didChangeConfiguration: { dynamicRegistration: true },
          inlayHint: { refreshSupport: true },
        },
      },
      prepare: (connection: ProtocolConnection) => {
        connection.onRequest("workspace/configuration", () => [{ inlayHints: mode }]);
        connection.onRequest("client/registerCapability", () => null);
        connection.onRequest("workspace/inlayHint/refresh", () => {
          numRefreshes++;
          return null;
        });
      },
    });
    await editor.open(name, whole);
    await editor.diagnostics(name);
    const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    const hints = () => asking(editor).of("inlayHint", { range });
    expect(await hints()).toEqual([]);
    mode = "all";
    await editor.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
    await expect.poll(hints).not.toEqual([]);
    await expect.poll(() => numRefreshes).toBeGreaterThan(1);
  });

  it("is read again when files change on disk", async () => {
    const editor = await opened();
    await editor.diagnostics(name);
    const path = join(editor.folder, "recipes/common.lavis");
    writeFileSync(path, "");
    await editor.connection.sendNotification("workspace/didChangeWatchedFiles", {
      changes: [{ uri: editor.uri("recipes/common.lavis"), type: 2 }],
    });
    const { diagnostics } = await editor.diagnostics(name, (sent) => sent.diagnostics.length > 0);
    expect(diagnostics.map(({ code }) => code)).toEqual(["LV2004", "LV2004"]);
  });
});

describe("the connection", () => {
  it("ends with 0 after shutdown and exit", async () => {
    const editor = await startEditor();
    await editor.connection.sendRequest("shutdown");
    await editor.connection.sendNotification("exit");
    expect(await editor.exit).toBe(0);
  });

  it("ends with 1 where the client exits without a shutdown, or dies", async () => {
    const [rude, dead] = await Promise.all([startEditor(), startEditor()]);
    await rude.connection.sendNotification("exit");
    dead.server.stdin?.end();
    expect(await Promise.all([rude.exit, dead.exit])).toEqual([1, 1]);
  });

  it("refuses what it does not know and goes on", async () => {
    const editor = await opened();
    await expect(editor.connection.sendRequest("textDocument/unheardOf", {})).rejects.toMatchObject({
      code: -32601,
    });
    expect(await asking(editor).of("documentSymbol")).toHaveLength(4);
  });

  it("survives a message that is no JSON", async () => {
    const editor = await opened();
    const garbage = "{ this is no JSON";
    editor.server.stdin?.write(`Content-Length: ${garbage.length}\r\n\r\n${garbage}`);
    expect(await asking(editor).of("documentSymbol")).toHaveLength(4);
  });

  it("has nothing to say of a document that is closed while it is asked about", async () => {
    const editor = await opened();
    const { about, of } = asking(editor);
    const before = about("hover", "init_lr =");
    const closed = editor.connection.sendNotification("textDocument/didClose", {
      textDocument: { uri: editor.uri(name) },
    });
    const behind = [of("documentSymbol"), about("completion", "init_lr"), of("formatting", { options: {} })];
    await closed;
    expect(await before).not.toBeNull();
    expect(await Promise.all(behind)).toEqual([null, null, null]);
    expect(await of("semanticTokens/full")).toEqual({ data: [] });
  });
});
