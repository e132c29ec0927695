import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { studyFiles } from "../own/study.ts";
import { badRecipe, goodRecipe, workspace } from "./lavisc.ts";

/** A `lavisc` that watches, what it has said so far, and a way to end it. */
function watching(files: Readonly<Record<string, string>>, argv: readonly string[], isTerminal = false) {
  const { lavisc, folder } = workspace(files);
  let said = "";
  let stop = (): void => {};
  const interrupted = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const ended = lavisc([...argv, "--watch"], "", {
    error: (text) => {
      said += text;
    },
    stderrIsTerminal: isTerminal,
    interrupted: () => interrupted,
  });
  onTestFinished(() => stop());
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const says = async (times: number, text: string) => {
    await vi.waitFor(() => expect(said.split("waiting for changes").length - 1).toBe(times), 20_000);
    expect(said.split("waiting for changes")[times - 1]).toContain(text);
  };
  return { folder, write, says, stop, ended, said: () => said };
}

describe("--watch", () => {
  it("checks again when a file changes, and ends with the code of the last check", async () => {
    const { write, says, stop, ended } = watching({ "a.lavis": goodRecipe }, ["check", "a.lavis"]);
    await says(1, "no problems in 1 file");
    write("a.lavis", badRecipe);
    await says(2, "1 error in 1 file");
    stop();
    expect((await ended).code).toBe(1);
  });

  it("watches what a recipe imports, also from another folder, and lavisc.json", async () => {
    const text = `import { rate } from "lib/shared.lavis"\n${goodRecipe.replace("lavis 1\n", "").replace("= peak_lr", "= rate")}`;
    const { write, says, stop, ended } = watching(
      { "a.lavis": text, "lib/shared.lavis": "let rate = 1e-5\n" },
      ["lint", "a.lavis", "--max-warnings=0"],
    );
    await says(1, "1 warning in 1 file");
    write("lib/shared.lavis", 'let rate = "fast"\n');
    await says(2, "1 error");
    write("lib/shared.lavis", "let rate = 1e-5\n");
    await says(3, "1 warning in 1 file");
    write("lavisc.json", '{ "rules": { "unused-param": "off" } }');
    await says(4, "no problems");
    stop();
    expect((await ended).code).toBe(0);
  });

  it("sees a file that an editor replaces, and lives through one that is gone for a while", async () => {
    const { folder, write, says, stop, ended } = watching({ "a.lavis": goodRecipe }, ["check", "a.lavis"]);
    await says(1, "no problems");
    write("a.lavis.new", badRecipe);
    renameSync(join(folder, "a.lavis.new"), join(folder, "a.lavis"));
    await says(2, "1 error");
    rmSync(join(folder, "a.lavis"));
    await says(3, "there is no file a.lavis");
    write("a.lavis", goodRecipe);
    await says(4, "no problems");
    stop();
    expect((await ended).code).toBe(0);
  });

  it("sees what a recipe imports appear, also together with its folders", async () => {
    const text = `import { rate } from "lib/rates/shared.lavis"\n${goodRecipe.replace("lavis 1\n", "").replace("= peak_lr", "= peak_lr + rate")}`;
    const { folder, write, said, says, stop, ended } = watching({ "a.lavis": text }, ["check", "a.lavis"]);
    await says(1, 'cannot read "lib/rates/shared.lavis"');
    mkdirSync(join(folder, "lib/rates"), { recursive: true });
    write("lib/rates/shared.lavis", "let rate = 1e-5\n");
    await vi.waitFor(() => expect(said()).toMatch(/no problems in 1 file\nwaiting for changes\n$/), 20_000);
    stop();
    expect((await ended).code).toBe(0);
  });

  it("sees a folder of imports that is removed and made again", async () => {
    const text = `import { rate } from "lib/shared.lavis"\n${goodRecipe.replace("lavis 1\n", "").replace("= peak_lr", "= peak_lr + rate")}`;
    const files = { "a.lavis": text, "lib/shared.lavis": "let rate = 1e-5\n" };
    const { folder, write, said, stop, ended } = watching(files, ["check", "a.lavis"]);
    const ends = (with_: RegExp) => vi.waitFor(() => expect(said()).toMatch(with_), 20_000);
    await ends(/no problems in 1 file\nwaiting for changes\n$/);
    rmSync(join(folder, "lib"), { recursive: true });
    await ends(/cannot read[^!]*waiting for changes\n$/);
    mkdirSync(join(folder, "lib"));
    write("lib/shared.lavis", "let rate = 1e-5\n");
    await ends(/no problems in 1 file\nwaiting for changes\n$/);
    stop();
    expect((await ended).code).toBe(0);
  });

  it("clears the screen of a terminal, and of nothing else", async () => {
    const plain = watching({ "a.lavis": goodRecipe }, ["check", "a.lavis"]);
    await plain.says(1, "no problems");
    expect(plain.said()).not.toContain("\u001b[2J");
    const coloured = watching({ "a.lavis": goodRecipe }, ["check", "a.lavis"], true);
    await coloured.says(1, "no problems");
    expect(coloured.said()).toContain("\u001b[2J");
  });

  it("does not start without a file, nor on standard input, nor while files are fixed", async () => {
    const { lavisc } = workspace({ "a.lavis": goodRecipe });
    for (const argv of [
      ["check", "b.lavis"],
      ["build", "b.lavis"],
      ["check", "-"],
      ["lint", "-"],
      ["build", "-"],
      ["lint", "a.lavis", "--fix"],
    ])
      expect(await lavisc([...argv, "--watch"])).toMatchObject({ code: 2 });
  });

  it("ends on the signal of Ctrl-C", async () => {
    const { folder } = workspace({ "a.lavis": badRecipe });
    const program = fileURLToPath(new URL("../../../dist/lavisc.js", import.meta.url));
    const child: ChildProcess = spawn(process.execPath, [program, "check", "a.lavis", "--watch"], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    let said = "";
    child.stderr?.on("data", (chunk) => {
      said += chunk;
    });
    await vi.waitFor(() => expect(said).toContain("waiting for changes"), 30_000);
    child.kill("SIGINT");
    const [code] = await once(child, "exit");
    expect(code).toBe(1);
  });
});

describe("build --watch", () => {
  const built = (folder: string) => readFileSync(join(folder, "out/run.ts"), "utf8");

  it("builds again when an import changes, and leaves the last good program where there are errors", async () => {
    const text = `import { rate } from "shared.lavis"\n${goodRecipe.replace("lavis 1\n", "").replace("= peak_lr", "= rate")}`;
    const { folder, write, says, stop, ended } = watching(
      { "a.lavis": text, "shared.lavis": "let rate = 1e-5\n" },
      ["build", "a.lavis"],
    );
    await says(1, "emoji: node out/run.js");
    expect(built(folder)).toContain("init_lr: 1e-5");
    write("shared.lavis", 'let rate = "fast"\n');
    await says(2, "1 error");
    expect(built(folder)).toContain("init_lr: 1e-5");
    write("shared.lavis", "let rate = 3e-5\n");
    await says(3, "emoji: node out/run.js");
    expect(built(folder)).toContain("init_lr: 3e-5");
    stop();
    expect((await ended).code).toBe(0);
  });

  it("waits for what keeps it from building at its start: an error, several recipes, a program that was edited", async () => {
    const { folder, write, says, stop, ended } = watching({ "a.lavis": badRecipe, "out/run.ts": "// mine" }, [
      "build",
      "a.lavis",
    ]);
    await says(1, "1 error in 1 file");
    write(
      "a.lavis",
      `${goodRecipe}\n${goodRecipe.slice(goodRecipe.indexOf("recipe")).replace("emoji", "two")}`,
    );
    await says(2, "name one with --recipe: `emoji` or `two`");
    write("a.lavis", goodRecipe);
    await says(3, "run.ts was not built by lavisc");
    expect(built(folder)).toBe("// mine");
    expect(existsSync(join(folder, "out/run.js"))).toBe(false);
    stop();
    expect((await ended).code).toBe(2);
  });

  it("builds again when TypeScript of the user's own changes", async () => {
    const { folder, write, says, stop, ended } = watching(studyFiles(), ["build", "study.lavis"]);
    await says(1, "node out/run.js");
    const component = readFileSync(join(folder, "captioner.ts"), "utf8");
    write("captioner.ts", `${component}\nexport const added = 7;\n`);
    await says(2, "node out/run.js");
    expect(readFileSync(join(folder, "out/components/captioner.js"), "utf8")).toContain("added = 7");
    stop();
    expect((await ended).code).toBe(0);
  });
});
