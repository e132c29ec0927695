import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { badRecipe, goodRecipe, workspace } from "./lavisc.ts";

/** A recipe with one warning, whose fix is safe. */
const warned = goodRecipe
  .replace("lavis 1\n", 'lavis 1\n\nimport { rate, twice } from "shared.lavis"\n')
  .replace("= peak_lr", "= rate")
  .replace(/\n\/\/\/.*\n.*2e-5\n/, "");
const shared = "lavis 1\n\nlet rate = 1e-5\nlet twice = 2 * rate\n";
const project = { "a.lavis": warned, "shared.lavis": shared };
const read = (folder: string, name: string) => readFileSync(join(folder, name), "utf8");

describe("lavisc lint", () => {
  it("shows warnings, which fail only by number", async () => {
    const { lavisc } = workspace(project);
    const { code, out, error } = await lavisc(["lint", "a.lavis"]);
    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect(error).toContain("warning[LV4013]: nothing in this file uses `twice` (unused-import)");
    expect(error).toMatch(/1 warning in 1 file\n$/);
    expect((await lavisc(["lint", "a.lavis", "--max-warnings", "0"])).code).toBe(1);
    expect((await lavisc(["lint", "a.lavis", "--max-warnings", "1"])).code).toBe(0);
  });

  it("shows nothing but errors when it shall be quiet, and counts all the same", async () => {
    const { lavisc } = workspace({ ...project, "b.lavis": badRecipe });
    expect(await lavisc(["lint", "a.lavis", "--quiet"])).toEqual({ code: 0, out: "", error: "" });
    expect(await lavisc(["lint", "a.lavis", "--quiet", "--max-warnings=0"])).toMatchObject({ code: 1 });
    const { error } = await lavisc(["lint", ".", "--quiet"]);
    expect(error).toContain("error[LV2009]");
    expect(error).not.toContain("LV4013");
  });

  it("warns in `check` and `build` too", async () => {
    const { lavisc } = workspace(project);
    expect((await lavisc(["check", "a.lavis"])).error).toContain("LV4013");
    expect((await lavisc(["explain", "a.lavis"])).error).toBe("");
  });

  it("looks into folders, but not into hidden ones, `node_modules`, and what is ignored", async () => {
    const { lavisc } = workspace({
      "lavisc.json": '{ "ignore": ["old"] }',
      "recipes/a.lavis": goodRecipe,
      "recipes/deep/b.lavis": goodRecipe,
      "recipes/notes.txt": "none",
      "node_modules/x/c.lavis": badRecipe,
      ".cache/d.lavis": badRecipe,
      "old/e.lavis": badRecipe,
    });
    expect(await lavisc(["lint"])).toMatchObject({ code: 0, error: "no problems in 2 files\n" });
    expect(await lavisc(["lint", "recipes/deep", "recipes/a.lavis"])).toMatchObject({
      error: "no problems in 2 files\n",
    });
    expect(await lavisc(["lint", "old/e.lavis", "recipes"])).toMatchObject({
      error: "no problems in 2 files\n",
    });
    expect(await lavisc(["lint", "old"])).toMatchObject({
      code: 2,
      error: expect.stringContaining("there are no recipes in old"),
    });
    expect(await lavisc(["lint", "gone"])).toMatchObject({ code: 2 });
  });

  it("looks into a folder that is not below the one that it runs in", async () => {
    const { folder } = workspace({ "deep/a.lavis": badRecipe });
    const { code, error } = await workspace({}).lavisc(["lint", folder]);
    expect(error).toContain("1 error in 1 file");
    expect(code).toBe(1);
  });

  it("looks at the files that lavisc.json selects", async () => {
    const { lavisc } = workspace({
      "lavisc.json": '{ "files": ["recipes/**/*.lavis"] }',
      "recipes/a/b.lavis": goodRecipe,
      "drafts/c.lavis": badRecipe,
    });
    expect(await lavisc(["lint", "."])).toMatchObject({ code: 0, error: "no problems in 1 file\n" });
    expect(await lavisc(["lint", "drafts/c.lavis"])).toMatchObject({ code: 1 });
  });

  it("reads standard input", async () => {
    const { lavisc } = workspace({ "shared.lavis": shared });
    const { error } = await lavisc(["lint", "-", "--stdin-filename", "a.lavis"], warned);
    expect(error).toContain("--> a.lavis:3:16");
  });
});

describe("lavisc lint --fix", () => {
  it("mends what is safe to mend and shows what is left", async () => {
    const { lavisc, folder } = workspace(project);
    const { code, error } = await lavisc(["lint", "--fix", "a.lavis"]);
    expect({ code, error }).toEqual({
      code: 0,
      error: "1 fix applied in 1 file\nno problems in 1 file\n",
    });
    expect(read(folder, "a.lavis")).toContain('import { rate } from "shared.lavis"');
  });

  it("takes guesses only where it is told to", async () => {
    const { lavisc, folder } = workspace({ "a.lavis": badRecipe });
    expect((await lavisc(["lint", "a.lavis", "--fix"])).code).toBe(1);
    expect(read(folder, "a.lavis")).toBe(badRecipe);
    expect((await lavisc(["lint", "a.lavis", "--fix=unsafe"])).code).toBe(0);
    expect(read(folder, "a.lavis")).toBe(goodRecipe);
    expect((await lavisc(["lint", "a.lavis", "--fix=wild"])).code).toBe(2);
  });

  it("shows what it would do, and does not", async () => {
    const { lavisc, folder } = workspace(project);
    const diff = await lavisc(["lint", "a.lavis", "--fix", "--diff"]);
    expect(diff.code).toBe(1);
    expect(diff.out).toContain('-import { rate, twice } from "shared.lavis"\n+import { rate } from');
    expect(await lavisc(["lint", "a.lavis", "--fix", "--dry-run"])).toMatchObject({
      code: 1,
      out: "",
      error: expect.stringContaining("1 fix would be applied in 1 file"),
    });
    expect(read(folder, "a.lavis")).toBe(warned);
    await lavisc(["lint", "a.lavis", "--fix"]);
    expect(await lavisc(["lint", "a.lavis", "--diff"])).toMatchObject({ code: 0, out: "" });
  });

  it("prints standard input as mended", async () => {
    const { lavisc } = workspace({ "shared.lavis": shared });
    const { out } = await lavisc(["lint", "-", "--stdin-filename", "a.lavis", "--fix"], warned);
    expect(out).toBe(warned.replace("rate, twice", "rate"));
    expect((await lavisc(["lint", "-", "--fix"], goodRecipe)).out).toBe(goodRecipe);
  });

  it("leaves files alone that were not named, and keeps the modes of those that were", async () => {
    const importing = shared.replace("let rate", 'import { x } from "other.lavis"\n\nlet rate');
    const { lavisc, folder } = workspace({
      ...project,
      "shared.lavis": importing,
      "other.lavis": "let x = 1\n",
    });
    chmodSync(join(folder, "a.lavis"), 0o640);
    await lavisc(["lint", "a.lavis", "--fix"]);
    expect(read(folder, "shared.lavis")).toBe(importing);
    expect(statSync(join(folder, "a.lavis")).mode & 0o777).toBe(0o640);
    await lavisc(["lint", ".", "--fix"]);
    expect(read(folder, "shared.lavis")).toBe(shared);
  });
});

describe("a baseline", () => {
  const two = warned.replace("= rate", "= 1e-5");

  it("takes out what is known, and only that, wherever its lines move", async () => {
    const { lavisc, folder } = workspace({ ...project, "a.lavis": warned });
    const written = await lavisc(["lint", "--baseline", "known.json", "--write-baseline"]);
    expect(written).toMatchObject({ code: 0, error: expect.stringContaining("knows 1 finding") });
    writeFileSync(join(folder, "a.lavis"), two.replace("lavis 1\n", "lavis 1\n\n// A comment.\n"));
    const { error } = await lavisc(["lint", "--baseline", "known.json", "--max-warnings=0"]);
    expect(error).toContain("`rate`");
    expect(error).not.toContain("`twice`");
  });

  it("is found by lavisc.json, from any folder, also by `check`", async () => {
    const { lavisc } = workspace({
      "lavisc.json": '{ "baseline": "ci/known.json" }',
      "ci/readme": "",
      "recipes/a.lavis": warned,
      "recipes/shared.lavis": shared,
    });
    expect((await lavisc(["lint", "--write-baseline"])).code).toBe(0);
    expect((await lavisc(["check", "recipes/a.lavis"])).error).toBe("no problems in 1 file\n");
    expect((await lavisc(["lint", "recipes", "--max-warnings=0"])).code).toBe(0);
  });

  it("tells what it knows that is gone, of the files that were looked at", async () => {
    const { lavisc, folder } = workspace({ ...project, "b.lavis": warned });
    await lavisc(["lint", "--baseline=k.json", "--write-baseline"]);
    writeFileSync(join(folder, "a.lavis"), warned.replace("rate, twice", "rate"));
    expect((await lavisc(["lint", "b.lavis", "--baseline=k.json"])).error).toBe("no problems in 1 file\n");
    const { error } = await lavisc(["lint", "a.lavis", "--baseline=k.json"]);
    expect(error).toContain("k.json knows a finding that is gone");
    expect(error).toContain("a.lavis: nothing in this file uses `twice` (unused-import)");
    await lavisc(["lint", "a.lavis", "--baseline=k.json", "--write-baseline"]);
    expect(JSON.parse(read(folder, "k.json")).findings.map(({ path }: { path: string }) => path)).toEqual([
      "b.lavis",
    ]);
  });

  it("never takes out errors", async () => {
    const { lavisc } = workspace({ "a.lavis": badRecipe });
    await lavisc(["lint", "--baseline=k.json", "--write-baseline"]);
    expect((await lavisc(["lint", "--baseline=k.json"])).code).toBe(1);
  });

  it("must be one, and must be named to be written", async () => {
    const { lavisc } = workspace({ ...project, "k.json": '{ "version": 9 }' });
    expect(await lavisc(["lint", "--baseline=k.json"])).toMatchObject({
      code: 2,
      error: expect.stringContaining("k.json is no baseline"),
    });
    expect(await lavisc(["lint", "--write-baseline"])).toMatchObject({
      code: 2,
      error: expect.stringContaining("there is no baseline to write"),
    });
  });
});

describe("lavisc.json", () => {
  it("sets levels, by slug or code", async () => {
    const { lavisc, folder } = workspace({
      ...project,
      "lavisc.json": '{ "rules": { "unused-import": "error" } }',
    });
    expect(await lavisc(["lint", "a.lavis"])).toMatchObject({
      code: 1,
      error: expect.stringContaining("error[LV4013]"),
    });
    expect((await lavisc(["build", "a.lavis"])).code).toBe(1);
    writeFileSync(join(folder, "lavisc.json"), '{ "rules": { "LV4013": "off" } }');
    expect(await lavisc(["lint", "a.lavis"])).toMatchObject({ code: 0, error: "no problems in 1 file\n" });
  });

  it("holds for the recipes below it, the nearest one", async () => {
    const { lavisc } = workspace({
      "lavisc.json": '{ "rules": { "unused-import": "error" } }',
      "lenient/lavisc.json": '{ "rules": { "unused-import": "off" } }',
      "lenient/deep/a.lavis": warned,
      "lenient/deep/shared.lavis": shared,
      "strict/a.lavis": warned,
      "strict/shared.lavis": shared,
    });
    expect((await lavisc(["lint", "lenient"])).code).toBe(0);
    expect((await lavisc(["lint", "strict"])).code).toBe(1);
  });

  it("forbids what the command line may override", async () => {
    const { lavisc } = workspace({ "a.lavis": goodRecipe, "lavisc.json": '{ "overrides": "params-only" }' });
    expect((await lavisc(["check", "a.lavis", "-p", "peak_lr=1e-5"])).code).toBe(0);
    for (const command of ["check", "lint", "build", "explain"])
      expect(await lavisc([command, "a.lavis", "--set", "run.seed=1"])).toMatchObject({
        code: 2,
        error: expect.stringContaining(
          '`--set run.seed=1` is not allowed: lavisc.json says `overrides: "params-only"`',
        ),
      });
  });

  it("forbids to ignore warnings in recipes", async () => {
    const text = warned.replace("import", "// lavisc-ignore unused-import: soon\nimport");
    const { lavisc, folder } = workspace({ ...project, "a.lavis": text });
    expect((await lavisc(["lint", "a.lavis"])).error).toBe("no problems in 1 file\n");
    writeFileSync(join(folder, "lavisc.json"), '{ "inlineSuppression": false }');
    const { error } = await lavisc(["lint", "a.lavis"]);
    expect(error).toContain("LV4018");
    expect(error).toContain("LV4013");
  });

  it("ends everything with exit code 2 where it is wrong, and says where and what was meant", async () => {
    const { lavisc } = workspace({ "a.lavis": goodRecipe, "lavisc.json": '{\n  "rulse": {}\n}\n' });
    for (const command of ["check", "lint", "build", "explain"])
      expect(await lavisc([command, "a.lavis"])).toEqual({
        code: 2,
        out: "",
        error:
          "error: lavisc.json cannot be used\n  lavisc.json:2:3: there is no key `rulse`. Did you mean `rules`?\n",
      });
  });
});
