import type { CompletedCommand } from "./model.ts";

/** The completion for bash: `source <(lavisc completion bash)`. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const paths = commands.filter(({ path }) => path !== "").map(({ path }) => pattern(path));
  const values = commands.flatMap(({ path, flags }) =>
    flags
      .filter(({ takesValue, choices }) => takesValue || choices.length > 0)
      .map(({ name, short, choices }) => {
        const names = [name, ...(short ? [short] : [])].map((one) => `"${path}:${one}"`);
        const reply =
          choices.length > 0 ? `compgen -W "${choices.join(" ")}" -- "$current"` : 'compgen -f -- "$current"';
        return `    ${names.join("|")}) mapfile -t COMPREPLY < <(${reply}); return ;;`;
      }),
  );
  const cases = commands.map(({ path, flags, words, takesFiles }) => {
    const names = flags.flatMap(({ name, short }) => [name, ...(short ? [short] : [])]);
    const texts = words.map(({ text }) => text);
    return `    "${path}") flags="${names.join(" ")}"; words="${texts.join(" ")}"; files=${takesFiles ? 1 : 0} ;;`;
  });
  return `# Completion of lavisc for bash.
_lavisc() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  local command="" flags="" words="" files=0 word
  # Bash breaks words at "=": \`--format=json\` is three.
  if [[ $current == "=" ]]; then current=""; elif [[ $previous == "=" ]]; then previous="\${COMP_WORDS[COMP_CWORD - 2]}"; fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
    case "\${command:+$command }$word" in
      ${paths.join("|")}) command="\${command:+$command }$word" ;;
    esac
  done
  case "$command:$previous" in
${values.join("\n")}
  esac
  case "$command" in
${cases.join("\n")}
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$current")
    return
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  if ((files)); then
    local found
    mapfile -t found < <(compgen -f -X '!*.lavis' -- "$current"; compgen -d -- "$current")
    COMPREPLY+=("\${found[@]}")
  fi
}
complete -o filenames -F _lavisc lavisc
`;
}

const pattern = (path: string): string => (path.includes(" ") ? `"${path}"` : path);
