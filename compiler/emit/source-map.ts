import { decode, encode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";
import { SourceText } from "../../grammar/index.ts";
import { type Locations, sourceFromOutput } from "./locations.ts";
import type { ProgramText } from "./program-text.ts";

/**
 * The source map of `run.js`: what an option's value was written as in a recipe leads there, everything else
 * to `run.ts`. `mappings` lead from the JavaScript to the TypeScript.
 */
export function composeSourceMap(program: ProgramText, mappings: string, locations: Locations): string {
  const typescript = new SourceText(program.text);
  const sources = ["run.ts"];
  const indexOf = (source: string): number => {
    const index = sources.indexOf(source);
    return index >= 0 ? index : sources.push(source) - 1;
  };
  const composed = decode(mappings).map((line) =>
    line.map((segment): SourceMapSegment => {
      const [column, , sourceLine = 0, sourceColumn = 0] = segment;
      const offset = typescript.offsetAt({ line: sourceLine + 1, column: sourceColumn + 1 });
      // Traces are ordered from the outermost to the innermost.
      const trace = program.traces.findLast(({ start, end }) => start <= offset && offset < end);
      if (!trace) return [column, 0, sourceLine, sourceColumn];
      const { source, span } = trace.place;
      const place = source.positionAt(span.start);
      return [column, indexOf(sourceFromOutput(source.path, locations)), place.line - 1, place.column - 1];
    }),
  );
  const map = { version: 3, file: "run.js", sources, names: [], mappings: encode(composed) };
  return `${JSON.stringify(map)}\n`;
}
