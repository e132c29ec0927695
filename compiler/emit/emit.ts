import { join } from "node:path";
import { ownCardsOf, type ResolvedRecipe } from "../resolve/resolved.ts";
import { transpile, typeCheck } from "./compile.ts";
import type { Locations } from "./locations.ts";
import { OwnModules } from "./own.ts";
import { programText } from "./program-text.ts";
import { composeSourceMap } from "./source-map.ts";

/** The files of a program by their name in the output folder. */
export type EmittedFiles = ReadonlyMap<string, string>;

/** The emitted program does not fit the runtime: a mistake of the compiler, never of the recipe. */
export class EmitError extends Error {
  override readonly name = "EmitError";
  /** The TypeScript that was about to be written. */
  readonly program: string;

  constructor(problems: readonly string[], program: string) {
    super(`the emitted program does not type-check:\n${problems.join("\n")}`);
    this.program = program;
  }
}

/**
 * The program of a recipe: `run.ts`, `run.js` and `run.js.map`, and the user's own components. It is type-checked
 * against the declarations of `lavis/runtime` at `runtimeTypes` first; throws {@link EmitError} where it does not
 * fit them. Same recipe and locations, same bytes.
 */
export function emitProgram(
  recipe: ResolvedRecipe,
  locations: Locations,
  runtimeTypes: string,
): EmittedFiles {
  const own = new OwnModules(ownCardsOf(recipe));
  const program = programText(recipe, locations, own);
  const fileName = join(locations.outputFolder, "run.ts");
  const problems = typeCheck(program.text, fileName, runtimeTypes, own.sources(locations));
  if (problems.length > 0) throw new EmitError(problems, program.text);
  const { text, mappings } = transpile(program.text, fileName);
  return new Map([
    ["run.ts", program.text],
    ["run.js", text],
    ["run.js.map", composeSourceMap(program, mappings, locations)],
    ...own.emit(locations),
  ]);
}
