import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { unzip } from "./unzip.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const extension = join(root, "editors/vscode");
const bundle = join(root, "dist/lavisc.js");
const isInstalled = existsSync(join(extension, "node_modules"));
if (!isInstalled) console.log("the VS Code extension is not tested: run `npm ci` in editors/vscode");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lavis-vscode-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function node(args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", env });
  return { code: status, out: stdout, error: stderr };
}

describe.skipIf(!isInstalled)("the VS Code extension", () => {
  let files: ReadonlyMap<string, Buffer>;
  let unpacked: string;

  beforeAll(() => {
    const vsix = join(folder, "lavis.vsix");
    const { code, error } = node([join(extension, "scripts/package.mjs"), vsix]);
    expect(code, error).toBe(0);
    files = unzip(readFileSync(vsix));
    unpacked = join(folder, "unpacked");
    for (const [name, content] of files) {
      mkdirSync(dirname(join(unpacked, name)), { recursive: true });
      writeFileSync(join(unpacked, name), content);
    }
  });

  it("has sources without type errors", () => {
    const { code, out } = node([join(extension, "node_modules/typescript/bin/tsc"), "-p", extension]);
    expect(code, out).toBe(0);
  });

  it("has every file that its manifest names, and none of its sources or dependencies", () => {
    const manifest = JSON.parse(files.get("extension/package.json")?.toString() ?? "{}");
    const { languages, grammars } = manifest.contributes;
    const named = [manifest.main, languages[0].configuration, grammars[0].path].map((path: string) =>
      join("extension", path).replaceAll("\\", "/"),
    );
    expect([...files.keys()]).toEqual(expect.arrayContaining(named));
    expect([...files.keys()].filter((name) => /node_modules|\/src\/|scripts/.test(name))).toEqual([]);
    expect(grammars[0].language).toBe(languages[0].id);
    expect(manifest.version).toBe(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version);
  });

  it("has the grammar and the licence of the project", () => {
    const text = (name: string) => files.get(name)?.toString();
    expect(text("extension/dist/lavis.tmLanguage.json")).toBe(
      readFileSync(join(root, "editors/lavis.tmLanguage.json"), "utf8"),
    );
    expect(text("extension/LICENSE.txt")).toBe(readFileSync(join(root, "LICENSE"), "utf8"));
    const grammar = JSON.parse(text("extension/dist/lavis.tmLanguage.json") ?? "{}");
    expect(grammar.scopeName).toBe("source.lavis");
  });

  describe("starts", () => {
    let project: string;
    beforeEach(() => {
      project = mkdtempSync(join(folder, "project-"));
    });

    /** What the bundled client does in a workspace, without VS Code. */
    function events(workspace: string, env = process.env): readonly Record<string, unknown>[] {
      const stub = fileURLToPath(new URL("vscode-stub.cjs", import.meta.url));
      const { out, error } = node([stub, join(unpacked, "extension/dist/extension.cjs"), workspace], env);
      expect(out, error).not.toBe("");
      return out.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
    }

    it("the project's own lavisc, from a folder below it too, and ends it", () => {
      const bin = join(project, "node_modules/.bin");
      mkdirSync(bin, { recursive: true });
      const told = join(project, "told");
      const script = `#!/usr/bin/env node
require("node:fs").writeFileSync(${JSON.stringify(told)}, JSON.stringify(process.argv.slice(2)));
import(${JSON.stringify(bundle)});
`;
      writeFileSync(join(bin, "lavisc"), script);
      chmodSync(join(bin, "lavisc"), 0o755);
      mkdirSync(join(project, "recipes"));
      const happened = events(join(project, "recipes"));
      expect(happened).toEqual([
        { command: "lavis.restartServer" },
        { activated: true },
        { deactivated: true },
      ]);
      expect(JSON.parse(readFileSync(told, "utf8"))).toEqual(["lsp", "--stdio"]);
    });

    it("the lavisc on the PATH where the project has none", () => {
      symlinkSync(bundle, join(project, "lavisc"));
      const PATH = `${project}:${process.env.PATH}`;
      expect(events(folder, { ...process.env, PATH }).map(Object.keys)).toEqual([
        ["command"],
        ["activated"],
        ["deactivated"],
      ]);
    });

    it("nothing where there is none, and says what to do", () => {
      const PATH = dirname(process.execPath);
      const happened = events(project, { ...process.env, PATH });
      expect(happened.at(-3)?.error).toContain("npm install --save-dev lavis");
      expect(happened.slice(-2)).toEqual([{ activated: true }, { deactivated: true }]);
    });
  });
});

describe("the server that the VS Code extension looks for", () => {
  const require = createRequire(import.meta.url);
  const { findServer } = require(join(extension, "src/server.js"));

  it("is the one of the settings before any other", () => {
    expect(findServer("/opt/lavisc", [root], "linux")).toEqual({
      command: "/opt/lavisc",
      args: ["lsp", "--stdio"],
      shell: false,
    });
  });

  it("is started by a shell on Windows, where it is a script", () => {
    expect(findServer("", [], "win32")).toMatchObject({ command: '"lavisc"', shell: true });
    expect(findServer("C:\\lavisc.exe", [], "win32")).toMatchObject({
      command: "C:\\lavisc.exe",
      shell: false,
    });
  });
});
