import { existsSync, linkSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { workspace } from "../cli/lavisc.ts";
import { configuration } from "./imported.ts";

const good = configuration();
const bad = good.replace("captioning", "captionning");

describe("lavisc import", () => {
  it("writes a recipe beside each file, which checks clean and is formatted", async () => {
    const { folder, lavisc } = workspace({ "a/cap.yaml": good, "b/cap.yml": good });
    const outcome = await lavisc(["import", "a/cap.yaml", "b/cap.yml"]);
    expect(outcome).toEqual({
      code: 0,
      out: "",
      error: "a/cap.yaml → a/cap.lavis\nb/cap.yml → b/cap.lavis\n",
    });
    expect((await lavisc(["check", "a/cap.lavis", "b/cap.lavis"])).code).toBe(0);
    expect((await lavisc(["fmt", "--check", "a/cap.lavis"])).code).toBe(0);
    expect(readFileSync(join(folder, "a/cap.lavis"), "utf8")).toContain("recipe cap {");
  });

  it("refuses what LAVIS fails at with the line of the YAML, and writes the others", async () => {
    const { folder, lavisc } = workspace({ "bad.yaml": bad, "good.yaml": good });
    const { code, error } = await lavisc(["import", "bad.yaml", "good.yaml"]);
    expect(code).toBe(1);
    expect(error).toMatchInlineSnapshot(`
      "bad.yaml is refused
      good.yaml → good.lavis
      error[LV5007]: LAVIS has no task \`captionning\` (configuration-unknown-name)
        --> bad.yaml:21:9
         |
      21 |   task: captionning
         |         ^^^^^^^^^^^
         = Did you mean \`captioning\`?

      1 error in 2 files
      "
    `);
    expect(existsSync(join(folder, "bad.lavis"))).toBe(false);
    expect(existsSync(join(folder, "good.lavis"))).toBe(true);
  });

  it.each([
    ["json", '"code": "LV5007"'],
    ["github", "::error file=bad.yaml,line=21"],
    ["sarif", '"ruleId": "LV5007"'],
  ])("says so as %s", async (format, part) => {
    const { lavisc } = workspace({ "bad.yaml": bad });
    const { code, out } = await lavisc(["import", "bad.yaml", "--format", format]);
    expect(code).toBe(1);
    expect(out).toContain(part);
  });

  it("keeps the files' places relative to each other in a folder", async () => {
    const { folder, lavisc } = workspace({ "x/a/cap.yaml": good, "x/b/cap.yaml": good });
    expect((await lavisc(["import", "x/a/cap.yaml", "x/b/cap.yaml", "-o", "out"])).code).toBe(0);
    expect(existsSync(join(folder, "out/a/cap.lavis"))).toBe(true);
    expect(existsSync(join(folder, "out/b/cap.lavis"))).toBe(true);
  });

  it("names the file with -o, and prints the recipe with --stdout", async () => {
    const { folder, lavisc } = workspace({ "cap.yaml": good });
    expect((await lavisc(["import", "cap.yaml", "-o", "new/mine.lavis"])).code).toBe(0);
    const { out, code } = await lavisc(["import", "cap.yaml", "--stdout"]);
    expect(code).toBe(0);
    expect(out).toBe(readFileSync(join(folder, "new/mine.lavis"), "utf8"));
    expect(existsSync(join(folder, "cap.lavis"))).toBe(false);
  });

  it("reads standard input", async () => {
    const { lavisc } = workspace({});
    const { out, code } = await lavisc(["import", "-", "--stdin-filename", "x/cap-ft.yaml"], good);
    expect(code).toBe(0);
    expect(out).toContain("recipe cap_ft {");
  });

  it("overwrites no recipe with another text unless told to", async () => {
    const { folder, lavisc } = workspace({ "cap.yaml": good, "cap.lavis": "// mine\n" });
    const refused = await lavisc(["import", "cap.yaml"]);
    expect(refused.code).toBe(2);
    expect(refused.error).toContain("cap.lavis is there already");
    expect((await lavisc(["import", "cap.yaml", "--force"])).code).toBe(0);
    expect(readFileSync(join(folder, "cap.lavis"), "utf8")).toContain("recipe cap");
    expect((await lavisc(["import", "cap.yaml"])).code).toBe(0);
  });

  it("counts what must be looked at, and fails for what the recipe's check finds", async () => {
    const noted = configuration({ run: "  max_epochs: 3\n" });
    const wrong = good.replace("batch_size_train: 32", "batch_size_train: 0");
    const { lavisc } = workspace({ "noted.yaml": noted, "wrong.yaml": wrong });
    const first = await lavisc(["import", "noted.yaml"]);
    expect(first).toEqual({ code: 0, out: "", error: "noted.yaml → noted.lavis (1 FIXME comment)\n" });
    const second = await lavisc(["import", "wrong.yaml"]);
    expect(second.code).toBe(1);
    expect(second.error).toContain("`batch_size_train` must be at least 1, not 0");
    expect(second.error).toContain("--> wrong.lavis:");
  });

  it("succeeds where the runtime lacks a part, and says which", async () => {
    const retrieval = readFileSync(
      new URL("./configs/projects/clip/exp_flickr_ret_eval.yaml", import.meta.url),
      "utf8",
    );
    const { lavisc } = workspace({ "ret.yaml": retrieval });
    const { code, error } = await lavisc(["import", "ret.yaml"]);
    expect(code).toBe(0);
    expect(error).toMatch(/^ret\.yaml → ret\.lavis \(.*the runtime has no .* yet/);
  });

  it("takes folders for the YAML files in them, at any depth, and keeps the tree", async () => {
    const { folder, lavisc } = workspace({
      "lavis/projects/blip/cap.yaml": good,
      "lavis/projects/blip/large.YML": good,
      "lavis/projects/readme.md": "#",
      "lavis/projects/.git/x.yaml": good,
      "lavis/projects/node_modules/x/y.yaml": good,
    });
    symlinkSync(folder, join(folder, "lavis/projects/loop"));
    expect(await lavisc(["import", "lavis/projects", "-o", "out"])).toMatchObject({ code: 0 });
    expect(readdirSync(join(folder, "out"), { recursive: true }).sort()).toEqual([
      "blip",
      "blip/cap.lavis",
      "blip/large.lavis",
    ]);
    expect((await lavisc(["import", ".", "lavis/projects/blip/cap.yaml"])).error).toBe(
      "lavis/projects/blip/cap.yaml → lavis/projects/blip/cap.lavis\n" +
        "lavis/projects/blip/large.YML → lavis/projects/blip/large.lavis\n",
    );
  });

  it("reports what is not there or cannot be read, and imports the others", async () => {
    const { folder, lavisc } = workspace({ "a/cap.yaml": good, "empty/readme.md": "#", "bad.yaml": bad });
    writeFileSync(join(folder, "wide.yaml"), Buffer.from(`\ufeff${good}`, "utf16le"));
    const argv = ["import", "x.yaml", "a/cap.yaml", "empty", "wide.yaml", "bad.yaml", "-o", "out"];
    const { code, error } = await lavisc(argv);
    expect(code).toBe(2);
    expect(error).toMatchInlineSnapshot(`
      "error: there is no file x.yaml
      error: there are no YAML files in empty
        their names end in .yaml or .yml
      error: wide.yaml is text in UTF-16
        save it as UTF-8
      a/cap.yaml → out/a/cap.lavis
      bad.yaml is refused
      error[LV5007]: LAVIS has no task \`captionning\` (configuration-unknown-name)
        --> bad.yaml:21:9
         |
      21 |   task: captionning
         |         ^^^^^^^^^^^
         = Did you mean \`captioning\`?

      1 error in 2 files
      "
    `);
    expect(readdirSync(join(folder, "out"), { recursive: true })).toEqual(["a", "a/cap.lavis"]);
  });

  it("says no more than what is missing where nothing is there", async () => {
    const { lavisc } = workspace({});
    expect(await lavisc(["import", "x.yaml", "-o", "out"])).toEqual({
      code: 2,
      out: "",
      error: "error: there is no file x.yaml\n",
    });
  });

  it.each([
    ["saved as a recipe", ["cap.lavis"], "cap.lavis", "its own recipe", "rename it to cap.yaml first"],
    [
      "that is also the output",
      ["a.yaml", "-o", "cap.lavis"],
      "a.yaml",
      "its own recipe",
      "name another recipe",
    ],
    [
      "that another's recipe would take",
      ["cap.yaml", "link.lavis"],
      "link.lavis",
      "the recipe of cap.yaml",
      "rename it to link.yaml",
    ],
  ])("overwrites no YAML file %s, not even by force", async (_, argv, path, owner, hint) => {
    const { folder, lavisc } = workspace({ "cap.lavis": good });
    linkSync(join(folder, "cap.lavis"), join(folder, "a.yaml"));
    writeFileSync(join(folder, "cap.yaml"), good);
    symlinkSync("cap.lavis", join(folder, "link.lavis"));
    const { code, error } = await lavisc(["import", ...argv, "--force"]);
    expect(code).toBe(2);
    expect(error).toContain(`error: ${path} would be overwritten by ${owner}\n  ${hint}`);
    expect(readFileSync(join(folder, "cap.lavis"), "utf8")).toBe(good);
  });

  it("reads YAML that was saved as a recipe where the recipe goes elsewhere", async () => {
    const { folder, lavisc } = workspace({ "cap.lavis": good });
    expect((await lavisc(["import", "cap.lavis", "--stdout"])).out).toContain("recipe cap {");
    expect((await lavisc(["import", "cap.lavis", "-o", "out"])).code).toBe(0);
    expect(readFileSync(join(folder, "out/cap.lavis"), "utf8")).toContain("recipe cap {");
  });

  it("writes nothing where two recipes would be one, also through a link", async () => {
    const { folder, lavisc } = workspace({ "a/cap.yaml": good, "z.yaml": good });
    symlinkSync("a", join(folder, "b"));
    const { code, error } = await lavisc(["import", "z.yaml", "a/cap.yaml", "b/cap.yaml"]);
    expect(code).toBe(2);
    expect(error).toContain("a/cap.yaml and b/cap.yaml would both become b/cap.lavis");
    expect(existsSync(join(folder, "z.lavis"))).toBe(false);
  });

  it.each([
    ["a file that is not there", ["import", "x.yaml"], "there is no file x.yaml"],
    ["two files to one recipe", ["import", "cap.yaml", "cap.yml", "-o", "a.lavis"], "a.lavis is one recipe"],
    ["two files of one name", ["import", "cap.yaml", "cap.yml"], "would both become"],
    ["two recipes to print", ["import", "cap.yaml", "cap.yml", "--stdout"], "only one recipe"],
    ["recipe and JSON in one", ["import", "cap.yaml", "--stdout", "--format", "json"], "cannot both go"],
  ])("declines %s", async (_, argv, message) => {
    const { lavisc } = workspace({ "cap.yaml": good, "cap.yml": good });
    const { code, error } = await lavisc(argv);
    expect(code).toBe(2);
    expect(error).toContain(message);
  });
});
