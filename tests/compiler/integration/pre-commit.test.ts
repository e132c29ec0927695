import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { badRecipe, goodRecipe } from "../cli/lavisc.ts";
import { projectFile, repository } from "./repository.ts";

interface Hook {
  readonly id: string;
  readonly entry: string;
  readonly files: string;
}
interface Configuration {
  readonly repos: readonly [{ readonly repo: string; readonly hooks: readonly Hook[] }];
}

/** The file that docs/lint.md shows. */
const [, configuration = ""] =
  /```yaml\n# \.pre-commit-config\.yaml\n(.+?)```/s.exec(readFileSync(projectFile("docs/lint.md"), "utf8")) ??
  [];
const { repos }: Configuration = parse(configuration);
const unformatted = goodRecipe.replaceAll("\n  ", "\n      ");
const fixable = goodRecipe.replace("init_lr = peak_lr", "init_lr: peak_lr");
const hasPreCommit = spawnSync("pre-commit", ["--version"]).status === 0;

/** Runs a hook's entry on the staged files that it is for, as pre-commit does. */
function runHook(id: string, files: Readonly<Record<string, string>>) {
  const hook = repos[0].hooks.find((one) => one.id === id);
  if (!hook) throw new Error(`no hook ${id}`);
  const { folder, run } = repository(files);
  const staged = run("git", ["diff", "--cached", "--name-only"]).stdout.split("\n");
  const chosen = staged.filter((name) => new RegExp(hook.files).test(name));
  const [command = "", ...argv] = hook.entry.split(" ");
  const { status, stderr } = run(command, [...argv, ...chosen]);
  return { status, stderr, chosen, read: (name: string) => readFileSync(join(folder, name), "utf8") };
}

describe("the documented pre-commit hooks", () => {
  it("lint what is staged, and nothing else", () => {
    const { status, chosen } = runHook("lavisc-lint", {
      "a.lavis": goodRecipe,
      "b/c.lavis": goodRecipe,
      "d.yaml": "",
    });
    expect(chosen).toEqual(["a.lavis", "b/c.lavis"]);
    expect(status).toBe(0);
    expect(runHook("lavisc-lint", { "a.lavis": badRecipe }).status).toBe(1);
  });

  it("repair and format files in place", () => {
    const fixed = runHook("lavisc-fix", { "a.lavis": fixable });
    expect(fixed).toMatchObject({ status: 0 });
    expect(fixed.read("a.lavis")).toBe(goodRecipe);
    const formatted = runHook("lavisc-fmt", { "a.lavis": unformatted });
    expect(formatted).toMatchObject({ status: 0 });
    expect(formatted.read("a.lavis")).toBe(goodRecipe);
  });
});

describe.skipIf(!hasPreCommit)("pre-commit itself", () => {
  it("runs the hooks on a repository", () => {
    const { folder, run } = repository({ "a.lavis": badRecipe, "notes.txt": "x" });
    writeFileSync(join(folder, ".pre-commit-config.yaml"), configuration);
    expect(run("pre-commit", ["validate-config"])).toMatchObject({ status: 0 });
    run("git", ["add", "."]);
    const failing = run("pre-commit", ["run", "lavisc-lint"]);
    expect(failing.stdout).toContain("error[LV2009]");
    expect(failing.status).toBe(1);
    writeFileSync(join(folder, "a.lavis"), goodRecipe);
    run("git", ["add", "."]);
    expect(run("pre-commit", ["run", "--all-files"])).toMatchObject({ status: 0 });
  });
});
