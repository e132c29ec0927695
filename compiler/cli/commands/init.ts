import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { catalog } from "../../catalog/index.ts";
import { oneOfNames, suggestionsFor } from "../../diagnostics/suggestions.ts";
import { type Choice, datasetsFor, draftRecipe, modelsFor, tasksOf } from "../../init/index.ts";
import { type ExitCode, exitCodes, UsageError } from "../exit.ts";
import { styleOf, type Terminal } from "../terminal.ts";

export interface InitFlags {
  readonly task?: string;
  readonly model?: string;
  readonly dataset?: string;
  readonly yes: boolean;
  readonly output?: string;
  readonly force: boolean;
}

/**
 * Writes a new recipe that checks: of what the flags name, and otherwise of what somebody answers on a terminal, or
 * with `--yes` of what comes first.
 */
export async function init(flags: InitFlags, terminal: Terminal): Promise<ExitCode> {
  const task = await choose("task", flags.task, tasksOf(catalog), flags, terminal);
  const model = await choose("model", flags.model, modelsFor(catalog, task), flags, terminal);
  const dataset = await choose("dataset", flags.dataset, datasetsFor(catalog, task, model), flags, terminal);
  const text = draftRecipe(catalog, { task, model, dataset });
  const output = flags.output ?? `${task}.lavis`;
  if (output === "-") {
    terminal.out(text);
    return exitCodes.clean;
  }
  const path = resolve(terminal.workingFolder, output);
  if (existsSync(path) && !flags.force)
    throw new UsageError(
      `${output} is there already`,
      "name another file with -o, or replace it with --force",
    );
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UsageError(`${output} cannot be written: ${error instanceof Error ? error.message : error}`);
  }
  terminal.error(`${output} is there; try \`lavisc check ${output}\`\n`);
  return exitCodes.clean;
}

/** One of some names: that of a flag, the first, or the answer to a question. */
async function choose(
  what: string,
  named: string | undefined,
  choices: readonly Choice[],
  { yes }: InitFlags,
  terminal: Terminal,
): Promise<string> {
  const names = choices.map(({ name }) => name);
  const [first] = names;
  if (first === undefined) throw new UsageError(`no ${what} of this version goes with the rest`);
  if (named !== undefined) return known(what, named, names);
  if (yes || names.length === 1) return first;
  if (!terminal.stdinIsTerminal)
    throw new UsageError(`which ${what}?`, `name it with --${what}, or take the first with --yes`);
  return ask(what, choices, terminal);
}

function known(what: string, name: string, names: readonly string[]): string {
  if (names.includes(name)) return name;
  const near = suggestionsFor(name, names);
  const hint = near.length > 0 ? `did you mean ${oneOfNames(near)}?` : `there is ${oneOfNames(names, "and")}`;
  throw new UsageError(`there is no ${what} ${name} that goes with the rest`, hint);
}

/** Asks until the answer is a number or a name of the list; nothing is the first. */
async function ask(what: string, choices: readonly Choice[], terminal: Terminal): Promise<string> {
  const { bold, quiet } = styleOf(terminal);
  const lines = choices.map(({ name, doc }, at) => `  ${at + 1}. ${bold(name)}  ${quiet(doc)}\n`);
  terminal.error(`Which ${what}?\n${lines.join("")}`);
  for (;;) {
    const answer = (await terminal.ask(`${what} [1]: `))?.trim();
    if (answer === undefined) throw new UsageError("there was no answer");
    const found = choices.find(({ name }, at) => answer === name || answer === String(at + 1));
    if (found) return found.name;
    if (answer === "") return choices[0]?.name ?? "";
    terminal.error(`  It is a number from 1 to ${choices.length}, or a name of the list.\n`);
  }
}
