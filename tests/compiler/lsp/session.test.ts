import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { clientOf, sectionOf, settingsOf } from "../../../compiler/lsp/client.ts";
import { folderAround, readFolder, recipesIn } from "../../../compiler/lsp/folders.ts";
import { Session } from "../../../compiler/lsp/session.ts";
import { pathOfUri, uriOfPath } from "../../../compiler/lsp/uris.ts";
import { commonFile, whole } from "./support.ts";

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "lavisc-session-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const uriIn = (folder: string, name: string): string => pathToFileURL(join(folder, name)).href;

describe("a session", () => {
  it("lays open documents over the disk, and takes them away again", () => {
    const folder = folderOf({ "r.lavis": whole, "common.lavis": commonFile });
    const session = new Session();
    const codes = () => session.analysis(uriIn(folder, "r.lavis"))?.diagnostics.map(({ code }) => code);
    session.update(uriIn(folder, "r.lavis"), 1, whole);
    expect(codes()).toEqual([]);
    session.update(uriIn(folder, "common.lavis"), 1, "");
    expect(codes()).toEqual(["LV2004", "LV2004"]);
    session.close(uriIn(folder, "common.lavis"));
    expect(codes()).toEqual([]);
  });

  it("analyses again only when a text has changed", () => {
    const folder = folderOf({});
    const session = new Session();
    const uri = uriIn(folder, "r.lavis");
    session.update(uri, 1, "let a = 1\n");
    const first = session.analysis(uri);
    expect(session.analysis(uri)).toBe(first);
    session.update(uri, 2, "let a = 2\n");
    expect(session.lastAnalysis(uri)).toBe(first);
    expect(session.analysis(uri)).not.toBe(first);
    const second = session.analysis(uri);
    session.filesChanged();
    expect(session.analysis(uri)).not.toBe(second);
  });

  it("knows nothing of documents that are not open", () => {
    const folder = folderOf({ "r.lavis": whole });
    const session = new Session();
    const uri = uriIn(folder, "r.lavis");
    expect(session.analysis(uri)).toBeUndefined();
    expect(session.document(uri)).toBeUndefined();
    session.update(uri, 1, whole);
    session.close(uri);
    expect(session.lastAnalysis(uri)).toBeUndefined();
  });

  it("tells which documents depend on a file, and which files name something", () => {
    const folder = folderOf({
      "r.lavis": whole,
      "common.lavis": commonFile,
      "other/user.lavis": 'import { quick } from "../common.lavis"\n',
      "other/stranger.lavis": "let a = 1\n",
    });
    const session = new Session();
    session.folders = [folder];
    const document = session.update(uriIn(folder, "r.lavis"), 1, whole);
    const analysis = session.analysis(document.uri);
    if (!analysis) throw new Error("no analysis");
    expect(session.dependsOn(document, join(folder, "common.lavis"))).toBe(true);
    expect(session.dependsOn(document, join(folder, "other/user.lavis"))).toBe(false);
    const names = session.filesNaming("quick", analysis).map(({ path }) => path.slice(folder.length + 1));
    expect(names.sort()).toEqual(["common.lavis", "other/user.lavis", "r.lavis"]);
    expect(analysis.source.path).toBe("r.lavis");
  });

  it("asks the files that import a document whether they use what it declares", () => {
    const shared =
      "fragment f for run { seed = 1 }\nrecipe base { task captioning }\nrecipe r extends base {}\n";
    const folder = folderOf({
      "user.lavis": 'import { f } from "shared.lavis"\nfragment g for run { use f }\n',
    });
    const session = new Session();
    const document = session.update(uriIn(folder, "shared.lavis"), 1, shared);
    const slugs = () => session.analysis(document.uri)?.diagnostics.map(({ slug }) => slug);
    expect(slugs()).toContain("unused-fragment");
    session.folders = [folder];
    session.filesChanged();
    expect(slugs()).not.toContain("unused-fragment");
  });
});

describe("addresses", () => {
  it("lead to paths and back", () => {
    const path = join(tmpdir(), "a folder", "ü.lavis");
    expect(pathOfUri(uriOfPath(path), "/")).toBe(path);
    expect(pathOfUri("file:///a%20b/c.lavis", "/")).toBe("/a b/c.lavis");
  });

  it("of documents that are in no file lie in the folder", () => {
    expect(pathOfUri("untitled:Untitled-1", "/project")).toBe("/project/untitled:Untitled-1");
    expect(pathOfUri("vscode-notebook:/a/b%2", "/project")).toBe("/project/b%2");
    expect(pathOfUri("file://elsewhere/share/r.lavis", "/project")).toBe("/project/r.lavis");
  });

  it("are those that the client gave, for what is open", () => {
    const session = new Session();
    session.update("untitled:new", 1, "");
    expect(session.uriOf(session.pathOf("untitled:new"))).toBe("untitled:new");
    expect(session.uriOf("/a.lavis")).toBe("file:///a.lavis");
  });
});

describe("folders", () => {
  it("are searched for recipes, but not those of others", () => {
    const folder = folderOf({
      "a.lavis": "",
      "b/c.lavis": "",
      "b/notes.md": "",
      "node_modules/x/d.lavis": "",
      "out/e.lavis": "",
      ".hidden/f.lavis": "",
    });
    expect(recipesIn([folder]).map((path) => path.slice(folder.length + 1))).toEqual([
      "a.lavis",
      "b/c.lavis",
    ]);
    expect(recipesIn([join(folder, "gone")])).toEqual([]);
    expect(readFolder(join(folder, "a.lavis"))).toEqual([]);
  });

  it("are told apart: the innermost one around a file counts", () => {
    expect(folderAround("/a/b/c.lavis", ["/a", "/a/b", "/x"])).toBe("/a/b");
    expect(folderAround("/ab/c.lavis", ["/a"])).toBeUndefined();
    expect(folderAround("/a", ["/a"])).toBeUndefined();
  });
});

describe("the client", () => {
  const parameters = { processId: null, rootUri: null, workspaceFolders: null };

  it("is taken to be able to do nothing that it does not say", () => {
    expect(clientOf({ ...parameters, capabilities: {} })).toEqual({
      snippets: false,
      versionedEdits: false,
      configuration: false,
      watchesFiles: false,
      workspaceFolders: false,
      refreshesHints: false,
      explanationScheme: undefined,
    });
  });

  it("may send settings of no use", () => {
    for (const sent of [undefined, null, 3, "all", [], { inlayHints: "loud" }, { inlayHints: null }])
      expect(settingsOf(sent)).toEqual({ inlayHints: "inherited" });
    expect(settingsOf({ inlayHints: "off" })).toEqual({ inlayHints: "off" });
    expect(sectionOf({ lavis: { inlayHints: "all" } })).toEqual({ inlayHints: "all" });
    expect(sectionOf(null)).toBeUndefined();
  });
});
