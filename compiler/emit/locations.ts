import { dirname, isAbsolute, parse, relative, resolve, sep } from "node:path";
import type { Place } from "../resolve/resolved.ts";

/** Where an emitted program and the sources that it was built from lie. */
export interface Locations {
  /** The output folder, absolute. */
  readonly outputFolder: string;
  /** The folder that the sources' paths are relative to, absolute. */
  readonly workingFolder: string;
}

/** A source's path relative to the output folder, with `/`; one that is no file (`<stdin>`) stays as it is. */
export function sourceFromOutput(path: string, { outputFolder, workingFolder }: Locations): string {
  return path.startsWith("<") ? path : fromFolder(outputFolder, resolve(workingFolder, path));
}

/** Where a value was written, for comments: the path relative to the recipe's own file, and the line. */
export function placeFromRecipe(place: Place, recipe: Place): string {
  const { line } = place.source.positionAt(place.span.start);
  if (place.source.path === recipe.source.path) return `line ${line}`;
  const path = relative(dirname(resolve(recipe.source.path)), resolve(place.source.path));
  return `${slashes(path)}:${line}`;
}

/**
 * An absolute path relative to the output folder, with `/` and a leading dot; `undefined` where it should stay
 * absolute: it was written so, or it lies in another tree of the disk.
 */
export function portablePath(
  path: string,
  written: Place | undefined,
  locations: Locations,
): string | undefined {
  if (!isAbsolute(path)) return undefined;
  const text = written?.source.slice(written.span).trimStart() ?? "";
  // Without quotes on the command line.
  if (/^"?(?:\/|[A-Za-z]:[\\/])/.test(text)) return undefined;
  const { outputFolder } = locations;
  if (firstFolder(path) !== firstFolder(outputFolder)) return undefined;
  return fromFolder(outputFolder, path);
}

/** `to` as seen from `folder`, with `/` and a leading dot. */
export function fromFolder(folder: string, to: string): string {
  const path = slashes(relative(folder, to));
  return path === "" ? "." : path.startsWith(".") ? path : `./${path}`;
}

function firstFolder(path: string): string {
  const { root } = parse(path);
  return root + (path.slice(root.length).split(sep)[0] ?? "");
}

const slashes = (path: string): string => path.split(sep).join("/");
