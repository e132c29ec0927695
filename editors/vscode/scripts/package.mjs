// Builds lavis.vsix from what is installed, without any network: `npm run package [-- FILE]`.
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createVSIX } from "@vscode/vsce";
import { build } from "esbuild";

const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const packagePath = resolve(process.argv[2] ?? join(folder, "dist", "lavis.vsix"));

mkdirSync(join(folder, "dist"), { recursive: true });
mkdirSync(dirname(packagePath), { recursive: true });
copyFileSync(join(folder, "../lavis.tmLanguage.json"), join(folder, "dist/lavis.tmLanguage.json"));
copyFileSync(join(folder, "../../LICENSE"), join(folder, "LICENSE"));
const { warnings } = await build({
  absWorkingDir: folder,
  entryPoints: ["src/extension.js"],
  outfile: "dist/extension.cjs",
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20",
  // VS Code's own module.
  external: ["vscode"],
  minify: true,
  legalComments: "none",
  logLevel: "warning",
});
if (warnings.length > 0) process.exit(1);
// Everything is in the bundle, so that no dependency is packed.
await createVSIX({ cwd: folder, packagePath, dependencies: false, allowMissingRepository: true });
