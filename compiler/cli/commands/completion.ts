import type { Command } from "commander";
import { allMessages } from "../../explain/index.ts";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import { type CompletedCommand, completedCommands } from "../completion/model.ts";
import { zshScript } from "../completion/zsh.ts";
import type { ExitCode } from "../exit.ts";
import type { Terminal } from "../terminal.ts";
import { describedKinds, namesOf } from "./describe.ts";

const scripts: Readonly<Record<string, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

export const shells = Object.keys(scripts);

/** Prints what a shell completes `lavisc` by: commands, flags, their values, codes, names of the catalogue, recipes. */
export function completion(shell: string, program: Command, terminal: Terminal): ExitCode {
  const codes = Object.entries(allMessages).map(([code, { slug }]) => ({ text: code, doc: slug }));
  const kinds = describedKinds.map((kind) => ({ text: kind, doc: "describe it" }));
  const names = describedKinds.flatMap((kind) => namesOf(kind).map((text) => ({ text, doc: kind })));
  const commands = completedCommands(program, {
    explain: codes,
    describe: [...kinds, ...names],
    completion: shells.map((text) => ({ text, doc: "the shell" })),
  });
  const script = scripts[shell];
  if (!script) throw new Error(`no completion for the shell ${shell}`);
  terminal.out(script(commands));
  return 0;
}
