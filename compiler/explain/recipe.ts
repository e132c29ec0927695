import { optionsIn } from "../check/rule.ts";
import {
  type Origin,
  type PartialRecipe,
  plainValue,
  type Resolved,
  type ResolvedOptions,
  type ResolvedParameter,
  type ResolvedSecret,
  sectionsOf,
} from "../resolve/resolved.ts";
import { describeDependence, expressionsOf } from "./dependence.ts";
import { describeOrigin, describeScalar, describeValue } from "./origin.ts";

/** One value of a recipe: a line of `lavisc explain FILE`. */
export interface ExplainedValue {
  /** Its place in the recipe: `schedule.warmup_lr`, `dataset.coco_caption.vis_processor.train.image_size`. */
  readonly path: string;
  /** As a recipe would say it. */
  readonly text: string;
  /** As plain data; undefined where only the run knows it. */
  readonly value: unknown;
  readonly origin: Origin;
  /** Where it came from, in words, and what it depends on when the program runs. */
  readonly from: string;
  readonly doc: string;
}

/** Every parameter, secret and value of a recipe with where it came from, in the order of sections and cards. */
export function explainRecipe(recipe: PartialRecipe): readonly ExplainedValue[] {
  const parameters = recipe.parameters.map(explainParameter);
  const sections = sectionsOf(recipe).flatMap((section) => {
    const name = section.variant === undefined ? section.label : `${section.label}.${section.variant}`;
    const source = section.card.kind === "format" ? ` from ${section.card.name}` : "";
    const head: ExplainedValue = {
      path: section.kind,
      text: section.kind === "run" ? "{ … }" : name + source,
      value: name,
      origin: section.origin,
      from: describeOrigin(section.origin),
      doc: section.card.doc,
    };
    const path = section.kind === "dataset" ? `dataset.${section.label}` : section.kind;
    return [...(section.kind === "run" ? [] : [head]), ...explainOptions(path, section.options)];
  });
  return [...parameters, ...recipe.secrets.map((secret) => explainSecret(secret, recipe.name)), ...sections];
}

function explainParameter({
  name,
  value,
  origin,
  docs,
  type,
  expression,
}: ResolvedParameter): ExplainedValue {
  return {
    path: `param.${name}`,
    text: describeScalar(value, type.is),
    value,
    origin,
    from: describeOrigin(origin) + describeDependence(expression ? [expression] : []),
    doc: docs,
  };
}

function explainSecret({ name, docs, variable, place }: ResolvedSecret, recipe: string): ExplainedValue {
  return {
    path: `secret.${name}`,
    text: describeScalar(undefined, "secret"),
    value: undefined,
    origin: { kind: "recipe", recipe, inherited: false, place },
    from: `the environment variable ${variable}, when the program runs`,
    doc: docs,
  };
}

function explainOptions(path: string, options: ResolvedOptions): readonly ExplainedValue[] {
  return [...options].flatMap(([name, value]) => explainValue(`${path}.${name}`, value));
}

function explainValue(path: string, value: Resolved): readonly ExplainedValue[] {
  const inner = optionsIn(value);
  const rest = inner ? explainOptions(path, inner) : [];
  if (value.kind === "block" || value.kind === "map") return rest;
  const line: ExplainedValue = {
    path,
    text: describeValue(value),
    value: plainValue(value),
    origin: value.origin,
    from: describeOrigin(value.origin) + describeDependence(expressionsOf(value)),
    doc: value.option.doc,
  };
  return [line, ...rest];
}
