import type { Card } from "../../../runtime/card.ts";
import { type Configuration, type DatasetPart, type ModelPart, textOf } from "../configuration.ts";
import { startsFromFinetuned } from "../dialect.ts";
import { statedDefault } from "../names.ts";
import { type Block, type Item, statedLine } from "../output.ts";
import { meaningOf, writeValue } from "../values.ts";
import { entryOf, type Remark, type Trivia, type YamlEntry, type YamlMap } from "../yaml/tree.ts";
import { withLavisDefaults } from "./dataset-defaults.ts";
import type { Conversion, Stated } from "./options.ts";
import { type Given, runSections } from "./run.ts";
import { section, sectionItems } from "./section.ts";
import { unreadNote } from "./unread.ts";

/** The sections of a configuration's recipe, in the order in which recipes are written. */
export function convertSections(configuration: Configuration, conversion: Conversion): readonly Item[] {
  const { model, datasets, datasetsEntry, run, others } = configuration;
  const given = givenBy(configuration);
  const { task, schedule, optimizer, run: runSection } = runSections(run, given, conversion);
  const ratios = entryOf(run.values, "train_dataset_ratios")?.value;
  const isMixed = run.runner === "runner_iter" && ratios?.kind === "map";
  const datasetSections = datasets.map((part, at) => {
    const ratio = isMixed ? entryOf(ratios, part.entry.key) : undefined;
    const around = {
      before: at === 0 ? [...datasetsEntry.trivia.leading, ...datasetsEntry.trivia.trailing] : [],
      after: at === datasets.length - 1 ? datasetsEntry.trivia.after : [],
    };
    return datasetSection(part, ratio, around, conversion);
  });
  const unread = others.map((entry) =>
    unreadNote(
      entry,
      `LAVIS reads \`model\`, \`datasets\` and \`run\`, and no \`${entry.key}\``,
      conversion.source,
    ),
  );
  const sections = [
    task,
    modelSection(model, !run.isEvaluation, given, conversion),
    ...datasetSections,
    schedule,
    optimizer,
    runSection,
  ];
  return [...sections.filter((section) => section !== undefined), ...unread].map(setApart);
}

/** The defaults that the cards of a configuration give to each other's options; later ones win. */
function givenBy({ run, model: { card, variant }, datasets }: Configuration): Given {
  const all = [
    run.task.defaults,
    card.defaults,
    card.variants?.[variant]?.defaults,
    ...datasets.map((dataset) => dataset.card.defaults),
  ];
  return (path) => all.findLast((defaults) => defaults?.[path] !== undefined)?.[path];
}

/** Sections have an empty line before them. */
const setApart = (item: Item): Item => {
  const { leading, isApart } = item.trivia;
  const [first, ...rest] = leading;
  const trivia: Trivia = first
    ? {
        ...item.trivia,
        leading: [{ ...first, isApart: true }, ...rest],
        isApart: isApart && rest.at(-1)?.isApart === true,
      }
    : { ...item.trivia, isApart: true };
  return { ...item, trivia };
};

function modelSection(
  { entry, values, card, variant }: ModelPart,
  isTraining: boolean,
  given: Given,
  conversion: Conversion,
): Block {
  const naming = ["arch", "model_type"].flatMap((key) => entryOf(values, key) ?? []);
  const own = values.entries.filter((one) => !naming.includes(one));
  const stated: Stated = (key) => statedDefault(card, variant, key);
  const items = [...sectionItems("model", card, own, stated, conversion)];
  if (isTraining && !entryOf(values, "load_finetuned") && startsFromFinetuned(card, variant))
    items.push(statedLine("load_finetuned = true", "LAVIS does, unless it is told not to"));
  const pretrained = stated("load_pretrained");
  const isOverridden =
    given("model.load_pretrained") !== undefined && given("model.load_pretrained") !== pretrained;
  if (isOverridden && typeof pretrained === "boolean" && !entryOf(values, "load_pretrained"))
    items.push(statedLine(`load_pretrained = ${pretrained}`, "LAVIS's default for this model"));
  return section(`model ${card.name}.${variant}`, items, entry.trivia, naming);
}

function datasetSection(
  { entry, values: written, card }: DatasetPart,
  ratio: YamlEntry | undefined,
  around: { readonly before: readonly Remark[]; readonly after: readonly Remark[] },
  conversion: Conversion,
): Block {
  const values = withLavisDefaults(written, card, entry);
  // Where a dataset has one default configuration, or one kind of media, saying which says nothing.
  const medium = otherMedium(card, values);
  const naming = [
    card.options.type ? undefined : entryOf(values, "type"),
    medium ? entryOf(values, "data_type") : undefined,
  ].filter((one) => one !== undefined);
  const own = values.entries.filter((one) => !naming.includes(one)).map((one) => renameFolder(one, medium));
  const share = ratio ? ratioItem(ratio, card, conversion) : [];
  const stated: Stated = (key) => statedDefault(card, undefined, key);
  const items = own.flatMap((one) =>
    one.key === "ratio"
      ? [unreadNote(one, "LAVIS reads ratios in `run.train_dataset_ratios`", conversion.source)]
      : sectionItems("dataset", card, [one], stated, conversion),
  );
  const trivia = {
    ...entry.trivia,
    leading: [...around.before, ...entry.trivia.leading],
    after: [...entry.trivia.after, ...around.after],
  };
  return section(`dataset ${card.name}`, [...items, ...share], trivia, naming);
}

/** Two names of a folder in `build_info`: the one that LAVIS looks under, and the one that the card has. */
interface Medium {
  readonly written: string;
  readonly known: string;
}

/** `data_type` chooses no more than under which name of `build_info` LAVIS finds the folder; a card has one. */
function otherMedium(card: Card, values: YamlMap): Medium | undefined {
  const type = card.options.data_type?.type;
  const value = entryOf(values, "data_type")?.value;
  const written = value && textOf(value);
  const [known, ...others] = type?.is === "enum" ? type.members : [];
  const files = entryOf(values, "build_info")?.value;
  const isOther = known !== undefined && others.length === 0 && written !== undefined && written !== known;
  const isTaken = isOther && files?.kind === "map" && entryOf(files, known) !== undefined;
  return isOther && !isTaken ? { written, known } : undefined;
}

function renameFolder(entry: YamlEntry, medium: Medium | undefined): YamlEntry {
  const { key, value } = entry;
  if (!medium || key !== "build_info" || value.kind !== "map") return entry;
  const entries = value.entries.map((one) =>
    one.key === medium.written ? { ...one, key: medium.known } : one,
  );
  return { ...entry, value: { ...value, entries } };
}

/** `train_dataset_ratios` gives each dataset its own `ratio`. */
function ratioItem(entry: YamlEntry, { options }: Card, { parameters, source }: Conversion): readonly Item[] {
  const option = options.ratio;
  const written = option && writeValue(entry.value, meaningOf(option, false), parameters);
  if (written && "text" in written)
    return [{ kind: "line", text: `ratio = ${written.text}`, trivia: entry.trivia }];
  return [unreadNote(entry, "this dataset takes no `ratio`", source)];
}
