import { createHash } from "node:crypto";
import type { Diagnostic, SourceText } from "../../grammar/index.ts";

/**
 * A name for each diagnostic that stays while the file around it changes: made of the code, the file, the
 * message and the text of the line, not of its number. Several that are the same in all that are counted.
 */
export function fingerprintsOf(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, SourceText>,
  relativePath: (path: string) => string,
): ReadonlyMap<Diagnostic, string> {
  const numSame = new Map<string, number>();
  return new Map(
    diagnostics.map((diagnostic) => {
      const { code, path, message, span } = diagnostic;
      const source = sources.get(path);
      const line = source?.lineText(source.positionAt(span.start).line).trim().replace(/\s+/g, " ") ?? "";
      const identity = JSON.stringify([code, relativePath(path), message, line]);
      const digest = createHash("sha256").update(identity).digest("hex").slice(0, 32);
      const count = (numSame.get(digest) ?? 0) + 1;
      numSame.set(digest, count);
      return [diagnostic, `${digest}:${count}`] as const;
    }),
  );
}
