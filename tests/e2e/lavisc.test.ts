import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { importsOf } from "./imports.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const bundle = join(root, "dist/lavisc.js");
if (!existsSync(bundle)) throw new Error('the command line is not built: run "npm run build" first');

const recipe = `lavis 1

/// Highest learning rate.
param peak_lr: number = 2e-5

recipe emoji {
  task captioning
  model blip_caption.tiny
  dataset emoji_caption {
    build_info { images = "../data/emoji" }
  }
  schedule linear_warmup_cosine_lr {
    init_lr = peak_lr
    max_epoch = 1
  }
  run { device = cpu }
}
`;

/** Each build type-checks its program, which takes seconds: the recipe is built once, and each test has a copy. */
const built = mkdtempSync(join(tmpdir(), "lavisc-e2e-"));
let firstBuild: ReturnType<typeof lavisc>;
let folder: string;
beforeAll(() => {
  folder = built;
  mkdirSync(join(folder, "recipes"));
  writeFileSync(join(folder, "recipes/emoji.lavis"), recipe);
  firstBuild = lavisc("recipes/emoji.lavis");
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lavisc-e2e-"));
  cpSync(built, folder, { recursive: true, verbatimSymlinks: true });
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(() => rmSync(built, { recursive: true }));

function node(...args: string[]) {
  const { RANK: _, NO_COLOR: __, FORCE_COLOR: ___, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    env,
  });
  return { code: status, out: stdout, error: stderr };
}
const lavisc = (...args: string[]) => node(bundle, ...args);
const read = (name: string) => readFileSync(join(folder, name), "utf8");

describe("the built command line", () => {
  it("compiles a recipe into a program that runs from anywhere", () => {
    expect(firstBuild).toEqual({ code: 0, out: "", error: "emoji: node out/run.js\n" });
    expect(readdirSync(join(folder, "out")).sort()).toEqual([
      "lavisc-manifest.json",
      "node_modules",
      "package.json",
      "run.js",
      "run.js.map",
      "run.ts",
    ]);
    expect(lstatSync(join(folder, "out/node_modules/lavis")).isSymbolicLink()).toBe(true);
    for (const name of ["run.ts", "run.js", "run.js.map", "lavisc-manifest.json"])
      expect(read(`out/${name}`)).not.toContain(folder);

    const help = node("out/run.js", "--help");
    expect(help).toMatchObject({ code: 0, error: "" });
    expect(help.out).toMatch(/--peak-lr +a number \[default 0\.00002\]\n +Highest learning rate\./);
    expect(node("out/run.js", "--peek-lr=1")).toEqual({
      code: 2,
      out: "",
      error: "error: unknown flag --peek-lr\n  did you mean --peak-lr?\n",
    });
  });

  it("lets a program say what is wrong with its parameters, and where the recipe uses them", () => {
    expect(node("out/run.js", "--peak-lr=-1")).toMatchObject({
      code: 2,
      error: expect.stringMatching(
        /^error: schedule linear_warmup_cosine_lr: init_lr is -1, but it must be above 0\n/,
      ),
    });
    // As long as it was, so that the source map still fits.
    const edited = read("out/run.js").replace("init_lr: params.", "init_lr: absent.");
    writeFileSync(join(folder, "out/run.js"), edited);
    const { code, error } = node("--enable-source-maps", "out/run.js");
    expect(code).toBe(1);
    expect(error).toContain("recipes/emoji.lavis:13");
  });

  it("gives the same bytes again, wherever the project lies", () => {
    const names = ["run.ts", "run.js", "run.js.map", "lavisc-manifest.json"];
    const first = names.map((name) => read(`out/${name}`));
    const moved = join(folder, "elsewhere");
    mkdirSync(moved);
    renameSync(join(folder, "recipes"), join(moved, "recipes"));
    expect(lavisc("elsewhere/recipes/emoji.lavis", "-o", "elsewhere/out").code).toBe(0);
    expect(names.map((name) => read(`elsewhere/out/${name}`))).toEqual(first);
  });

  it("writes nothing of the environment that it is built in, secrets least of all", () => {
    const text = `param n: count = env("LAVIS_TEST_N", 4)
secret hub = env("LAVIS_TEST_HUB")
recipe r {
  task captioning
  model blip_caption.tiny { weights_token = hub }
  dataset emoji_caption
  run { device = cpu, seed = n }
}
`;
    writeFileSync(join(folder, "secret.lavis"), text);
    vi.stubEnv("LAVIS_TEST_N", "77123");
    vi.stubEnv("LAVIS_TEST_HUB", "hunter2");
    const built = lavisc("secret.lavis", "-o", "secret", "--set", "run.log_freq=7");
    vi.unstubAllEnvs();
    expect(built).toEqual({ code: 0, out: "", error: "r: node secret/run.js\n" });
    const files = readdirSync(join(folder, "secret")).filter((name) => name !== "node_modules");
    expect(files.map((name) => [name, /77123|hunter2/.test(read(`secret/${name}`))])).toEqual(
      files.map((name) => [name, false]),
    );
    expect(read("secret/run.ts")).toContain('secret("LAVIS_TEST_HUB")');
    expect(JSON.parse(read("secret/lavisc-manifest.json"))).toMatchObject({
      overrides: ["--set run.log_freq=7"],
    });
  });

  it("does not overwrite what a person edited", () => {
    writeFileSync(join(folder, "out/run.ts"), "// mine\n");
    const { code, error } = lavisc("recipes/emoji.lavis");
    expect(code).toBe(2);
    expect(error).toMatch(/^error: out\/run\.ts was edited since it was built\n {2}.*--force/);
    expect(read("out/run.ts")).toBe("// mine\n");
    expect(lavisc("recipes/emoji.lavis", "--force").code).toBe(0);
    expect(read("out/run.ts")).toContain("satisfies Recipe");
  });

  it("writes nothing where there are errors", () => {
    writeFileSync(
      join(folder, "recipes/bad.lavis"),
      recipe.replace("blip_caption.tiny", "blip_caption.tinny"),
    );
    const { code, error } = lavisc("recipes/emoji.lavis", "recipes/bad.lavis", "-o", "nothing");
    expect(code).toBe(1);
    expect(error).toContain("recipes/bad.lavis:8");
    expect(existsSync(join(folder, "nothing"))).toBe(false);
  });

  it("builds several recipes into a folder each, and asks which of several in a file", () => {
    writeFileSync(
      join(folder, "recipes/two.lavis"),
      `${recipe}\n${recipe.slice(recipe.indexOf("recipe")).replace("emoji", "other")}`,
    );
    const { code, error } = lavisc("recipes/two.lavis");
    expect({ code, error }).toEqual({
      code: 2,
      error: "error: recipes/two.lavis has 2 recipes\n  name one with --recipe: `emoji` or `other`\n",
    });
    writeFileSync(join(folder, "recipes/other.lavis"), recipe.replace("recipe emoji", "recipe other"));
    expect(lavisc("recipes/emoji.lavis", "recipes/other.lavis", "-o", "each").code).toBe(0);
    expect(readdirSync(join(folder, "each")).sort()).toEqual(["emoji", "other"]);
    expect(lavisc("recipes/emoji.lavis", "recipes/emoji.lavis", "-o", "both").code).toBe(2);
  });

  it("records what the command line set", () => {
    expect(lavisc("recipes/emoji.lavis", "-p", "peak_lr=3e-5", "--set", "run.seed=7").code).toBe(0);
    expect(JSON.parse(read("out/lavisc-manifest.json"))).toMatchObject({
      recipe: "emoji",
      overrides: ["-p peak_lr=3e-5", "--set run.seed=7"],
      sources: { "../recipes/emoji.lavis": expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(read("out/run.ts")).toContain("seed: 7, // --set run.seed=7");
  });

  it("has colours on a terminal's behalf only when asked", () => {
    writeFileSync(join(folder, "recipes/bad.lavis"), recipe.replace("task", "taks"));
    expect(lavisc("check", "recipes/bad.lavis").error).not.toContain("\u001b[");
    const coloured = spawnSync(process.execPath, [bundle, "check", "recipes/bad.lavis"], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, FORCE_COLOR: "1", NO_COLOR: "" },
    });
    expect(coloured.stderr).toContain("\u001b[1;31merror[");
  });

  it("ends quietly when nobody reads on", () => {
    const command = `"${process.execPath}" "${bundle}" explain recipes/emoji.lavis | head -1`;
    const { stdout, stderr } = spawnSync("sh", ["-c", command], { cwd: folder, encoding: "utf8" });
    expect({ stdout, stderr }).toEqual({ stdout: "recipe emoji\n", stderr: "" });
  });

  it("loads the TypeScript compiler in build only", () => {
    const modules = (name: string): string[] => {
      const text = readFileSync(join(root, "dist", name), "utf8");
      const { always: imports } = importsOf(text);
      const local = imports.filter((one) => one.startsWith("."));
      return [...imports, ...local.flatMap((one) => modules(join(name, "..", one)))];
    };
    const chunk = (prefix: string) => {
      const found = readdirSync(join(root, "dist/chunks")).find(
        (name) => name.startsWith(prefix) && name.endsWith(".js"),
      );
      return `chunks/${found}`;
    };
    for (const name of ["lavisc.js", chunk("main-")]) expect(modules(name)).not.toContain("ts-morph");
    expect(modules(chunk("emit-"))).toContain("ts-morph");
  });
});
