import type { DocumentHighlight } from "vscode-languageserver";
import { DocumentHighlightKind } from "vscode-languageserver";
import type { SourceFile } from "../../program/index.ts";
import { type Analysis, type FilePlace, placeOf } from "../analysis.ts";
import { isSame, type Occurrence, occurrenceAt, occurrencesIn } from "../occurrences.ts";
import { rangeOf } from "../text.ts";

/** A file and the places in it where one declaration's name stands. */
export interface FileOccurrences {
  readonly file: SourceFile;
  readonly occurrences: readonly Occurrence[];
}

/** Every place in some files where the name under the cursor stands, if it is that of a declaration. */
export function occurrencesOf(
  { file }: Analysis,
  offset: number,
  files: Iterable<SourceFile>,
): readonly FileOccurrences[] {
  const wanted = occurrenceAt(file, offset)?.declared;
  if (!wanted) return [];
  return [...files].flatMap((one) => {
    const occurrences = occurrencesIn(one).filter(({ declared }) => isSame(declared, wanted));
    return occurrences.length > 0 ? [{ file: one, occurrences }] : [];
  });
}

/** Where the name under the cursor is used, imported and, if asked for, declared. */
export function references(
  analysis: Analysis,
  offset: number,
  files: Iterable<SourceFile>,
  includeDeclaration: boolean,
): readonly FilePlace[] {
  return occurrencesOf(analysis, offset, files).flatMap(({ file, occurrences }) =>
    occurrences
      .filter(({ role }) => includeDeclaration || role !== "declaration")
      .map(({ name }) => placeOf(file, name)),
  );
}

/** The places of the document where the name under the cursor stands. */
export function highlights(analysis: Analysis, offset: number): readonly DocumentHighlight[] {
  const [own] = occurrencesOf(analysis, offset, [analysis.file]);
  return (own?.occurrences ?? []).map(({ name, role }) => ({
    range: rangeOf(analysis.source, name.span),
    kind: role === "declaration" ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
  }));
}
