import { readdirSync, readFileSync } from "node:fs";
import { posix, resolve } from "node:path";
import ts from "typescript";

/** Source files by their path from the repository's root, with `/`. */
export type Sources = ReadonlyMap<string, string>;

export interface Violation {
  readonly file: string;
  readonly imports: string;
  readonly why: string;
}

const layers = ["grammar", "compiler", "runtime"] as const;

/** The commands that manage or ask the installed runtime; each reaches it through one public entry, when it runs. */
const runtimeCommands = /^compiler\/cli\/commands\/(?:engine|data|doctor|plan|check)\.ts$/;
const runtimeEntry = /^lavis\/runtime\/[a-z]+$/;
const isCard = (path: string): boolean => path === "runtime/card.ts" || /^runtime\/.*\.card\.ts$/.test(path);

/** Reads every TypeScript file of the three layers below `root`. */
export function readSources(root: string): Sources {
  const files = layers.flatMap((layer) =>
    readdirSync(resolve(root, layer), { recursive: true, encoding: "utf8" })
      .map((file) => posix.join(layer, file.replaceAll("\\", "/")))
      .filter((file) => /\.(?:ts|tsx|mts)$/.test(file)),
  );
  return new Map(files.map((file) => [file, readFileSync(resolve(root, file), "utf8")]));
}

/** Every import, static or dynamic, of types or values, that crosses the layers the wrong way. */
export function findViolations(sources: Sources): Violation[] {
  return [...sources].flatMap(([file, text]) => {
    const { importedFiles } = ts.preProcessFile(text, true, true);
    return importedFiles.flatMap(({ fileName, pos }) => {
      const isDynamic = /\bimport\s*\(\s*$/.test(text.slice(0, pos).replace(/["'`]$/, ""));
      const why = judge(file, fileName, isDynamic);
      return why ? [{ file, imports: fileName, why }] : [];
    });
  });
}

/** Why `file` may not import `specifier`, or `undefined` when it may. */
function judge(file: string, specifier: string, isDynamic: boolean): string | undefined {
  const isRelative = specifier.startsWith(".");
  const target = isRelative ? posix.join(posix.dirname(file), specifier) : specifier.replace(/^lavis\//, "");
  const from = layerOf(file);
  const to = layerOf(target);

  if (!isRelative && isPackage(specifier, "ts-morph") && !/^compiler\/(?:emit|own)\//.test(file))
    return "only compiler/emit and compiler/own may use ts-morph";
  if (!isRelative && isPackage(specifier, "typescript"))
    return "the compiler API is reached through ts-morph";
  if (
    !isRelative &&
    (isPackage(specifier, "ink") || isPackage(specifier, "@inkjs/ui")) &&
    !file.startsWith("runtime/ui/")
  )
    return "only runtime/ui may use Ink";

  if (isCard(file)) return isCard(target) ? undefined : "a card imports nothing but cards";
  if (!to || from === to) return isRelative && !to ? "an import leaves the layers" : undefined;
  if (from === "compiler" && to === "grammar")
    return target === "grammar/index.ts" ? undefined : "the grammar is reached through its index";
  if (from === "compiler" && isCard(target)) return undefined;
  if (from === "compiler" && runtimeCommands.test(file) && isDynamic && runtimeEntry.test(specifier))
    return undefined;
  if (from === "compiler") return "the compiler imports nothing of the runtime but cards";
  return `${from} imports neither of the other layers`;
}

const isPackage = (specifier: string, name: string): boolean =>
  specifier === name || specifier.startsWith(`${name}/`);

const layerOf = (path: string): (typeof layers)[number] | undefined =>
  layers.find((layer) => path === layer || path.startsWith(`${layer}/`));
