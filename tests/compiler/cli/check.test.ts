import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { badRecipe, goodRecipe, workspace } from "./lavisc.ts";

describe("lavisc check", () => {
  it("is quiet about a recipe without mistakes", async () => {
    const { lavisc } = workspace({ "a.lavis": goodRecipe });
    expect(await lavisc(["check", "a.lavis"])).toEqual({
      code: 0,
      out: "",
      error: "no problems in 1 file\n",
    });
  });

  it("shows mistakes and exits with 1", async () => {
    const { lavisc } = workspace({ "a.lavis": badRecipe });
    const { code, out, error } = await lavisc(["check", "a.lavis"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(error).toContain("--> a.lavis:12:5");
    expect(error).toContain("max_epoch");
    expect(error).toMatch(/1 error in 1 file\n$/);
  });

  it("shows people a bearable number of mistakes, and programs all of them", async () => {
    const options = Array.from({ length: 600 }, (_, at) => `    unknown_${at} = ${at}\n`).join("");
    const { lavisc } = workspace({ "a.lavis": goodRecipe.replace("run {", (run) => `${run}\n${options}`) });
    const numShown = (text: string) => text.match(/^error\[/gm)?.length;
    const { error } = await lavisc(["check", "a.lavis"]);
    expect(numShown(error)).toBe(500);
    expect(error).toMatch(/\n100 more are not shown: .*\n\n600 errors in 1 file\n$/);
    expect(numShown((await lavisc(["check", "a.lavis", "--max-diagnostics", "3"])).error)).toBe(3);
    expect(numShown((await lavisc(["lint", "a.lavis", "--max-diagnostics=all"])).error)).toBe(600);
    const { out } = await lavisc(["check", "a.lavis", "--format", "json", "--max-diagnostics", "3"]);
    expect(JSON.parse(out).diagnostics).toHaveLength(600);
    expect(await lavisc(["check", "a.lavis", "--max-diagnostics", "few"])).toMatchObject({ code: 2 });
  });

  it("reports to programs on standard output", async () => {
    const { lavisc } = workspace({ "a.lavis": badRecipe });
    const { code, out, error } = await lavisc(["check", "a.lavis", "--format", "json"]);
    expect({ code, error }).toEqual({ code: 1, error: "" });
    expect(JSON.parse(out).diagnostics[0]).toMatchObject({ path: "a.lavis", start: { line: 12, column: 5 } });
    const github = await lavisc(["check", "a.lavis", "--format=github"]);
    expect(github.out).toMatch(/^::error file=a.lavis,line=12,/);
  });

  it("checks many files and says what they share once", async () => {
    const shared = 'lavis 1\nlet size = 3 + "x"\n';
    const recipe = `import { size } from "shared.lavis"\n${goodRecipe.replace("lavis 1\n", "")}`;
    const { lavisc } = workspace({ "shared.lavis": shared, "a.lavis": recipe, "b.lavis": recipe });
    const { code, error } = await lavisc(["check", "a.lavis", "b.lavis"]);
    expect(code).toBe(1);
    expect(error.match(/shared\.lavis:2/g)).toHaveLength(1);
    expect(error).toContain("in 2 files");
  });

  it("reads standard input under the name that it is given", async () => {
    const { lavisc } = workspace({ "r/shared.lavis": "lavis 1\nlet rate = 1e-5\n" });
    const text = `import { rate } from "shared.lavis"\n${goodRecipe.replace("lavis 1\n", "").replace("2e-5", "1e-5").replace("init_lr = peak_lr", "init_lr = rate")}`;
    expect(await lavisc(["check", "-", "--stdin-filename", "r/a.lavis"], text)).toMatchObject({ code: 0 });
    const { error } = await lavisc(["check", "-"], badRecipe);
    expect(error).toContain("--> <stdin>:12:5");
  });

  it("checks values of the command line", async () => {
    const { lavisc } = workspace({ "a.lavis": goodRecipe });
    expect(await lavisc(["check", "a.lavis", "-p", "peak_lr=3e-5", "--set", "run.seed=7"])).toMatchObject({
      code: 0,
    });
    const unknown = await lavisc(["check", "a.lavis", "-p", "peek_lr=1"]);
    expect(unknown).toMatchObject({ code: 1, error: expect.stringContaining("peak_lr") });
    const wrong = await lavisc(["check", "a.lavis", "--set", "run.seed=many"]);
    expect(wrong.code).toBe(1);
    expect(wrong.error).toContain("run.seed=many");
  });

  it("cannot check what is not there: exit 2, with what may have been meant", async () => {
    const { lavisc } = workspace({ "a.lavis": goodRecipe, "folder/b.lavis": goodRecipe });
    expect(await lavisc(["check", "b.lavis"])).toMatchObject({
      code: 2,
      error: "error: there is no file b.lavis\n",
    });
    expect(await lavisc(["chekc", "a.lavis"])).toMatchObject({
      code: 2,
      error: expect.stringContaining("did you mean the command `lavisc check`?"),
    });
    expect(await lavisc(["check", "folder"])).toMatchObject({
      code: 2,
      error: expect.stringContaining("folder is not a file"),
    });
    expect(await lavisc(["check", "a.lavis", "--recipe", "emojy"])).toMatchObject({
      code: 2,
      error: expect.stringContaining("did you mean `emoji`?"),
    });
  });

  it("refuses what is not text in UTF-8 rather than guess at it", async () => {
    const { lavisc, folder } = workspace({ "a.lavis": 'import { x } from "b.lavis"\nlet y = x\n' });
    writeFileSync(join(folder, "b.lavis"), Buffer.from("lavis 1\n// caf\xe9\nlet x = 1\n", "latin1"));
    writeFileSync(join(folder, "c.lavis"), Buffer.from("\ufefflavis 1\n", "utf16le"));
    writeFileSync(join(folder, "d.lavis"), "lavis 1\n\0");
    expect(await lavisc(["check", "b.lavis"])).toMatchObject({
      code: 2,
      error: "error: b.lavis is not text in UTF-8\n  save it as UTF-8, if it is a recipe\n",
    });
    expect((await lavisc(["check", "c.lavis"])).error).toContain("c.lavis is text in UTF-16");
    expect((await lavisc(["check", "d.lavis"])).error).toBe("error: d.lavis is not a text file\n");
    const importing = await lavisc(["check", "a.lavis"]);
    expect(importing).toMatchObject({
      code: 1,
      error: expect.stringContaining("= b.lavis is not text in UTF-8."),
    });
    const before = readFileSync(join(folder, "b.lavis"));
    expect((await lavisc(["fmt", "b.lavis"])).code).toBe(2);
    expect(readFileSync(join(folder, "b.lavis"))).toEqual(before);
  });

  it("exits with 2 for a command line that it does not understand", async () => {
    const { lavisc } = workspace({});
    for (const argv of [["check"], ["check", "a", "--fromat", "json"], ["check", "a", "--format", "xml"], []])
      expect(await lavisc(argv)).toMatchObject({ code: 2, out: "" });
    const { error } = await lavisc(["check", "a", "--max-warnings", "few"]);
    expect(error).toContain("It must be a whole number.");
  });

  it("prints help and the version", async () => {
    const { lavisc } = workspace({});
    expect(await lavisc(["--version"])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    const help = await lavisc(["--help"]);
    expect(help).toMatchObject({ code: 0, error: "" });
    for (const command of ["build", "check", "fmt", "explain", "engine", "data", "doctor"])
      expect(help.out).toContain(`  ${command}`);
  });
});
