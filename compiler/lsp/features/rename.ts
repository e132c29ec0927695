import type { Range, TextEdit } from "vscode-languageserver";
import { statementWords, visit } from "../../../grammar/index.ts";
import { programFlags } from "../../../runtime/program-flags.card.ts";
import type { SourceFile } from "../../program/index.ts";
import type { Analysis } from "../analysis.ts";
import { occurrenceAt } from "../occurrences.ts";
import { editOf, rangeOf } from "../text.ts";
import { occurrencesOf } from "./references.ts";

/** A rename that cannot be done; the message says why. */
export class RenameError extends Error {
  override readonly name = "RenameError";
}

/** The edits of one file. */
export interface FileEdits {
  readonly path: string;
  readonly edits: readonly TextEdit[];
}

/** The name that would be renamed; undefined where there is none. */
export function prepareRename(
  { file, source }: Analysis,
  offset: number,
): { range: Range; placeholder: string } | undefined {
  const found = occurrenceAt(file, offset);
  return found && { range: rangeOf(source, found.name.span), placeholder: found.name.text };
}

/**
 * Renames a parameter, let, secret, fragment or recipe wherever it is declared, imported and used in the given
 * files. Throws {@link RenameError} where the new name is none, or would mean something else somewhere.
 */
export function rename(
  analysis: Analysis,
  offset: number,
  newName: string,
  files: Iterable<SourceFile>,
): readonly FileEdits[] {
  const found = occurrenceAt(analysis.file, offset);
  if (!found)
    throw new RenameError("There is no name to rename here: keys and components are the catalogue's.");
  requireName(newName, found.declared.declaration.kind);
  const inFiles = occurrencesOf(analysis, offset, files);
  if (newName !== found.name.text) for (const { file } of inFiles) requireFree(file, newName);
  return inFiles.map(({ file, occurrences }) => ({
    path: file.path,
    edits: occurrences.map(({ name }) => editOf(file.source, name.span, newName)),
  }));
}

function requireName(name: string, kind: string): void {
  if (!/^[A-Za-z_]\w*$/.test(name))
    throw new RenameError(`\`${name}\` is no name: letters, digits and \`_\`, not starting with a digit.`);
  if (statementWords.includes(name)) throw new RenameError(`\`${name}\` is a word of the language.`);
  if (kind === "param" && (name === "help" || Object.hasOwn(programFlags, name)))
    throw new RenameError(
      `\`--${name}\` is a flag of every emitted program: a parameter cannot have its name.`,
    );
}

/** Nothing in the file may have the name, and no value, such as `cuda`, may come to mean it. */
function requireFree(file: SourceFile, name: string): void {
  if (file.names.has(name) || file.lostNames.has(name))
    throw new RenameError(`${file.source.path} has a \`${name}\` already.`);
  visit(file.tree, {
    reference: ({ path, span }) => {
      if (path.text !== name) return;
      const { line } = file.source.positionAt(span.start);
      throw new RenameError(`\`${name}\` in line ${line} of ${file.source.path} would come to mean it.`);
    },
  });
}
