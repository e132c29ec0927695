/**
 * What programs import: the components of recipes, parameters, and the launcher; and what components of one's own
 * are written with. Everything heavy (engines, models, the terminal UI) is loaded when a program runs, so that
 * importing this is quick.
 */
export type { ComponentValue, GivenOptions, OptionsOf, Secret } from "./card.ts";
export type { Component, DatasetComponent, ModelComponent } from "./component.ts";
export * from "./components.ts";
export { UserError } from "./errors.ts";
export * from "./own/authoring.ts";
export { ownDataset, ownModel, ownTask, ownTextProcessor, ownVisProcessor } from "./own/components.ts";
export type { OwnModules } from "./own/module.ts";
export {
  choose,
  environment,
  type Parameter,
  type Parameters,
  parameters,
  type ValuesOf,
} from "./parameters.ts";
export { relativeTo } from "./paths.ts";
export type { CompleteRecipe, Recipe, RunOptions } from "./recipe.ts";
export { secret } from "./secret.ts";
export { launch } from "./train/launch/launch.ts";
