import type { Command, Option } from "commander";

/** What can follow a command, for shells to complete. */
export interface CompletedCommand {
  /** The words that name it, such as `engine install`; empty for `lavisc` itself. */
  readonly path: string;
  readonly flags: readonly CompletedFlag[];
  /** Words that may stand behind it: commands below it, or what it is about. */
  readonly words: readonly CompletedWord[];
  /** Whether files may stand behind it. */
  readonly takesFiles: boolean;
}

export interface CompletedFlag {
  /** `--format`, or the short form where there is no long one. */
  readonly name: string;
  readonly short: string | undefined;
  readonly doc: string;
  readonly takesValue: boolean;
  /** The values that it takes, where they are known; otherwise a file. */
  readonly choices: readonly string[];
}

export interface CompletedWord {
  readonly text: string;
  readonly doc: string;
}

/** What a command takes that its flags do not tell, by its path. */
export type Subjects = Readonly<Record<string, readonly CompletedWord[]>>;

/** Every command of a program with what can follow it, the program itself first, behind which its default's flags may stand. */
export function completedCommands(program: Command, subjects: Subjects): readonly CompletedCommand[] {
  return visit(program, "");

  function visit(command: Command, path: string): readonly CompletedCommand[] {
    const below = command.commands.map((one) => ({ text: one.name(), doc: one.description() }));
    const takesFiles = command.registeredArguments.some((one) => /file|subject|name/.test(one.name()));
    // `lavisc FILE` builds.
    const byDefault = path === "" ? program.commands.filter((one) => one.name() === "build") : [];
    const options = [command, ...byDefault].flatMap((one) => one.options);
    const help = { name: "--help", short: "-h", doc: "show help", takesValue: false, choices: [] };
    const own: CompletedCommand = {
      path,
      flags: [...options.filter(({ hidden }) => !hidden).map(flagOf), help],
      words: [...below, ...(subjects[path] ?? [])],
      takesFiles: takesFiles || path === "",
    };
    const inner = command.commands.map((one) =>
      visit(one, path === "" ? one.name() : `${path} ${one.name()}`),
    );
    return [own, ...inner.flat()];
  }
}

function flagOf({ long, short, description, required, optional, argChoices }: Option): CompletedFlag {
  return {
    name: long ?? short ?? "",
    short: long ? (short ?? undefined) : undefined,
    doc: description,
    // What may be left out stands behind `=` only, so that no word follows.
    takesValue: required && !optional,
    choices: argChoices ?? [],
  };
}
