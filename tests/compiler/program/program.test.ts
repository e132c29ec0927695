import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkRecipe } from "../../../compiler/check-recipe.ts";
import { DiagnosticCollector } from "../../../compiler/diagnostics/index.ts";
import {
  type Host,
  loadProgram,
  memoryHost,
  nodeHost,
  type Program,
  type Unreadable,
} from "../../../compiler/program/index.ts";
import { lines, recipe } from "../marked.ts";

function readable(program: Program | Unreadable): Program {
  if ("problem" in program) throw new Error(`the file ${program.problem}`);
  return program;
}

describe("a program", () => {
  it("reads each file once, however often it is imported", () => {
    const reads: string[] = [];
    const inner = memoryHost({
      "/a.lavis": 'import { b } from "lib/b.lavis"\nimport { c } from "./lib/c.lavis"\n',
      "/lib/b.lavis": 'import { c } from "c.lavis"\nlet b = c\n',
      "/lib/c.lavis": "let c = 1\n",
    });
    const host: Host = {
      ...inner,
      readFile(path) {
        reads.push(path);
        return inner.readFile(path);
      },
    };
    const diagnostics = new DiagnosticCollector();
    const program = readable(loadProgram(host, "a.lavis", diagnostics));
    expect(reads).toEqual(["/a.lavis", "/lib/b.lavis", "/lib/c.lavis"]);
    expect([...program.files.keys()]).toEqual(reads);
    expect([...program.entry.names.keys()]).toEqual(["b", "c"]);
    expect(diagnostics.all()).toEqual([]);
  });

  it("names the whole way of a circle of imports", () => {
    const host = memoryHost({
      "/a.lavis": 'import { b } from "b.lavis"\n',
      "/b.lavis": 'import { c } from "c.lavis"\nlet b = 1\n',
      "/c.lavis": 'import { b } from "b.lavis"\nlet c = 1\n',
    });
    const { diagnostics } = checkRecipe(host, "a.lavis");
    expect(lines(diagnostics)).toEqual(["LV2005 these files import each other: b.lavis → c.lavis → b.lavis"]);
    expect(diagnostics[0]?.path).toBe("c.lavis");
  });

  it("does not pass on what it imports itself", () => {
    const host = memoryHost({
      "/a.lavis": 'import { c } from "b.lavis"\n',
      "/b.lavis": 'import { c } from "c.lavis"\n',
      "/c.lavis": "let c = 1\n",
    });
    expect(lines(checkRecipe(host, "a.lavis").diagnostics)).toEqual(["LV2004 b.lavis declares no `c`"]);
  });

  it("is nothing where the file cannot be read", () => {
    expect(checkRecipe(memoryHost({}), "a.lavis")).toMatchObject({
      program: { problem: "is not there" },
      recipes: [],
      diagnostics: [],
    });
  });

  it("reports mistakes of imported files in them", () => {
    const host = memoryHost({
      "/a.lavis": `import { x } from "b.lavis"\n${recipe()}`,
      "/b.lavis": "let x = 1px + 1tokens\n",
    });
    const { diagnostics, sources } = checkRecipe(host, "a.lavis");
    expect(diagnostics.map(({ path, code }) => [path, code])).toEqual([["b.lavis", "LV2104"]]);
    expect(sources.get("b.lavis")?.text).toBe("let x = 1px + 1tokens\n");
  });
});

it("the host of the command line reads files of the disk, and shows paths from the working folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "lavis-host-"));
  try {
    writeFileSync(join(folder, "r.lavis"), recipe());
    const host = nodeHost(folder);
    const { recipes, program } = checkRecipe(host, "r.lavis");
    expect(recipes.map(({ name }) => name)).toEqual(["r"]);
    expect(readable(program).entry.source.path).toBe("r.lavis");
    expect(readable(program).entry.path).toBe(join(folder, "r.lavis"));
    expect(host.display(tmpdir())).toBe(tmpdir());
    expect(host.readFile(join(folder, "none.lavis"))).toEqual({ problem: "is not there" });
    expect(host.readFile(folder)).toEqual({ problem: "is a folder" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
