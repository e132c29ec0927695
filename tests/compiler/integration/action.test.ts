import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { badRecipe, goodRecipe } from "../cli/lavisc.ts";
import { projectFile, repository } from "./repository.ts";

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const action: Action = parse(readFileSync(projectFile(".github/actions/lint/action.yml"), "utf8"));
const warned = goodRecipe.replace("recipe emoji", "let size = 3\n\nrecipe emoji");

/** Runs the steps of the action as GitHub does: expressions of inputs and outputs filled in, until one fails. */
function runAction(
  files: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
  { folder, run } = repository(files),
  shell: Readonly<Record<string, string>> = {},
) {
  const given = Object.fromEntries(
    Object.entries(action.inputs).map(([name, one]) => [name, inputs[name] ?? one.default]),
  );
  const outputs = new Map<string, string>();
  const resolveTerm = (term: string): string => {
    const [, name] = /^inputs\.(.+)$/.exec(term) ?? [];
    if (name !== undefined) return given[name] ?? "";
    return /^'(.*)'$/.exec(term)?.[1] ?? outputs.get(term) ?? "";
  };
  const fill = (text: string) =>
    text.replace(
      /\$\{\{ (.+?) \}\}/g,
      (_, terms: string) =>
        terms
          .split(" || ")
          .map(resolveTerm)
          .find((value) => value !== "") ?? "",
    );
  const isWanted = (condition: string) =>
    condition.split(" || ").some((part) => {
      const [left = "", operator, right = ""] = part.split(" ");
      return (resolveTerm(left) === resolveTerm(right)) === (operator === "==");
    });
  const output = join(folder, "output.txt");
  let out = "";
  for (const step of action.runs.steps) {
    if (step.run === undefined || (step.if !== undefined && !isWanted(step.if))) continue;
    writeFileSync(output, "");
    const environment = Object.fromEntries(
      Object.entries(step.env ?? {}).map(([key, text]) => [key, fill(text)]),
    );
    const result = run("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run], {
      ...shell,
      ...environment,
      GITHUB_OUTPUT: output,
      RUNNER_TEMP: folder,
    });
    out += result.stdout + result.stderr;
    for (const line of readFileSync(output, "utf8").split("\n")) {
      const [key = "", ...value] = line.split("=");
      if (key !== "") outputs.set(`steps.${step.id}.outputs.${key}`, value.join("="));
    }
    if (result.status !== 0) return { status: result.status, out, folder, outputs };
  }
  return { status: 0, out, folder, outputs };
}

describe("the GitHub Action", () => {
  it("is a composite action whose steps take their inputs from the environment", () => {
    expect(action.runs.using).toBe("composite");
    for (const step of action.runs.steps) {
      expect(step.run ?? "").not.toContain("${{");
      expect(step.run === undefined).toBe(step.shell === undefined);
    }
    for (const { description } of Object.values(action.inputs)) expect(description).toMatch(/\.$/);
  });

  it("passes recipes without errors, and annotates warnings", () => {
    const { status, out } = runAction({ "a.lavis": goodRecipe, "deep/b.lavis": warned });
    expect(out).toContain("::warning file=deep/b.lavis,line=6,");
    expect(status).toBe(0);
  });

  it("fails on errors, and on more warnings than are allowed", () => {
    const { status, out } = runAction({ "a.lavis": badRecipe });
    expect(out).toContain("::error file=a.lavis,line=12,");
    expect(status).toBe(1);
    expect(runAction({ "a.lavis": warned }, { "max-warnings": "0" }).status).toBe(1);
  });

  it("lints the files that it is given, also with spaces in their names", () => {
    const files = { "my recipes/a.lavis": goodRecipe, "b.lavis": badRecipe, "c.lavis": goodRecipe };
    const { status, out } = runAction(files, { files: "my recipes\nc.lavis\n" });
    expect(out).toContain("in 2 files");
    expect(status).toBe(0);
  });

  it("writes a SARIF log before it fails", () => {
    const { status, folder, outputs } = runAction({ "a.lavis": badRecipe }, { "sarif-file": "my log.sarif" });
    expect(status).toBe(1);
    expect(outputs.get("steps.sarif.outputs.sarif-file")).toBe("my log.sarif");
    const log = JSON.parse(readFileSync(join(folder, "my log.sarif"), "utf8"));
    expect(log.runs[0].results).toHaveLength(1);
    const uploading = runAction({ "a.lavis": goodRecipe }, { "upload-sarif": "true" });
    expect(uploading.outputs.get("steps.sarif.outputs.sarif-file")).toBe("lavisc.sarif");
  });

  /** A project without a lavisc of its own, and an npm that shows its arguments and installs one. */
  function withoutLavisc() {
    const project = repository({ "a.lavis": goodRecipe });
    const npm = join(project.folder, "npm");
    const installed = join(project.folder, "lavisc", "node_modules", ".bin");
    mkdirSync(npm);
    const install = `mkdir -p "${installed}" && mv "${npm}/lavisc" "${installed}"`;
    writeFileSync(join(npm, "npm"), `#!/bin/sh\necho "npm $*"\n${install}\n`);
    chmodSync(join(npm, "npm"), 0o755);
    renameSync(join(project.programs, "lavisc"), join(npm, "lavisc"));
    return (inputs: Readonly<Record<string, string>>) =>
      runAction({}, inputs, project, { PATH: `${npm}:${process.env.PATH}` });
  }

  it("installs what it is told where the project has no lavisc", () => {
    const { status, out, folder } = withoutLavisc()({ package: "./lavis-0.1.0.tgz" });
    expect(out).toContain(`npm install --prefix ${folder}/lavisc --no-audit --no-fund ./lavis-0.1.0.tgz\n`);
    expect(status).toBe(0);
  });

  it("installs nothing unasked, and says what to do", () => {
    const { status, out } = withoutLavisc()({});
    expect(out).toMatch(/^::error::node_modules has no lavisc here: .*npm ci.*input package/);
    expect(out).not.toContain("npm install");
    expect(status).toBe(2);
  });

  it("takes what the project knows of its recipes, and stops where that is damaged", () => {
    const { status, out } = runAction(
      { "a.lavis": warned, "known.json": "{}" },
      { baseline: "known.json", "sarif-file": "x" },
    );
    expect(out).toContain("known.json is no baseline");
    expect(status).toBe(2);
  });
});
