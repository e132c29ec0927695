import type { Card } from "../../../runtime/card.ts";
import type { SectionKind } from "../../catalog/index.ts";
import type { RunPart } from "../configuration.ts";
import { defaultsInCode, emptyUnlessGiven, translate, unreadBy, whyUnheard } from "../dialect.ts";
import { statedDefault } from "../names.ts";
import { type Block, type Item, statedLine } from "../output.ts";
import { entryOf, noTrivia, type YamlEntry } from "../yaml/tree.ts";
import { type Conversion, optionItem, type Stated, whyIdle } from "./options.ts";
import { section, whyUnread } from "./section.ts";
import { unreadNote } from "./unread.ts";

/** What LAVIS's `run` section becomes. */
export interface RunSections {
  readonly task: Block;
  readonly schedule: Block | undefined;
  readonly optimizer: Block | undefined;
  readonly run: Block;
}

/** A section of the recipe and the card that says which of `run`'s keys are its options. */
interface Home {
  readonly kind: SectionKind;
  readonly card: Card;
  readonly items: Item[];
}

/** The value that the cards of a recipe's other sections give an option, by its path; undefined where none does. */
export type Given = (path: string) => unknown;

/** LAVIS has one `run` section; here its keys stand with what they configure. */
export function runSections(part: RunPart, given: Given, conversion: Conversion): RunSections {
  const { entry, values, runner } = part;
  const homes: readonly Home[] = [
    { kind: "task", card: part.task, items: [] },
    { kind: "schedule", card: part.schedule, items: [] },
    { kind: "optimizer", card: part.optimizer, items: [] },
    { kind: "run", card: part.run, items: [] },
  ];
  const [task, schedule, optimizer, run] = homes;
  if (!task || !schedule || !optimizer || !run) throw new Error("a section of `run` is lost");
  const named = (...keys: readonly string[]) => keys.flatMap((key) => entryOf(values, key) ?? []);
  const consumed = named("task", "lr_sched", "runner");
  const mixing = runner === "runner_iter" ? named("train_dataset_ratios") : [];
  for (const one of values.entries)
    if (!consumed.includes(one) && !mixing.includes(one)) place(one, homes, part, conversion);
  for (const home of part.isEvaluation ? [task] : [task, schedule, optimizer])
    home.items.push(...leftOut(home, part, given));
  for (const [key, why] of Object.entries(emptyUnlessGiven))
    if (!entryOf(values, key) && Object.hasOwn(run.card.options, key))
      run.items.push(statedLine(`${key} = []`, why));

  const mixed = mixing.map((one): Item => ({ kind: "note", lines: [], trivia: one.trivia }));
  const naming = named("lr_sched", "runner");
  const isScheduled = naming.length > 0 || schedule.items.length > 0;
  return {
    task: section(`task ${task.card.name}`, task.items, noTrivia(), named("task")),
    schedule: isScheduled
      ? section(`schedule ${schedule.card.name}`, schedule.items, noTrivia(), naming)
      : undefined,
    optimizer:
      optimizer.items.length > 0
        ? section(`optimizer ${optimizer.card.name}`, optimizer.items, noTrivia(), [])
        : undefined,
    run: section("run", [...mixed, ...run.items], entry.trivia, []),
  };
}

/** What LAVIS's code takes for options that the file leaves out, where the recipe's default would be another. */
function leftOut({ kind, card, items }: Home, { values }: RunPart, given: Given): readonly Item[] {
  const stated = Object.entries(defaultsInCode(kind, card)).flatMap(([key, value]): readonly Item[] => {
    const ours = given(`${kind}.${key}`) ?? statedDefault(card, undefined, key);
    const isSaid = entryOf(values, key) !== undefined || ours === value;
    return isSaid ? [] : [statedLine(`${key} = ${value}`, "LAVIS has it where a file does not say")];
  });
  const rate = items.find((item) => item.kind === "line" && item.text.startsWith("init_lr = "));
  if (rate?.kind !== "line" || entryOf(values, "warmup_lr") || given("schedule.warmup_lr") === undefined)
    return stated;
  const warmup = statedLine(
    rate.text.replace("init_lr", "warmup_lr"),
    "LAVIS starts from `init_lr` unless told",
  );
  return [...stated, warmup];
}

/** Puts a key of `run` into the section that has the option, or leaves a note in `run`. */
function place(
  entry: YamlEntry,
  homes: readonly Home[],
  { runner, values }: RunPart,
  conversion: Conversion,
): void {
  const { key, value } = entry;
  const { source } = conversion;
  const home = homes.find(({ card }) => Object.hasOwn(card.options, key));
  const option = home?.card.options[key];
  if (!home || !option) {
    const why = whyUnread(
      "run",
      homes.map(({ card }) => card),
      key,
      conversion,
    );
    homes.at(-1)?.items.push(unreadNote(entry, why, source));
    return;
  }
  const byRunner = home.kind === "schedule" ? unreadBy(runner, key) : undefined;
  const stated: Stated = (other) => statedDefault(home.card, undefined, other);
  const heard = values.entries.filter((other) => whyUnheard(home.kind, home.card, other.key) === undefined);
  const idle = byRunner ?? whyUnheard(home.kind, home.card, key) ?? whyIdle(option, key, heard, stated);
  const translation = translate(home.kind, key, value);
  if (idle !== undefined) home.items.push(unreadNote(entry, idle, source));
  else if (translation && "note" in translation) home.items.push(unreadNote(entry, translation.note, source));
  else if (translation)
    home.items.push({ kind: "line", text: `${key} = ${translation.text}`, trivia: entry.trivia });
  else {
    const around = {
      owner: `${home.kind} \`${home.card.name}\``,
      path: home.kind,
      givenBy: [],
      isStored: false,
    };
    home.items.push(optionItem(entry, option, around, conversion));
  }
}
