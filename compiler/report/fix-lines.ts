import { applyEdits, type Fix, type SourceText, type TextEdit } from "../../grammar/index.ts";
import { nearbySpan, showDifference } from "./long-lines.ts";
import type { Style } from "./style.ts";

/** The lines that a fix removes and adds, as a small diff with line numbers. */
export function fixLines(
  path: string,
  { edits }: Fix,
  sources: ReadonlyMap<string, SourceText>,
  gutter: number,
  style: Style,
): string[] {
  return [...groupByPath(path, edits)].flatMap(([file, own]) => {
    const source = sources.get(file);
    if (!source) return [];
    const elsewhere = file === path ? [] : [style.quiet(`${" ".repeat(gutter)} --> ${file}`)];
    return [
      ...elsewhere,
      ...groupByLines(source, own).flatMap((group) => hunk(source, group, gutter, style)),
    ];
  });
}

function groupByPath(path: string, edits: readonly TextEdit[]): Map<string, TextEdit[]> {
  const groups = new Map<string, TextEdit[]>();
  for (const edit of edits) {
    const file = edit.path ?? path;
    const group = groups.get(file);
    if (group) group.push(edit);
    else groups.set(file, [edit]);
  }
  return groups;
}

interface Group {
  readonly first: number;
  readonly last: number;
  readonly edits: readonly TextEdit[];
}

/** Edits that touch the same or neighbouring lines are shown together. */
function groupByLines(source: SourceText, edits: readonly TextEdit[]): Group[] {
  const groups: Group[] = [];
  for (const edit of [...edits].sort((a, b) => a.span.start - b.span.start)) {
    const first = source.positionAt(edit.span.start).line;
    const last = source.positionAt(Math.max(edit.span.start, edit.span.end - 1)).line;
    const open = groups.at(-1);
    if (open && first <= open.last + 1) {
      groups[groups.length - 1] = {
        first: open.first,
        last: Math.max(open.last, last),
        edits: [...open.edits, edit],
      };
    } else groups.push({ first, last, edits: [edit] });
  }
  return groups;
}

function hunk(source: SourceText, { first, last, edits }: Group, gutter: number, style: Style): string[] {
  const [firstEdit, lastEdit] = [edits[0], edits.at(-1)];
  const { start } = nearbySpan(source.text, source.lineSpan(first), firstEdit?.span.start ?? 0);
  const { end } = nearbySpan(source.text, source.lineSpan(last), lastEdit?.span.end ?? 0);
  const before = source.slice({ start, end });
  const after = applyEdits(
    before,
    edits.map(({ span, text }) => ({ text, span: { start: span.start - start, end: span.end - start } })),
  );
  const old = before.split(/\r\n?|\n/);
  const fresh = after.trim() === "" ? [] : after.replace(/\r?\n$/, "").split(/\r\n?|\n/);
  const [isOld, isFresh] = [new Set(old), new Set(fresh)];
  const row = (at: number, sign: string, text: string, other: string, paint: (text: string) => string) => {
    const shown = `${sign} ${showDifference(text, other)}`.trimEnd();
    return `${style.quiet(`${String(first + at).padStart(gutter)} |`)} ${paint(shown)}`;
  };
  const removed = old.flatMap((line, at) =>
    isFresh.has(line) ? [] : [row(at, "-", line, fresh[at] ?? "", style.removed)],
  );
  const added = fresh.flatMap((line, at) =>
    isOld.has(line) ? [] : [row(at, "+", line, old[at] ?? "", style.added)],
  );
  return [...removed, ...added];
}
