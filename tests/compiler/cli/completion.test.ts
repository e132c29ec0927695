import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { goodRecipe, workspace } from "./lavisc.ts";

const has = (shell: string): boolean => spawnSync(shell, ["--version"]).status === 0;
const script = async (shell: string): Promise<string> =>
  (await workspace({}).lavisc(["completion", shell])).out;

/** What bash offers behind some words, the last one unfinished, in a folder with recipes. */
async function completeInBash(...words: readonly string[]): Promise<string[]> {
  const { folder } = workspace({ "a.lavis": goodRecipe, "notes.txt": "", "recipes/b.lavis": goodRecipe });
  const path = join(folder, "completion.bash");
  writeFileSync(path, await script("bash"));
  const typed = ["lavisc", ...words].map((word) => `'${word}'`).join(" ");
  const run = `source ${path}; COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _lavisc; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync("bash", ["--norc", "-c", run], {
    cwd: folder,
    encoding: "utf8",
  });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout.split("\n").filter((line) => line !== "");
}

describe.skipIf(!has("bash"))("completion in bash", () => {
  it("offers commands, recipes and folders", async () => {
    const offered = await completeInBash("");
    expect(offered).toEqual(expect.arrayContaining(["check", "lint", "init", "a.lavis", "recipes"]));
    expect(offered).not.toContain("notes.txt");
    expect(await completeInBash("ch")).toEqual(["check"]);
    expect(await completeInBash("check", "recipes/")).toEqual(["recipes/b.lavis"]);
  });

  it("offers flags of the command, and their values", async () => {
    expect(await completeInBash("fmt", "--")).toEqual(["--check", "--diff", "--stdin-filename", "--help"]);
    expect(await completeInBash("build", "--wa")).toEqual(["--watch"]);
    expect(await completeInBash("a.lavis", "--wa")).toEqual(["--watch"]);
    expect(await completeInBash("--ver")).toEqual(["--version"]);
    expect(await completeInBash("lint", "--wr")).toEqual(["--write-baseline"]);
    const formats = await completeInBash("lint", "a.lavis", "--format", "");
    expect(formats).toEqual(["pretty", "json", "github", "sarif"]);
    expect(await completeInBash("lint", "--format", "=", "sa")).toEqual(["sarif"]);
    expect(await completeInBash("lint", "--format", "=")).toEqual(formats);
    expect(await completeInBash("check", "--stdin-filename", "no")).toEqual(["notes.txt"]);
  });

  it("offers commands of commands, codes, and names of the catalogue", async () => {
    expect(await completeInBash("engine", "i")).toEqual(["install"]);
    expect(await completeInBash("engine", "install", "--g")).toEqual(["--gpu"]);
    expect(await completeInBash("explain", "LV4012")).toEqual(["LV4012"]);
    expect(await completeInBash("describe", "model", "blip_capt")).toContain("blip_caption");
    expect(await completeInBash("completion", "f")).toEqual(["fish"]);
  });
});

describe.each([
  ["bash", ["-n"]],
  ["zsh", ["-n"]],
  ["fish", ["--no-execute"]],
])("completion of %s", (shell, flags) => {
  it.skipIf(!has(shell))("is a script that the shell takes", async () => {
    const { folder } = workspace({});
    const path = join(folder, "completion");
    writeFileSync(path, await script(shell));
    expect(spawnSync(shell, [...flags, path], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
  });

  it("names every command and flag", async () => {
    const text = await script(shell);
    for (const word of ["lint", "describe", "write-baseline", "max-warnings", "LV4012", "install"])
      expect(text).toContain(word);
  });
});

it("is refused for a shell that there is not", async () => {
  expect(await workspace({}).lavisc(["completion", "cmd"])).toMatchObject({ code: 2, out: "" });
});
