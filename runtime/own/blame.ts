import { sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the runtime; what it is written in is TypeScript too where it runs from its source. */
const runtimeFolder = fileURLToPath(new URL("..", import.meta.url));

/**
 * The innermost line of a user's own TypeScript on the stack of an error, `/home/ada/captioner.ts:31:7`; undefined
 * where it has none, so that the mistake is not the user's. Source maps lead there (see {@link traceOwnModules}).
 */
export function ownPlaceOf(error: unknown): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  for (const line of stack.split("\n")) {
    const found = /^\s+at .*?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*\.ts)(:\d+:\d+)\)?$/.exec(line);
    if (!found) continue;
    const [, file = "", place = ""] = found;
    const path = file.startsWith("file:") ? fileURLToPath(file) : file;
    const isInstalled = path.split(sep).includes("node_modules");
    if (!isInstalled && !path.startsWith(runtimeFolder)) return `${path}${place}`;
  }
  return undefined;
}

/** Makes the stacks of errors name the lines of the TypeScript that modules loaded from now on were compiled from. */
export function traceOwnModules(): void {
  process.setSourceMapsEnabled(true);
}
