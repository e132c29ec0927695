/**
 * The components of a user's own in a compiled program: a module that exports `create`, by its absolute path,
 * and the options that `create` takes, which TypeScript checks against it. Nothing is loaded before it is made.
 *
 * @example ownModel<typeof import("./components/captioner.js")>("captioner", here("./components/captioner.js"), {})
 */

import { basename } from "node:path";
import type { Card, GivenOptions } from "../card.ts";
import type { Component, DatasetComponent, ModelComponent } from "../component.ts";
import type { Dataset, OpenOptions } from "../datasets/dataset.ts";
import type { Model } from "../models/model.ts";
import type { Build } from "../nn/module.ts";
import { completeOptions } from "../options.ts";
import type { TextProcessor, VisionProcessor } from "../processors/processor.ts";
import type { Task } from "../tasks/task.ts";
import { createOwn, type OwnModules } from "./module.ts";
import { type OwnKind, ownOptions } from "./options.card.ts";
import { checkSplits } from "./splits.ts";

/** What `create` takes as its options; nothing is asked where it takes none. */
type Taken<P extends readonly unknown[]> = P extends readonly [] ? unknown : NonNullable<P[0]>;

/** The options of a program for a module: those that its `create` takes, and those that a run reads. */
type Given<K extends OwnKind, M extends OwnModules[K]> = Taken<Parameters<M["create"]>> &
  GivenOptions<{ options: (typeof ownOptions)[K] }>;

/** A task whose module exports `create(options)`. */
export function ownTask<M extends OwnModules["task"]>(
  name: string,
  module: string,
  given: Given<"task", M>,
): Component<"task", object, [], Task> {
  return make<"task", [], Task>("task", name, module, given);
}

/** A model whose module exports `create(options, build)`; it has no variants. */
export function ownModel<M extends OwnModules["model"]>(
  name: string,
  module: string,
  given: Given<"model", M>,
): ModelComponent<object, [Build], Model> {
  return make<"model", [Build], Model>("model", name, module, given);
}

/** A dataset whose module exports `create(options, splits, context)`; its name is the label in logs and results. */
export function ownDataset<M extends OwnModules["dataset"]>(
  label: string,
  module: string,
  given: Given<"dataset", M>,
): DatasetComponent<object, [readonly string[], OpenOptions], ReadonlyMap<string, Dataset>> {
  type Splits = ReadonlyMap<string, Dataset>;
  const made = make<"dataset", [readonly string[], OpenOptions], Splits>("dataset", label, module, given);
  return {
    ...made,
    label,
    async create(options, splits, context) {
      const opened = await made.create(options, splits, context);
      checkSplits(`dataset ${label} (${basename(module)})`, opened, splits);
      return opened;
    },
  };
}

/** An image processor whose module exports `create(options)`; loader threads load it by its path. */
export function ownVisProcessor<M extends OwnModules["vis_processor"]>(
  name: string,
  module: string,
  given: Given<"vis_processor", M>,
): Component<"vis_processor", object, [], VisionProcessor> {
  return make<"vis_processor", [], VisionProcessor>("vis_processor", name, module, given);
}

/** A text processor whose module exports `create(options)`. */
export function ownTextProcessor<M extends OwnModules["text_processor"]>(
  name: string,
  module: string,
  given: Given<"text_processor", M>,
): Component<"text_processor", object, [], TextProcessor> {
  return make<"text_processor", [], TextProcessor>("text_processor", name, module, given);
}

function make<K extends OwnKind, A extends readonly unknown[], T>(
  kind: K,
  name: string,
  module: string,
  given: Readonly<Record<string, unknown>>,
): Component<K, object, A, T> {
  const card: Card<K> = {
    kind,
    name,
    doc: `A ${kind} of the user's own.`,
    options: ownOptions[kind],
    isOpen: true,
  };
  const options = completeOptions(`${kind} ${name}`, card.options, given, { section: kind, isOpen: true });
  return {
    kind,
    name,
    card,
    module,
    options,
    create: (own, ...args) => createOwn<T>(kind, { name, module }, [own, ...args]),
  };
}
