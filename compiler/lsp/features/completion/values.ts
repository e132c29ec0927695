import { CompletionItemKind } from "vscode-languageserver";
import { type Declaration, docText } from "../../../../grammar/index.ts";
import { type Card, type Option, type OptionType, type Unit, units } from "../../../../runtime/card.ts";
import type { Catalog } from "../../../catalog/index.ts";
import { type PartialRecipe, sectionsOf } from "../../../resolve/resolved.ts";
import type { Analysis } from "../../analysis.ts";
import {
  componentHelp,
  declaredHelp,
  notImplemented,
  signatureOf,
  unitsOf,
  writableDefault,
} from "../../describe.ts";
import type { Wanted } from "../../places.ts";
import { functionDocs } from "../../words.ts";
import type { Candidate } from "./item.ts";
import { usualSplits } from "./keys.ts";

/** Everything that may stand as a value in a recipe: what the type has, the names in scope, functions. */
export function valueCandidates(
  wanted: Wanted | undefined,
  known: Analysis,
  recipe: PartialRecipe | undefined,
): readonly Candidate[] {
  const isPath = wanted?.type.is === "path" || wanted?.type.is === "checkpoint";
  return [
    ...(wanted ? typeCandidates(wanted, known.catalog, recipe) : []),
    ...(wanted?.type.is === "secret" ? secretsInScope(known) : namesInScope(known)),
    ...(isPath || !wanted ? functionCandidates("file") : []),
  ];
}

/** What may stand as the default of a parameter, which no other name but a let's can be part of. */
export function defaultCandidates(wanted: Wanted | undefined, known: Analysis): readonly Candidate[] {
  return [
    ...(wanted ? typeCandidates(wanted, known.catalog, undefined) : []),
    ...namesInScope(known).filter(({ kind }) => kind === CompletionItemKind.Constant),
    ...functionCandidates("env"),
  ];
}

/** Names of values: parameters and lets, of the file and imported. */
export const namesInScope = (known: Analysis): readonly Candidate[] => declaredAs(known, ["param", "let"]);

/** Names of secrets, of the file and imported. */
const secretsInScope = (known: Analysis): readonly Candidate[] => declaredAs(known, ["secret"]);

function declaredAs({ file }: Analysis, kinds: readonly Declaration["kind"][]): readonly Candidate[] {
  return [...file.names].flatMap(([label, declared]) => {
    const { kind } = declared.declaration;
    if (!kinds.includes(kind)) return [];
    return [
      {
        label,
        kind: kind === "let" ? CompletionItemKind.Constant : CompletionItemKind.Variable,
        detail: signatureOf(declared),
        doc: declaredHelp(declared),
        rank: 1,
      },
    ];
  });
}

/** The recipes or fragments that can be named in the file. */
export function declaredNames(
  { file }: Analysis,
  kind: "recipe" | "fragment",
  fits: (target: string) => boolean = () => true,
): readonly Candidate[] {
  return [...file.names].flatMap(([label, declared]) => {
    const { declaration } = declared;
    if (declaration.kind !== kind) return [];
    if (declaration.kind === "fragment" && !fits(declaration.target.text)) return [];
    return [
      {
        label,
        kind: kind === "recipe" ? CompletionItemKind.Class : CompletionItemKind.Function,
        detail: signatureOf(declared),
        doc: docText(declaration),
      },
    ];
  });
}

function typeCandidates(
  { type, option }: Wanted,
  catalog: Catalog,
  recipe: PartialRecipe | undefined,
): readonly Candidate[] {
  const none = option.nullable && type === option.type ? [constant("none", "no value")] : [];
  return [...ofType(type, option, catalog, recipe), ...none];
}

function ofType(
  type: OptionType,
  option: Option,
  catalog: Catalog,
  recipe: PartialRecipe | undefined,
): readonly Candidate[] {
  const byDefault = type === option.type ? writableDefault(option) : undefined;
  switch (type.is) {
    case "bool":
      return ["true", "false"].map((label) =>
        constant(label, label === byDefault ? "the default" : undefined),
      );
    case "enum":
      return type.members.map((label) => ({
        label,
        kind: CompletionItemKind.EnumMember,
        detail: label === byDefault ? "the default" : (type.noun ?? "value"),
        doc: option.doc,
      }));
    case "name":
      return splitsOf(recipe).map((label) => ({
        label,
        kind: CompletionItemKind.EnumMember,
        detail: "split",
      }));
    case "list": {
      const whole = byDefault === undefined ? [] : [{ ...constant(byDefault, "the default"), rank: 1 }];
      return [
        { label: "[ ]", kind: CompletionItemKind.Value, detail: "a list", text: "[]", snippet: "[$0]" },
        ...whole,
      ];
    }
    case "component":
      return catalog.ofKind(type.of).map((card) => componentCandidate(card));
    case "number":
    case "count":
    case "ratio":
      return byDefault === undefined ? [] : [constant(byDefault, "the default")];
    case "string":
    case "path":
    case "url":
    case "checkpoint": {
      const quotes = { label: '""', kind: CompletionItemKind.Value, detail: type.is, snippet: '"$0"' };
      return byDefault?.startsWith('"') && byDefault !== '""'
        ? [constant(byDefault, "the default"), quotes]
        : [quotes];
    }
    case "secret":
    case "block":
    case "map":
      return [];
  }
}

/** A component, of a model one variant; those that this version cannot run stand last. */
export const componentCandidate = (card: Card, variant?: string): Candidate => ({
  label: variant === undefined ? card.name : `${card.name}.${variant}`,
  kind: CompletionItemKind.Class,
  detail: card.implemented === false ? `${card.kind}, ${notImplemented.toLowerCase()}` : card.kind,
  doc: componentHelp(card, variant),
  rank: card.implemented === false ? 3 : 0,
});

const constant = (label: string, detail?: string): Candidate => ({
  label,
  kind: CompletionItemKind.Constant,
  detail,
});

/** The splits that the datasets of a recipe have. */
function splitsOf(recipe: PartialRecipe | undefined): readonly string[] {
  const datasets = recipe ? sectionsOf(recipe).filter(({ kind }) => kind === "dataset") : [];
  const names = datasets.flatMap(({ options }) => {
    const info = options.get("build_info");
    const annotations = info?.kind === "block" ? info.options.get("annotations") : options.get("annotations");
    return annotations?.kind === "map" ? [...annotations.entries.keys()] : [];
  });
  return [...new Set(names.length > 0 ? names : usualSplits)];
}

export const functionCandidates = (label: "env" | "file"): readonly Candidate[] => [
  {
    label,
    kind: CompletionItemKind.Function,
    doc: functionDocs[label]?.doc,
    text: `${label}(`,
    snippet: functionDocs[label]?.snippet,
    rank: 2,
  },
];

/** Units behind a number: those of the key's dimension, or all where it is not known. */
export function unitCandidates(wanted: Wanted | undefined): readonly Candidate[] {
  const all = Object.keys(units) as Unit[];
  const fitting = wanted ? unitsOf(wanted.option) : all;
  const percent = wanted?.type.is === "ratio" || wanted?.type.is === "number" ? (["%"] as const) : [];
  return [...fitting, ...percent].map((label) => ({
    label,
    kind: CompletionItemKind.Unit,
    detail: units[label].dimension,
  }));
}
