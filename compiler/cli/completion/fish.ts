import type { CompletedCommand } from "./model.ts";

/** The completion for fish: `lavisc completion fish | source`. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap((command) => [...flagLines(command), ...wordLines(command, commands)]);
  return `# Completion of lavisc for fish.\ncomplete -c lavisc -f\n${lines.join("\n")}\n`;
}

function flagLines({ path, flags }: CompletedCommand): readonly string[] {
  return flags.map(({ name, short, doc, takesValue, choices }) => {
    const long = name.startsWith("--") ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`;
    const brief = short === undefined ? "" : ` -s ${short.slice(1)}`;
    const value = choices.length > 0 ? ` -x -a ${quote(choices.join(" "))}` : takesValue ? " -r -F" : "";
    return `complete -c lavisc -n ${quote(conditionOf(path))}${long}${brief}${value} -d ${quote(doc)}`;
  });
}

function wordLines(
  { path, words, takesFiles }: CompletedCommand,
  commands: readonly CompletedCommand[],
): readonly string[] {
  const below = commands.filter((one) => one.path !== path && parentOf(one.path) === path);
  const names = below.map((one) => one.path.split(" ").at(-1) ?? "");
  const isHere =
    path !== "" && names.length > 0
      ? `${conditionOf(path)}; and not __fish_seen_subcommand_from ${names.join(" ")}`
      : conditionOf(path);
  const lines = words.map(
    ({ text, doc }) => `complete -c lavisc -n ${quote(isHere)} -a ${quote(text)} -d ${quote(doc)}`,
  );
  const files = `complete -c lavisc -n ${quote(isHere)} -k -a '(__fish_complete_suffix .lavis)'`;
  return takesFiles ? [...lines, files] : lines;
}

const parentOf = (path: string): string => path.split(" ").slice(0, -1).join(" ");

const conditionOf = (path: string): string =>
  path === ""
    ? "__fish_use_subcommand"
    : path
        .split(" ")
        .map((word) => `__fish_seen_subcommand_from ${word}`)
        .join("; and ");

const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
