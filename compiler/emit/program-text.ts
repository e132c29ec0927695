import {
  ownCardsOf,
  type ResolvedParameter,
  type ResolvedRecipe,
  type ResolvedSection,
  type RuntimeExpression,
} from "../resolve/resolved.ts";
import { parameterType, printExpression } from "./expressions.ts";
import { commentText, literal, objectKey } from "./literals.ts";
import { type Locations, portablePath, sourceFromOutput } from "./locations.ts";
import { type OptionScope, writeComponent, writeOptions } from "./options.ts";
import { OwnModules } from "./own.ts";
import { originComment } from "./provenance.ts";
import { type Trace, TracedWriter } from "./traced-writer.ts";

export interface ProgramText {
  readonly text: string;
  readonly traces: readonly Trace[];
}

/**
 * The TypeScript program of a recipe, as a person would write it, and where its own components are. Same recipe and
 * locations, same text.
 */
export function programText(
  recipe: ResolvedRecipe,
  locations: Locations,
  own: OwnModules = new OwnModules(ownCardsOf(recipe)),
): ProgramText {
  const writer = new TracedWriter();
  const imports = new Set(["launch", "type Recipe"]);
  const use = (name: string): string => {
    imports.add(name);
    return name;
  };
  let usesHere = false;
  const here = (): string => {
    usesHere = true;
    return "here";
  };
  const scope: OptionScope = { writer, recipe: recipe.place, locations, own, use, here };
  const source = sourceFromOutput(recipe.place.source.path, locations);

  writeParameters(recipe.parameters, scope);
  writeDocs(recipe.docs, writer);
  const body = () => {
    writer.from(recipe.place, () => writer.write(`name: ${literal(recipe.name)}`)).line(",");
    writer.line(`source: ${literal(source)},`);
    if (recipe.parameters.length > 0) writer.line("params,");
    writeSection(recipe.task, [], scope);
    writeSection(recipe.model, recipe.model.variant === undefined ? [] : [recipe.model.variant], scope);
    writer.block("datasets: [", () => writeDatasets(recipe.datasets, scope), "],").line();
    writeSection(recipe.schedule, [], scope);
    writeSection(recipe.optimizer, [], scope);
    writeRun(recipe.run, scope);
  };
  writer.block("const recipe = {", body, "} satisfies Recipe;").line().line();
  writer.line("await launch(recipe, import.meta.url);");

  if (usesHere) use("relativeTo");
  const head = [
    `// Built by lavisc from ${source}. Yours to edit: a rebuild will not overwrite your changes.`,
    importStatement([...imports]),
    "",
    ...(usesHere
      ? ["/** Paths relative to this file. */", "const here = relativeTo(import.meta.url);", ""]
      : []),
    "",
  ].join("\n");
  const { text, traces } = writer.finish();
  const shift = head.length;
  return {
    text: head + text,
    traces: traces.map(({ start, end, place }) => ({ start: start + shift, end: end + shift, place })),
  };
}

/** On one line where it fits; names in the order of the alphabet. */
function importStatement(names: readonly string[]): string {
  const bare = (name: string) => name.replace(/^type /, "").toLowerCase();
  const sorted = [...names].sort((a, b) => (bare(a) < bare(b) ? -1 : 1));
  const line = `import { ${sorted.join(", ")} } from "lavis/runtime";`;
  if (line.length <= 100) return line;
  return `import {\n${sorted.map((name) => `  ${name},\n`).join("")}} from "lavis/runtime";`;
}

function writeDocs(docs: string, writer: TracedWriter): void {
  if (docs === "") return;
  const lines = commentText(docs).split("\n");
  if (lines.length === 1) writer.line(`/** ${lines[0]} */`);
  else for (const line of ["/**", ...lines.map((text) => ` * ${text}`.trimEnd()), " */"]) writer.line(line);
}

function writeParameters(parameters: readonly ResolvedParameter[], scope: OptionScope): void {
  if (parameters.length === 0) return;
  const { writer } = scope;
  const body = () => {
    for (const parameter of parameters) {
      writer.from(parameter.place, () => writeParameter(parameter, scope));
      const comment =
        parameter.origin.kind === "parameter" ? originComment(parameter.origin, scope.recipe) : undefined;
      writer.line(comment === undefined ? "," : `, // ${comment}`);
    }
  };
  writer
    .block(`const params = ${scope.use("parameters")}({`, body, "});")
    .line()
    .line();
}

function writeParameter(parameter: ResolvedParameter, scope: OptionScope): void {
  const { name, type, dimension, nullable, docs } = parameter;
  const standard = parameterDefault(parameter, scope);
  const fields = [
    `type: ${parameterType(type)}`,
    ...(dimension === undefined ? [] : [`dimension: ${literal(dimension)}`]),
    ...(nullable ? ["nullable: true"] : []),
    ...(standard === undefined ? [] : [`default: ${standard}`]),
    ...(docs === "" ? [] : [`doc: ${literal(docs)}`]),
  ];
  const line = `${objectKey(name)}: { ${fields.join(", ")} }`;
  if (line.length <= 96) scope.writer.write(line);
  else {
    const body = () => {
      for (const field of fields) scope.writer.line(`${field},`);
    };
    scope.writer.block(`${objectKey(name)}: {`, body, "}");
  }
}

/** A default that reads the environment is a function: it must not fail where the flag is given. */
function parameterDefault(parameter: ResolvedParameter, scope: OptionScope): string | undefined {
  const { expression, value, type, origin } = parameter;
  if (expression) return `() => ${printExpression(expression satisfies RuntimeExpression, scope)}`;
  if (value === undefined) return undefined;
  const isPath = (type.is === "path" || type.is === "checkpoint") && typeof value === "string";
  const written = "place" in origin ? origin.place : undefined;
  const portable = isPath ? portablePath(value, written, scope.locations) : undefined;
  return portable === undefined ? literal(value) : `${scope.here()}(${literal(portable)})`;
}

function writeSection(section: ResolvedSection, labels: readonly string[], scope: OptionScope): void {
  const { writer } = scope;
  writeSectionHead(section, scope);
  writer.from(section.header, () => {
    writer.write(`${section.kind}: `);
    writeComponent(section.card, labels, section.options, scope);
  });
  writer.line(",");
}

function writeDatasets(datasets: readonly ResolvedSection<"dataset">[], scope: OptionScope): void {
  const { writer } = scope;
  for (const dataset of datasets) {
    writeSectionHead(dataset, scope);
    writer.from(dataset.header, () => writeComponent(dataset.card, [dataset.label], dataset.options, scope));
    writer.line(",");
  }
}

function writeRun(run: ResolvedSection<"run">, scope: OptionScope): void {
  const { writer } = scope;
  writeSectionHead(run, scope);
  writer.from(run.header, () => writer.block("run: {", () => writeOptions(run.options, scope), "}"));
  writer.line(",");
}

/** A section's documentation, and where it came from when the recipe itself does not write it. */
function writeSectionHead(
  { docs, origin, kind, label }: ResolvedSection,
  { writer, recipe }: OptionScope,
): void {
  for (const line of docs === "" ? [] : docs.split("\n")) writer.line(`// ${line}`.trimEnd());
  if (origin.kind === "default") writer.line(`// The recipe names no ${kind}: ${label} is the default.`);
  else {
    const comment = originComment(origin, recipe);
    if (comment !== undefined) writer.line(`// ${comment}`);
  }
}
