// Bundles the command line: dist/lavisc.js, which loads dist/chunks/*.js as commands need them. Beside it goes what
// tsc does not copy: the sources of the addons that `lavisc engine install` builds.
import { chmod, cp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");

/**
 * Chevrotain records its grammar with lodash's `pickBy`, once for each of hundreds of productions and always for
 * plain objects: lodash's walk over inherited keys and symbols is a third of what making a parser costs.
 */
const plainPickBy = {
  name: "plain-pick-by",
  setup({ onLoad }) {
    onLoad({ filter: /lodash-es[\\/]pickBy\.js$/ }, () => ({
      contents: `export default (object, isWanted) =>
        Object.fromEntries(Object.entries(object).filter(([key, value]) => isWanted(value, key)));`,
    }));
  },
};

await rm(join(dist, "chunks"), { recursive: true, force: true });
const { warnings } = await build({
  absWorkingDir: root,
  entryPoints: { lavisc: "compiler/cli/lavisc.ts" },
  outdir: dist,
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  // Each dynamic import is a chunk of its own, so that `check` never reads the emitter.
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  // ts-morph carries the TypeScript compiler and its library files; the runtime is this package's own.
  external: ["ts-morph", "lavis/*"],
  minifyWhitespace: true,
  minifySyntax: true,
  keepNames: false,
  sourcemap: "linked",
  sourcesContent: false,
  legalComments: "none",
  plugins: [plainPickBy],
  // CommonJS dependencies such as commander ask for Node's own modules by `require`.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module";const require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
});
if (warnings.length > 0) process.exitCode = 1;
await chmod(join(dist, "lavisc.js"), 0o755);

for (const owner of ["engine/torch", "distributed/shm"]) {
  const addon = join("runtime", owner, "addon");
  await rm(join(dist, addon), { recursive: true, force: true });
  await cp(join(root, addon), join(dist, addon), {
    recursive: true,
    filter: (path) => !/[\\/]addon[\\/](?:build|node_modules)$/.test(path), // what building by hand leaves
  });
}
