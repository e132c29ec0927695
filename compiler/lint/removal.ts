import type { Declaration, Fix, Import, Name } from "../../grammar/index.ts";
import { placeIn, type SourceFile } from "../program/index.ts";
import { removalFix } from "../resolve/edits.ts";

/**
 * A fix that removes a declaration with its documentation and the empty line behind it. Unsafe: another file
 * may import it.
 */
export function declarationRemoval(file: SourceFile, { docs, name, span }: Declaration): Fix {
  const whole = { start: docs[0]?.span.start ?? span.start, end: span.end };
  const fix = removalFix(placeIn(file, { span: whole }), `Remove \`${name.text}\``, "unsafe");
  return { ...fix, edits: fix.edits.map((edit) => ({ ...edit, span: withEmptyLine(file, edit.span) })) };
}

/** A fix that removes one name of an import, or the import with its last name. */
export function nameRemoval(file: SourceFile, whole: Import, name: Name): Fix {
  const title = `Remove \`${name.text}\``;
  if (whole.names.length === 1) {
    const fix = removalFix(placeIn(file, whole), title, "safe");
    return { ...fix, edits: fix.edits.map((edit) => ({ ...edit, span: withEmptyLine(file, edit.span) })) };
  }
  const at = whole.names.indexOf(name);
  const [before, after] = [whole.names[at - 1], whole.names[at + 1]];
  const span = after
    ? { start: name.span.start, end: after.span.start }
    : { start: before?.span.end ?? name.span.start, end: name.span.end };
  return { title, applicability: "safe", edits: [{ span, text: "", path: file.source.path }] };
}

/** The span and one empty line behind it, where an empty line or the start of the file is before it too. */
function withEmptyLine({ source: { text } }: SourceFile, { start, end }: { start: number; end: number }) {
  const isAfterGap = start === 0 || /\n\r?\n$/.test(text.slice(Math.max(0, start - 3), start));
  const [gap = ""] = /^\r?\n/.exec(text.slice(end, end + 2)) ?? [];
  return { start, end: isAfterGap ? end + gap.length : end };
}
