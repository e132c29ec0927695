import {
  applyEdits,
  type Diagnostic,
  type Fix,
  format,
  parse,
  SourceText,
  syntaxMessages,
  type TextEdit,
} from "../../grammar/index.ts";
import type { Host } from "../program/index.ts";

/** Which fixes are taken: those that keep the meaning for certain, or also those that a person should look at. */
export type FixLevel = Fix["applicability"];

/** What is wrong with some files, and the absolute paths of the files by the paths in diagnostics. */
export interface Diagnosed {
  readonly diagnostics: readonly Diagnostic[];
  readonly paths: ReadonlyMap<string, string>;
}

/** A file that fixes changed. */
export interface FixedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

export interface FixResult {
  readonly files: readonly FixedFile[];
  readonly numFixes: number;
  /** Reads the files as they were fixed. */
  readonly host: Host;
}

/** More than the longest chain of fixes that bring one another; fixes that never end are ended. */
const maxRounds = 50;

/** A fix with its edits by the absolute path of their file. */
interface Placed {
  readonly edits: ReadonlyMap<string, readonly TextEdit[]>;
  /** Whether it is there to mend a syntax error: then there must be fewer afterwards. */
  readonly mendsSyntax: boolean;
}

/**
 * Applies the fixes of diagnostics to some files until no more can be applied. Fixes that overlap wait for the
 * next round. One that would leave a file with more syntax errors is not taken, one for a syntax error that would
 * not leave fewer, nor one that also changes a
 * file that is not among these. A file that was formatted stays so. Nothing is written.
 */
export function applyFixes(
  host: Host,
  paths: readonly string[],
  level: FixLevel,
  diagnose: (host: Host) => Diagnosed,
): FixResult {
  const files = new Map<string, Draft>();
  for (const path of paths) {
    const text = host.readFile(path);
    if (typeof text === "string") files.set(path, new Draft(text));
  }
  const changed: Host = { ...host, readFile: (path) => files.get(path)?.text ?? host.readFile(path) };
  const seen = new Set([stateOf(files)]);
  let numFixes = 0;
  for (let round = 0; round < maxRounds; round++) {
    const taken = nextFixes(fixesOf(diagnose(changed), level, files), files);
    if (!taken) break;
    for (const [path, text] of taken.texts) files.get(path)?.replace(text);
    numFixes += taken.numFixes;
    // Fixes that undo each other would go on for ever.
    if (seen.has(stateOf(files))) break;
    seen.add(stateOf(files));
  }
  const fixed = [...files].flatMap(([path, { original, text }]) =>
    text === original ? [] : [{ path, before: original, after: text }],
  );
  return { files: fixed, numFixes, host: changed };
}

const stateOf = (files: ReadonlyMap<string, Draft>): string =>
  JSON.stringify([...files].map(([path, { text }]) => [path, text]));

/** A file on the way from how it was to how fixes leave it. */
class Draft {
  readonly original: string;
  readonly isFormatted: boolean;
  text: string;
  numErrors: number;

  constructor(text: string) {
    this.original = text;
    this.text = text;
    this.isFormatted = format(text) === text;
    this.numErrors = syntaxErrorsIn(text);
  }

  /** The text after some edits, formatted if the file was; undefined where they leave more than `most` syntax errors. */
  after(edits: readonly TextEdit[], most: number): string | undefined {
    const edited = applyEdits(this.text, edits);
    const text = this.isFormatted ? format(edited) : edited;
    return syntaxErrorsIn(text) <= most ? text : undefined;
  }

  replace(text: string): void {
    this.text = text;
    this.numErrors = syntaxErrorsIn(text);
  }
}

const syntaxErrorsIn = (text: string): number => parse(new SourceText(text)).diagnostics.length;

/** The first fix of each diagnostic that may be taken, in the order of the diagnostics. */
function fixesOf(
  { diagnostics, paths }: Diagnosed,
  level: FixLevel,
  files: ReadonlyMap<string, Draft>,
): readonly Placed[] {
  return diagnostics.flatMap(({ code, fixes, path }) => {
    const fix = fixes.find(({ applicability }) => applicability === "safe" || level === "unsafe");
    const edits = fix && place(fix, path, paths);
    if (!edits || ![...edits.keys()].every((one) => files.has(one))) return [];
    return [{ edits, mendsSyntax: Object.hasOwn(syntaxMessages, code) }];
  });
}

function place({ edits }: Fix, own: string, paths: ReadonlyMap<string, string>): Placed["edits"] | undefined {
  const placed = new Map<string, TextEdit[]>();
  for (const edit of edits) {
    const path = paths.get(edit.path ?? own);
    if (path === undefined) return undefined;
    placed.set(path, [...(placed.get(path) ?? []), edit]);
  }
  return placed.size > 0 ? placed : undefined;
}

/** Those of the fixes that touch no text that an earlier one touches. */
function withoutOverlap(fixes: readonly Placed[]): readonly Placed[] {
  const taken = new Map<string, TextEdit[]>();
  return fixes.filter((fix) => {
    const isFree = [...fix.edits].every(([path, edits]) =>
      edits.every((edit) => (taken.get(path) ?? []).every((other) => !touch(edit, other))),
    );
    if (isFree)
      for (const [path, edits] of fix.edits) taken.set(path, [...(taken.get(path) ?? []), ...edits]);
    return isFree;
  });
}

const touch = ({ span: a }: TextEdit, { span: b }: TextEdit): boolean => a.start <= b.end && b.start <= a.end;

/** What the fixes of a round make of the files: all that do not overlap or, where together they break one, the first that does not. */
function nextFixes(
  fixes: readonly Placed[],
  files: ReadonlyMap<string, Draft>,
): { readonly texts: ReadonlyMap<string, string>; readonly numFixes: number } | undefined {
  const together = withoutOverlap(fixes);
  const texts = tryFixes(files, together);
  if (texts) return { texts, numFixes: together.length };
  for (const fix of fixes) {
    const alone = tryFixes(files, [fix]);
    if (alone) return { texts: alone, numFixes: 1 };
  }
  return undefined;
}

/** The texts of the files that some fixes change; undefined where they break one, or change nothing. */
function tryFixes(
  files: ReadonlyMap<string, Draft>,
  fixes: readonly Placed[],
): ReadonlyMap<string, string> | undefined {
  const edits = new Map<string, TextEdit[]>();
  const mended = new Set<string>();
  for (const fix of fixes)
    for (const [path, own] of fix.edits) {
      edits.set(path, [...(edits.get(path) ?? []), ...own]);
      if (fix.mendsSyntax) mended.add(path);
    }
  const texts = new Map<string, string>();
  for (const [path, own] of edits) {
    const file = files.get(path);
    const text = file?.after(own, file.numErrors - (mended.has(path) ? 1 : 0));
    if (!file || text === undefined) return undefined;
    if (text !== file.text) texts.set(path, text);
  }
  return texts.size > 0 ? texts : undefined;
}
