import type { Card } from "../../runtime/card.ts";
import { catalog } from "../catalog/index.ts";
import { isOwnCard, type OwnCard } from "../own/index.ts";
import type { Place, Resolved, ResolvedOptions, ResolvedScalar } from "../resolve/resolved.ts";
import { printExpression, type Scope } from "./expressions.ts";
import { literal, objectKey } from "./literals.ts";
import { portablePath } from "./locations.ts";
import type { OwnModules } from "./own.ts";
import { defaultCard, originComment } from "./provenance.ts";
import type { TracedWriter } from "./traced-writer.ts";

/** What is needed to write options down. */
export interface OptionScope extends Scope {
  readonly writer: TracedWriter;
  /** Where the user's own components are. */
  readonly own: OwnModules;
  /** The recipe's own place: values written there need no comment. */
  readonly recipe: Place;
}

/**
 * The entries of an object of options: first those that the recipe decides, each with where it came from if
 * not from the recipe itself, then the defaults, one group for each card that gives them.
 */
export function writeOptions(options: ResolvedOptions, scope: OptionScope): void {
  const groups = new Map<string | undefined, [string, Resolved][]>([[undefined, []]]);
  for (const entry of options) {
    const card = defaultCard(entry[1]);
    groups.set(card, [...(groups.get(card) ?? []), entry]);
  }
  const { writer } = scope;
  let isFirst = true;
  for (const [card, entries] of groups) {
    if (entries.length === 0) continue;
    if (!isFirst) writer.blankLine();
    if (card !== undefined) writer.line(`// Defaults of ${card}.`);
    for (const [name, value] of entries) writeEntry(name, value, scope, card !== undefined);
    isFirst = false;
  }
}

function writeEntry(name: string, value: Resolved, scope: OptionScope, isDefault: boolean): void {
  const { writer } = scope;
  writer.from(placeInFile(value), () => {
    writer.write(`${objectKey(name)}: `);
    writer.from(writtenInFile(value), () => writeValue(value, scope, isDefault));
  });
  const hasOwnLines = value.kind === "block" || value.kind === "map";
  const comment = isDefault || hasOwnLines ? undefined : originComment(value.origin, scope.recipe);
  writer.line(comment === undefined ? "," : `, // ${comment}`);
}

/** Where an entry was written, if in a file: what the command line gives has no line to lead back to. */
const placeInFile = ({ origin }: Resolved): Place | undefined =>
  origin.kind === "recipe" || origin.kind === "fragment" ? origin.place : undefined;

const writtenInFile = (value: Resolved): Place | undefined => placeInFile(value) && value.written;

function writeValue(value: Resolved, scope: OptionScope, isDefault: boolean): void {
  switch (value.kind) {
    case "scalar":
      scope.writer.write(printScalar(value, scope));
      return;
    case "list":
      writeList(value.elements, scope, isDefault);
      return;
    case "component":
      writeComponent(value.card, [], value.options, scope);
      return;
    case "block":
      writeObject(value.options, scope, isDefault);
      return;
    case "map":
      writeObject(value.entries, scope, isDefault);
      return;
  }
}

/** A list of scalars stands on one line, any other on several. */
function writeList(elements: readonly Resolved[], scope: OptionScope, isDefault: boolean): void {
  const { writer } = scope;
  if (elements.every((element) => element.kind === "scalar")) {
    writer.write(`[${elements.map((element) => printScalar(element, scope)).join(", ")}]`);
    return;
  }
  const body = () => {
    for (const element of elements) {
      writeValue(element, scope, isDefault);
      writer.line(",");
    }
  };
  writer.block("[", body, "]");
}

/** Below a comment that says whose defaults these are, the entries need none of their own. */
function writeObject(options: ResolvedOptions, scope: OptionScope, isDefault: boolean): void {
  if (options.size === 0) {
    scope.writer.write("{}");
    return;
  }
  const body = () => {
    if (!isDefault) writeOptions(options, scope);
    else for (const [name, value] of options) writeEntry(name, value, scope, true);
  };
  scope.writer.block("{", body, "}");
}

/** A call of a component's factory: `blip_image_eval({ … })`, with `labels` before the options. */
export function writeComponent(
  card: Card,
  labels: readonly string[],
  options: ResolvedOptions,
  scope: OptionScope,
): void {
  const start = isOwnCard(card)
    ? ownCall(card, scope)
    : [`${scope.use(factoryName(card))}(`, ...labels.map((label) => `${literal(label)}, `)].join("");
  scope.writer.write(start);
  writeObject(options, scope, false);
  scope.writer.write(")");
}

/** The start of the call that makes a component of the user's own: its types are those of its module. */
function ownCall(card: OwnCard, scope: OptionScope): string {
  const module = literal(scope.own.specifierOf(card));
  const factory = scope.use(ownFactories[card.kind]);
  return `${factory}<typeof import(${module})>(${literal(card.name)}, ${scope.here()}(${module}), `;
}

const ownFactories: Readonly<Record<OwnCard["kind"], string>> = {
  task: "ownTask",
  model: "ownModel",
  dataset: "ownDataset",
  vis_processor: "ownVisProcessor",
  text_processor: "ownTextProcessor",
};

/**
 * The name of a card's factory in `lavis/runtime`: models and their text processors share names in LAVIS, and so do
 * a task and the format of its data, or a dataset.
 */
export function factoryName({ kind, name }: Pick<Card, "kind" | "name">): string {
  if (kind === "format") return `from_${name}`;
  if (kind === "dataset" && catalog.get("task", name)) return `${name}_dataset`;
  return kind === "text_processor" ? `${name}_text` : name;
}

function printScalar(
  { value, expression, type, written, option }: ResolvedScalar,
  scope: OptionScope,
): string {
  if (expression) return printExpression(expression, scope);
  if (value === undefined) throw new Error(`an option has neither a value nor an expression: ${option.doc}`);
  const isPath = type.is === "path" || type.is === "checkpoint";
  if (typeof value === "string" && isPath && option.relativeTo === undefined) {
    const path = portablePath(value, written, scope.locations);
    if (path !== undefined) return `${scope.here()}(${literal(path)})`;
  }
  return literal(value);
}
