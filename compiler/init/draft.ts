import type { Diagnostic } from "../../grammar/index.ts";
import type { Card } from "../../runtime/card.ts";
import type { Catalog } from "../catalog/index.ts";
import { find, isNone, numberOf, textOf } from "../check/rule.ts";
import { checkRecipe } from "../check-recipe.ts";
import { literal } from "../emit/literals.ts";
import { memoryHost } from "../program/index.ts";
import type { PartialRecipe } from "../resolve/resolved.ts";

/** What a new recipe is about. */
export interface Choices {
  readonly task: string;
  /** With its variant: `blip_caption.base_coco`. */
  readonly model: string;
  /** Of the catalogue, or the format of data of one's own. */
  readonly dataset: string;
}

/** The names that may be chosen for one part of a recipe, each with its documentation. */
export interface Choice {
  readonly name: string;
  readonly doc: string;
}

const isAvailable = ({ implemented }: Card): boolean => implemented !== false;
const choiceOf = ({ name, doc }: Card): Choice => ({ name, doc });

/** The tasks that some model can do. */
export function tasksOf(catalog: Catalog): readonly Choice[] {
  return catalog
    .ofKind("task")
    .filter((task) => isAvailable(task) && modelsFor(catalog, task.name).length > 0)
    .map(choiceOf);
}

/** The models that can do a task, each variant by itself. */
export function modelsFor(catalog: Catalog, task: string): readonly Choice[] {
  return catalog
    .ofKind("model")
    .filter((model) => isAvailable(model) && model.tasks?.includes(task))
    .flatMap(({ name, variants = {} }) =>
      Object.entries(variants).map(([variant, { doc }]) => ({ name: `${name}.${variant}`, doc })),
    );
}

/**
 * The datasets with which a task and a model make a recipe without errors, and the formats that data of the user's own
 * may have.
 */
export function datasetsFor(catalog: Catalog, task: string, model: string): readonly Choice[] {
  const fits = ({ name: dataset }: Choice): boolean =>
    errorsIn(draftRecipe(catalog, { task, model, dataset }), catalog).length === 0;
  const known = catalog.ofKind("dataset").filter(isAvailable).map(choiceOf);
  const own = catalog
    .ofKind("format")
    .filter(isAvailable)
    .map(({ name, doc }) => ({ name, doc: `Data of your own. ${doc}` }));
  return [...known, ...own].filter(fits);
}

/** The section of a dataset of the catalogue, or of the user's data in a format, with files for its splits. */
function datasetSection(catalog: Catalog, name: string): string {
  const { extension } = (catalog.get("dataset", name) ? undefined : catalog.get("format", name)) ?? {};
  if (extension === undefined) return `dataset ${name}`;
  const files = ["train", "val", "test"].map((split) => `      ${split} = "data/${split}${extension}"\n`);
  return `dataset my_data from ${name} {\n    annotations {\n${files.join("")}    }\n  }`;
}

/** What is wrong with a recipe's text. */
export const errorsIn = (text: string, catalog: Catalog): readonly Diagnostic[] =>
  resolve(text, catalog).diagnostics;

const path = "/recipe.lavis";
const resolve = (text: string, catalog: Catalog) =>
  checkRecipe(memoryHost({ [path]: text }), path, { catalog });

/**
 * The text of a recipe, with the values that people change first written out: as the cards of its parts give
 * them, else ones to start from.
 */
export function draftRecipe(catalog: Catalog, choices: Choices): string {
  const { task, model, dataset } = choices;
  const data = datasetSection(catalog, dataset);
  const bare = `recipe r {\n  task ${task}\n  model ${model}\n  ${data}\n}\n`;
  const [recipe] = resolve(bare, catalog).partial;
  if (!recipe) throw new Error(`a recipe of ${task}, ${model} and ${dataset} cannot be resolved`);
  const doc = `/// ${capitalized(task)} with ${model} on ${catalog.get("dataset", dataset) ? dataset : "data of my own"}.`;
  return `lavis 1

${doc}
recipe ${task} {
  task ${task}

  model ${model}${weightsOf(recipe)}

  ${data}

  schedule ${recipe.schedule?.label ?? "linear_warmup_cosine_lr"} {
    init_lr = ${literal(numberOf(find(recipe.schedule, "init_lr")) ?? 1e-5)}
    max_epoch = ${numberOf(find(recipe.schedule, "max_epoch")) ?? 5}
  }

  run {
    batch_size_train = ${numberOf(find(recipe.run, "batch_size_train")) ?? 16}
    batch_size_eval = ${numberOf(find(recipe.run, "batch_size_eval")) ?? 32}
    device = ${textOf(find(recipe.run, "device")) ?? "cuda"}
    seed = ${numberOf(find(recipe.run, "seed")) ?? 42}
  }
}
`;
}

/** A model without published weights starts from random ones, which a recipe says. */
function weightsOf({ model }: PartialRecipe): string {
  const hasNone = find(model, "pretrained") !== undefined && isNone(find(model, "pretrained"));
  return hasNone ? " { load_pretrained = false }" : "";
}

const capitalized = (text: string): string =>
  text.charAt(0).toUpperCase() + text.slice(1).replaceAll("_", " ");
