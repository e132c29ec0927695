import type { CompletedCommand } from "./model.ts";

/** The completion for zsh: `source <(lavisc completion zsh)`, or a file `_lavisc` in a folder of `fpath`. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  const paths = commands.filter(({ path }) => path !== "").map(({ path }) => quote(path));
  const values = commands.flatMap(({ path, flags }) =>
    flags
      .filter(({ takesValue }) => takesValue)
      .map(({ name, short, choices }) => {
        const names = [name, ...(short ? [short] : [])].map((one) => quote(`${path}:${one}`));
        const reply = choices.length > 0 ? `compadd -- ${choices.join(" ")}` : "_files";
        return `    ${names.join("|")}) ${reply}; return ;;`;
      }),
  );
  const cases = commands.map(({ path, flags, words, takesFiles }) => {
    const flagItems = flags.flatMap(({ name, short, doc }) =>
      [name, ...(short ? [short] : [])].map((one) => item(one, doc)),
    );
    const wordItems = words.map(({ text, doc }) => item(text, doc));
    return `    ${quote(path)}) flags=(${flagItems.join(" ")}); names=(${wordItems.join(" ")}); files=${takesFiles ? 1 : 0} ;;`;
  });
  return `#compdef lavisc
# Completion of lavisc for zsh.
_lavisc() {
  local command="" word files=0
  local -a flags names
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${command:+$command }$word" in
      ${paths.join("|")}) command="\${command:+$command }$word" ;;
    esac
  done
  case "$command:\${words[CURRENT-1]}" in
${values.join("\n")}
  esac
  case "$command" in
${cases.join("\n")}
  esac
  if [[ $PREFIX == -* ]]; then
    _describe -o flag flags
    return
  fi
  (( \${#names} )) && _describe word names
  (( files )) && _files -g '*.lavis'
}
if [[ "\${funcstack[1]}" == _lavisc ]]; then _lavisc "$@"; else compdef _lavisc lavisc; fi
`;
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A word with its documentation, as `_describe` takes it. */
const item = (text: string, doc: string): string => quote(`${text.replaceAll(":", "\\:")}:${doc}`);
