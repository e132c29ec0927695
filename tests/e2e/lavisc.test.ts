import { spawnSync } from "node:child_process";
import {
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
import { afterEach, beforeEach, describe, expect, it } from "vitest";

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

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lavisc-e2e-"));
  mkdirSync(join(folder, "recipes"));
  writeFileSync(join(folder, "recipes/emoji.lavis"), recipe);
});
afterEach(() => rmSync(folder, { recursive: true }));

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
    expect(lavisc("recipes/emoji.lavis")).toEqual({ code: 0, out: "", error: "emoji: node out/run.js\n" });
    expect(readdirSync(join(folder, "out")).sort()).toEqual([
      "lavisc.json",
      "node_modules",
      "package.json",
      "run.js",
      "run.js.map",
      "run.ts",
    ]);
    expect(lstatSync(join(folder, "out/node_modules/lavis")).isSymbolicLink()).toBe(true);
    for (const name of ["lavisc.js", chunk("main-")]) expect(modules(name)).not.toContain("ts-morph");
    expect(modules(chunk("emit-"))).toContain("ts-morph");
  });
});
