import { constantText, pathTo } from "../../../grammar/index.ts";
import { explainRecipe } from "../../explain/index.ts";
import { type Analysis, type FilePlace, fileOf, placeOf } from "../analysis.ts";
import { occurrenceAt } from "../occurrences.ts";
import { ownSource } from "../own-source.ts";
import { around, pathOfKey, readPlace } from "../places.ts";

/**
 * Where the thing under the cursor is declared: a name, the file of an import, what a component of the user's own is
 * in TypeScript, and for a key of a recipe the place that gave the value, where that is another.
 */
export function definition(analysis: Analysis, offset: number): FilePlace | undefined {
  const occurrence = occurrenceAt(analysis.file, offset);
  if (occurrence) return placeOf(occurrence.declared.file, occurrence.declared.declaration.name);
  return importedFile(analysis, offset) ?? ownSource(analysis, offset) ?? inheritedFrom(analysis, offset);
}

function importedFile({ tree, program, file, host }: Analysis, offset: number): FilePlace | undefined {
  const { from } = around({ nodes: pathTo(tree, offset) }, "import") ?? {};
  if (from?.kind !== "string" || offset < from.span.start || offset > from.span.end) return undefined;
  const written = constantText(from);
  const found = written === undefined ? undefined : program.files.get(host.resolve(file.directory, written));
  return found && placeOf(found, { span: { start: 0, end: 0 } });
}

function inheritedFrom(analysis: Analysis, offset: number): FilePlace | undefined {
  const nodes = pathTo(analysis.tree, offset);
  const place = readPlace(nodes, analysis);
  const [item, key] = nodes.slice(-2);
  const isKey = key?.kind === "name" && item?.kind === "section" && item.sectionKind === key;
  const recipe = analysis.recipes.find(({ name }) => name === place.declaration?.text);
  if (!isKey || !recipe) return undefined;
  const found = explainRecipe(recipe).find(({ path }) => path === pathOfKey(place, key.text));
  if (!found || !("place" in found.origin)) return undefined;
  const file = fileOf(analysis, found.origin.place);
  return file && placeOf(file, found.origin.place);
}
