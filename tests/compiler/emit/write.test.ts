import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { manifestName, sha256 } from "../../../compiler/emit/manifest.ts";
import { requireFolder, writeProgram } from "../../../compiler/emit/write.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lavis-write-"));
  mkdirSync(join(folder, "package"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const build = {
  lavisc: "0.1.0",
  recipe: "a",
  overrides: ["--set run.seed=1"],
  sources: { "../a.lavis": "00" },
};

function write(files: Readonly<Record<string, string>>, { force = false } = {}) {
  return writeProgram(new Map(Object.entries(files)), {
    outputFolder: join(folder, "out"),
    packageFolder: join(folder, "package"),
    force,
    build,
  });
}
const read = (name: string) => readFileSync(join(folder, "out", name), "utf8");

describe("the output folder", () => {
  it("holds the files, a manifest with their hashes, and nothing else", () => {
    const manifest = write({ "run.ts": "ts", "run.js": "js" });
    const names = ["lavisc-manifest.json", "node_modules", "package.json", "run.js", "run.ts"];
    expect(readdirSync(join(folder, "out")).sort()).toEqual(names);
    expect(JSON.parse(read("lavisc-manifest.json"))).toEqual(manifest);
    expect(manifest).toMatchObject({ ...build, files: { "run.ts": sha256("ts"), "run.js": sha256("js") } });
  });

  it("gets a link to the package where lavis/runtime cannot be found, also when built again", () => {
    for (const text of ["first", "second"]) {
      expect(write({ "run.js": text }).links).toEqual(["node_modules/lavis"]);
      expect(lstatSync(join(folder, "out/node_modules/lavis")).isSymbolicLink()).toBe(true);
    }
  });

  it("says that its JavaScript is modules, unless it lies in a package that says so", () => {
    for (const text of ["first", "second"]) {
      expect(Object.keys(write({ "run.js": text }).files)).toEqual(["run.js", "package.json"]);
    }
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    expect(Object.keys(write({ "run.js": "third" }).files)).toEqual(["run.js"]);
    expect(existsSync(join(folder, "out/package.json"))).toBe(false);
  });

  it("is built again over what the last build wrote, without what it no longer makes", () => {
    write({ "run.ts": "1", "old.js": "1", "parts/inner/old.js": "1", "kept/old.js": "1" });
    writeFileSync(join(folder, "out/kept/mine"), "mine");
    write({ "run.ts": "2" });
    expect(read("run.ts")).toBe("2");
    expect(existsSync(join(folder, "out/old.js"))).toBe(false);
    expect(existsSync(join(folder, "out/parts"))).toBe(false);
    expect(readdirSync(join(folder, "out/kept"))).toEqual(["mine"]);
  });

  it("keeps a file that was edited by hand, unless forced", () => {
    write({ "run.ts": "1", "run.js": "1" });
    writeFileSync(join(folder, "out/run.ts"), "mine");
    expect(() => write({ "run.ts": "2", "run.js": "2" })).toThrow(
      expect.objectContaining({
        name: "OutputError",
        message: expect.stringMatching(/run\.ts was edited since it was built$/),
        hint: expect.stringContaining("--force"),
      }),
    );
    expect([read("run.ts"), read("run.js")]).toEqual(["mine", "1"]);
    write({ "run.ts": "2", "run.js": "2" }, { force: true });
    expect(read("run.ts")).toBe("2");
  });

  it("keeps files that no build made", () => {
    mkdirSync(join(folder, "out"));
    writeFileSync(join(folder, "out/run.ts"), "mine");
    writeFileSync(join(folder, "out/run.js"), "mine");
    expect(() => write({ "run.ts": "1", "run.js": "1" })).toThrow(
      /run\.ts, .*run\.js were not built by lavisc/,
    );
  });

  it("takes a file with the very bytes that it would write as its own", () => {
    mkdirSync(join(folder, "out"));
    writeFileSync(join(folder, "out/run.ts"), "1");
    expect(() => write({ "run.ts": "1" })).not.toThrow();
  });

  it("treats a manifest that it cannot read as none", () => {
    write({ "run.ts": "1" });
    writeFileSync(join(folder, "out/lavisc-manifest.json"), "{");
    expect(() => write({ "run.ts": "2" })).toThrow("was not built by lavisc");
  });

  it("may be that of a project: its lavisc.json stays", () => {
    mkdirSync(join(folder, "out"));
    writeFileSync(join(folder, "out/lavisc.json"), "{}");
    write({ "run.ts": "1" });
    write({ "run.ts": "2" }, { force: true });
    expect(read("lavisc.json")).toBe("{}");
  });

  it("removes nothing outside of it, whatever its manifest says", () => {
    const manifest = write({ "run.ts": "1" });
    writeFileSync(join(folder, "mine"), "mine");
    for (const name of ["../mine", join(folder, "mine")]) {
      const files = { ...manifest.files, [name]: sha256("mine") };
      writeFileSync(join(folder, "out/lavisc-manifest.json"), JSON.stringify({ ...manifest, files }));
      write({ "run.ts": "2" }, { force: true });
    }
    expect(existsSync(join(folder, "mine"))).toBe(true);
  });

  it.each<[string, () => void]>([
    ["it is a file", () => writeFileSync(join(folder, "out"), "a file")],
    [
      "a folder has the name of one of its files",
      () => mkdirSync(join(folder, "out/run.ts"), { recursive: true }),
    ],
    [
      "a folder has the name of its manifest",
      () => mkdirSync(join(folder, "out", manifestName), { recursive: true }),
    ],
  ])("cannot be written where %s, and says so", (_, prepare) => {
    prepare();
    expect(() => write({ "run.ts": "1" })).toThrow(
      expect.objectContaining({ name: "OutputError", message: expect.stringContaining("cannot be written") }),
    );
  });

  it("is looked at before anything is compiled: no file in its way, no folder in the program's", () => {
    const out = join(folder, "out");
    expect(() => requireFolder(join(out, "deep"))).not.toThrow();
    mkdirSync(join(out, "run.ts"), { recursive: true });
    expect(() => requireFolder(out)).toThrow(/run\.ts is a folder$/);
    writeFileSync(join(out, "file"), "");
    for (const path of ["file", "file/deep/er"])
      expect(() => requireFolder(join(out, path))).toThrow(/out\/file is a file$/);
  });
});
