import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { sourceFiles } from "../../runtime/addon-sources.ts";
import { linksOf } from "../docs/links.ts";
import { importsOf } from "./imports.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** The files that `npm pack` would put into the package. */
function packedFiles(): readonly string[] {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts", "--loglevel=error"];
  const { status, stdout, stderr } = spawnSync("npm", args, {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`npm pack failed: ${stderr}`);
  const [packed] = JSON.parse(stdout) as readonly { readonly files: readonly { readonly path: string }[] }[];
  return packed?.files.map(({ path }) => path) ?? [];
}

describe("the npm package", () => {
  let files: readonly string[];
  beforeAll(() => {
    files = packedFiles();
  });

  it("has the command line, every module that it exports with its types, the recipes and the documentation", () => {
    const exported = Object.values<string | Record<string, string>>(manifest.exports).flatMap((target) =>
      typeof target === "string" ? [target] : Object.values(target),
    );
    const recipes = readdirSync(join(root, "recipes"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".lavis"))
      .map((name) => posix.join("recipes", name.replaceAll("\\", "/")));
    expect(recipes).not.toEqual([]);
    const texts = ["LICENSE", "NOTICE", "docs/language.md", "docs/reference/README.md"];
    for (const path of [...Object.values<string>(manifest.bin), ...exported, ...recipes, ...texts])
      expect(files).toContain(posix.normalize(path));
  });

  it("has every page that its pages lead to", () => {
    const dangling = files
      .filter((path) => path.endsWith(".md"))
      .flatMap((page) =>
        linksOf(page)
          .filter(({ target }) => target !== "" && !/^https?:/.test(target))
          .map(({ target }) => posix.join(dirname(page), target))
          .filter((target) => !files.includes(target))
          .map((target) => `${page} leads to ${target}`),
      );
    expect(dangling).toEqual([]);
  });

  it.each(["engine/torch", "distributed/shm"])(
    "has the sources of the addon of %s, and no build of it",
    (owner) => {
      const sources = sourceFiles(join(root, "runtime", owner, "addon"));
      const folder = `dist/runtime/${owner}/addon/`;
      const packed = files.filter((path) => path.startsWith(folder));
      expect(sources).toContain("binding.gyp");
      expect(packed.map((path) => path.slice(folder.length)).sort()).toEqual(sources);
    },
  );

  it("has no test, no source map without its source, and nothing of the build's own", () => {
    const unwanted = /(^|\/)tests?\/|\.test\.|\.map$|\.tsbuildinfo$|^(scripts|node_modules)\//;
    expect(files.filter((path) => unwanted.test(path))).toEqual([]);
  });

  it("has all that its modules import, or depends on it", () => {
    const modules = files.filter((path) => path.endsWith(".js") && existsSync(join(root, path)));
    const installed = [manifest.name, ...Object.keys(manifest.dependencies)];
    const missing = modules.flatMap((path) => {
      const { always, onDemand } = importsOf(readFileSync(join(root, path), "utf8"));
      return [...always, ...onDemand].flatMap((name) => {
        if (isBuiltin(name)) return [];
        if (name.startsWith(".")) {
          const target = posix.join(dirname(path), name);
          return files.includes(target) ? [] : [`${path} imports ${name}`];
        }
        const parts = name.split("/");
        const owner = parts.slice(0, name.startsWith("@") ? 2 : 1).join("/");
        return installed.includes(owner) ? [] : [`${path} imports ${name}`];
      });
    });
    expect(modules.length).toBeGreaterThan(100);
    expect(missing).toEqual([]);
  });
});
