import type { Span } from "../../grammar/index.ts";
import type { Card, ComponentKind } from "../../runtime/card.ts";
import { type Catalog, defaultLabels } from "../catalog/index.ts";
import { didYouMean, oneOfNames, suggestionsFor } from "../diagnostics/index.ts";
import { cardFor, registeredNames, variantFor, variantNames } from "./names.ts";
import type { Refusals } from "./refusals.ts";
import { describeNode, entryOf, type YamlEntry, type YamlMap, type YamlNode } from "./yaml/tree.ts";

/** A section of the configuration and its card. */
interface Part {
  readonly entry: YamlEntry;
  readonly values: YamlMap;
  readonly card: Card;
}

export interface ModelPart extends Part {
  /** What `model_type` stands for. */
  readonly variant: string;
}

export type DatasetPart = Part;

export interface RunPart {
  readonly entry: YamlEntry;
  readonly values: YamlMap;
  readonly task: Card;
  readonly schedule: Card;
  readonly optimizer: Card;
  readonly run: Card;
  /** `runner_iter` counts steps, `runner_base` epochs. */
  readonly runner: Runner;
  /** `evaluate: True`: nothing is trained. */
  readonly isEvaluation: boolean;
}

/** A configuration with every name in it found. */
export interface Configuration {
  readonly model: ModelPart;
  /** The entry `datasets` itself, for its comments. */
  readonly datasetsEntry: YamlEntry;
  readonly datasets: readonly DatasetPart[];
  readonly run: RunPart;
  /** Other sections: LAVIS reads none. */
  readonly others: readonly YamlEntry[];
}

const runners = ["runner_base", "runner_iter"] as const;
export type Runner = (typeof runners)[number];

const isRunner = (name: string): name is Runner => (runners as readonly string[]).includes(name);

/** Finds the sections, cards and variants of a configuration, or reports all that LAVIS would fail at. */
export function readConfiguration(
  root: YamlNode,
  catalog: Catalog,
  refusals: Refusals,
): Configuration | undefined {
  return new Configurator(catalog, refusals).read(root);
}

class Configurator {
  readonly #catalog: Catalog;
  readonly #refusals: Refusals;

  constructor(catalog: Catalog, refusals: Refusals) {
    this.#catalog = catalog;
    this.#refusals = refusals;
  }

  read(root: YamlNode): Configuration | undefined {
    if (root.kind !== "map") {
      const names = {
        subject: "a configuration",
        expected: "a mapping of sections",
        found: describeNode(root),
      };
      this.#refusals.report("LV5006", names, this.#firstLine(root.span));
      return undefined;
    }
    const model = this.#model(root);
    const datasetsEntry = this.#section(root, "datasets");
    const datasets = datasetsEntry && this.#datasets(datasetsEntry);
    const run = this.#run(root);
    const known = ["model", "datasets", "run"];
    const others = root.entries.filter(({ key }) => !known.includes(key));
    if (!model || !datasetsEntry || !datasets || !run) return undefined;
    if (run.runner === "runner_iter") this.#checkRatios(run.values, datasets);
    return { model, datasetsEntry, datasets, run, others };
  }

  #model(root: YamlMap): ModelPart | undefined {
    const entry = this.#section(root, "model");
    const values = entry && this.#mapping(entry, "the section `model`");
    if (!entry || !values) return undefined;
    const arch = this.#name(values, entry, "arch");
    const type = this.#name(values, entry, "model_type");
    const card = arch && this.#card("model", arch.name, arch.span);
    if (!card || !type) return undefined;
    const variant = variantFor(card, type.name);
    if (variant === undefined) {
      const names = { owner: `model \`${card.name}\``, key: "model_type", name: type.name };
      const notes = suggestions(type.name, variantNames(card));
      this.#refusals.report("LV5008", names, type.span, { notes });
      return undefined;
    }
    return { entry, values, card, variant };
  }

  #datasets(section: YamlEntry): readonly DatasetPart[] | undefined {
    const values = this.#mapping(section, "the section `datasets`");
    if (!values) return undefined;
    if (values.entries.length === 0) {
      const subject = "the section `datasets`";
      const names = { subject, expected: "a mapping with a dataset at least", found: describeNode(values) };
      this.#refusals.report("LV5006", names, section.keySpan, {
        notes: ["Name one: `coco_caption: {}`."],
      });
      return undefined;
    }
    const parts = values.entries.map((entry): DatasetPart | undefined => {
      const card = this.#card("dataset", entry.key, entry.keySpan);
      const own = this.#mapping(entry, `the dataset \`${entry.key}\``);
      if (!card || !own) return undefined;
      return this.#hasType(card, own) ? { entry, values: own, card } : undefined;
    });
    const known = parts.filter((part) => part !== undefined);
    return known.length === parts.length ? known : undefined;
  }

  /** `type` chooses among LAVIS's default configurations of a dataset; most have one. */
  #hasType(card: Card, values: YamlMap): boolean {
    const entry = entryOf(values, "type");
    if (!entry) return true;
    const name = textOf(entry.value);
    if (name === undefined) {
      this.#reportShape("`type`", "a name", entry);
      return false;
    }
    const type = card.options.type?.type;
    const names = type?.is === "enum" ? type.members : ["default"];
    if (names.includes(name)) return true;
    const owner = `dataset \`${card.name}\``;
    const notes = suggestions(name, names);
    this.#refusals.report("LV5008", { owner, key: "type", name }, entry.value.span, { notes });
    return false;
  }

  #run(root: YamlMap): RunPart | undefined {
    const entry = this.#section(root, "run");
    const values = entry && this.#mapping(entry, "the section `run`");
    if (!entry || !values) return undefined;
    const task = this.#name(values, entry, "task");
    const taskCard = task && this.#card("task", task.name, task.span);
    const schedule = this.#optionalCard(values, "lr_sched", "schedule");
    const runner = this.#runner(values);
    const optimizer = this.#catalog.get("optimizer", defaultLabels.optimizer ?? "");
    const run = this.#catalog.get("run", defaultLabels.run ?? "");
    if (!taskCard || !schedule || !runner || !optimizer || !run) return undefined;
    const evaluate = entryOf(values, "evaluate")?.value;
    const isEvaluation = evaluate?.kind === "scalar" && evaluate.value === true;
    return { entry, values, task: taskCard, schedule, optimizer, run, runner, isEvaluation };
  }

  #optionalCard(values: YamlMap, key: string, kind: "schedule"): Card | undefined {
    const entry = entryOf(values, key);
    if (!entry) return this.#catalog.get(kind, defaultLabels[kind] ?? "");
    const name = textOf(entry.value);
    if (name !== undefined) return this.#card(kind, name, entry.value.span);
    this.#reportShape(`\`${key}\``, "a name", entry);
    return undefined;
  }

  #runner(values: YamlMap): Runner | undefined {
    const entry = entryOf(values, "runner");
    if (!entry) return "runner_base";
    const name = textOf(entry.value);
    if (name !== undefined && isRunner(name)) return name;
    if (name === undefined) this.#reportShape("`runner`", "a name", entry);
    else {
      const notes = suggestions(name, runners);
      this.#refusals.report("LV5007", { kind: "runner", name }, entry.value.span, { notes });
    }
    return undefined;
  }

  /** runner_iter asserts that the ratios are exactly those of the datasets. */
  #checkRatios(run: YamlMap, datasets: readonly DatasetPart[]): void {
    const entry = entryOf(run, "train_dataset_ratios");
    if (!entry || (entry.value.kind === "scalar" && entry.value.value === null)) return;
    if (entry.value.kind !== "map") {
      this.#reportShape("`train_dataset_ratios`", "a mapping of datasets to numbers", entry);
      return;
    }
    const names = datasets.map(({ entry: { key } }) => key);
    const given = entry.value.entries;
    for (const one of given.filter(({ key }) => !names.includes(key))) {
      const problem = `\`${one.key}\` is no dataset of this file`;
      const notes = didYouMean(suggestionsFor(one.key, names));
      this.#refusals.report("LV5011", { problem }, one.keySpan, { notes });
    }
    const missing = names.filter((name) => !given.some(({ key }) => key === name));
    if (missing.length === 0) return;
    const problem = `${oneOfNames(missing, "and")} ${missing.length === 1 ? "is" : "are"} missing`;
    this.#refusals.report("LV5011", { problem }, entry.keySpan);
  }

  #section(root: YamlMap, key: string): YamlEntry | undefined {
    const entry = entryOf(root, key);
    if (entry) return entry;
    const near = suggestionsFor(
      key,
      root.entries.map((one) => one.key),
    ).filter((name) => !["model", "datasets", "run"].includes(name));
    const misspelt = near[0] === undefined ? undefined : entryOf(root, near[0]);
    const notes = misspelt ? [`Did you mean it by \`${misspelt.key}\`?`] : [];
    const span = misspelt?.keySpan ?? this.#firstLine(root.span);
    this.#refusals.report("LV5005", { owner: "this configuration", key }, span, { notes });
    return undefined;
  }

  /** The mapping that a section or dataset must be. */
  #mapping(entry: YamlEntry, subject: string): YamlMap | undefined {
    const { value } = entry;
    if (value.kind === "map") return value;
    const isListOfNames = value.kind === "list";
    const notes = isListOfNames ? ["Write `name:` on each line in place of `- name`."] : [];
    const names = { subject, expected: "a mapping", found: describeNode(value) };
    this.#refusals.report("LV5006", names, entry.keySpan, { notes });
    return undefined;
  }

  #name(
    values: YamlMap,
    owner: YamlEntry,
    key: string,
  ): { readonly name: string; readonly span: Span } | undefined {
    const entry = entryOf(values, key);
    if (!entry) {
      const near = suggestionsFor(
        key,
        values.entries.map((one) => one.key),
      );
      const notes = near.length > 0 ? [`Did you mean it by \`${near[0]}\`?`] : [];
      const names = { owner: `the section \`${owner.key}\``, key };
      this.#refusals.report("LV5005", names, owner.keySpan, { notes });
      return undefined;
    }
    const name = textOf(entry.value);
    if (name !== undefined) return { name, span: entry.value.span };
    this.#reportShape(`\`${key}\``, "a name", entry);
    return undefined;
  }

  #card(kind: ComponentKind, name: string, span: Span): Card | undefined {
    const card = cardFor(this.#catalog, kind, name);
    if (card) return card;
    const notes = suggestions(name, registeredNames(this.#catalog, kind));
    this.#refusals.report("LV5007", { kind, name }, span, { notes });
    return undefined;
  }

  #reportShape(subject: string, expected: string, { keySpan, value }: YamlEntry): void {
    const span = value.span.end > value.span.start ? value.span : keySpan;
    this.#refusals.report("LV5006", { subject, expected, found: describeNode(value) }, span);
  }

  /** Of a span over lines the part on its first line. */
  #firstLine(span: Span): Span {
    const { line } = this.#refusals.source.positionAt(span.start);
    return { start: span.start, end: Math.max(span.start, this.#refusals.source.lineSpan(line).end) };
  }
}

/** Names near to one, or all of them where they are few. */
function suggestions(name: string, names: readonly string[]): readonly string[] {
  const near = suggestionsFor(name, names);
  if (near.length > 0) return didYouMean(near);
  return names.length > 0 && names.length <= 12 ? [`There is ${oneOfNames(names, "and")}.`] : [];
}

/** The text of a scalar that is one; numbers count, since `3b` and `7` are names of variants. */
export function textOf(node: YamlNode): string | undefined {
  if (node.kind !== "scalar" || node.value === null || typeof node.value === "boolean") return undefined;
  return node.text;
}
