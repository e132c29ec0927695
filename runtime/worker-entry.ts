import { existsSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * The JavaScript module to start a worker thread from, given the URL of its source module.
 *
 * A compiled program is already JavaScript and gets its own URL back. Under a test runner modules are
 * TypeScript, which worker threads of Node 20 cannot load, so the same module of the build in `dist` is
 * taken. Throws with the command to run when that build is missing.
 *
 * @example new Worker(workerEntry(new URL("./worker.ts", import.meta.url)))
 */
export function workerEntry(module: URL): URL {
  const source = fileURLToPath(module);
  if (existsSync(source.replace(/\.ts$/, ".js"))) return pathToFileURL(source.replace(/\.ts$/, ".js"));
  const root = packageRoot(dirname(source));
  const built = join(root, "dist", relative(root, source).replace(/\.ts$/, ".js"));
  if (!existsSync(built)) {
    throw new Error(
      `worker module ${relative(root, built).split(sep).join("/")} is not built: run "npm run build" first`,
    );
  }
  return pathToFileURL(built);
}

function packageRoot(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, "package.json"))) return at;
    if (dirname(at) === at) throw new Error(`no package.json above ${folder}`);
  }
}
