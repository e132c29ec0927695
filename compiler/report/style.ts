/** The colours of a report; each wraps a text, or leaves it when colours are off. */
export interface Style {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly info: (text: string) => string;
  readonly bold: (text: string) => string;
  /** Line numbers and rules. */
  readonly quiet: (text: string) => string;
  readonly removed: (text: string) => string;
  readonly added: (text: string) => string;
}

const same = (text: string): string => text;

export const plainStyle: Style = {
  error: same,
  warning: same,
  info: same,
  bold: same,
  quiet: same,
  removed: same,
  added: same,
};

const wrap =
  (on: string, off: string) =>
  (text: string): string =>
    text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`;

export const colourStyle: Style = {
  error: wrap("1;31", "22;39"),
  warning: wrap("1;33", "22;39"),
  info: wrap("1;36", "22;39"),
  bold: wrap("1", "22"),
  quiet: wrap("34", "39"),
  removed: wrap("31", "39"),
  added: wrap("32", "39"),
};

/** Colours belong on a terminal unless NO_COLOR says otherwise; FORCE_COLOR asks for them anywhere. */
export function wantsColour(
  isTerminal: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (environment.NO_COLOR) return false;
  if (environment.FORCE_COLOR) return environment.FORCE_COLOR !== "0";
  return isTerminal && environment.TERM !== "dumb";
}
