const tab = "    ";
const wide =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/g;

/** A source line as a terminal should show it: tabs as spaces, control characters as their symbols. */
export function displayText(line: string): string {
  return line
    .replaceAll("\t", tab)
    .replace(control, (character) =>
      character < " " ? String.fromCharCode(0x2400 + character.charCodeAt(0)) : "␡",
    );
}

/** Whether each character of a text takes a column and is shown as itself, as in most lines. */
export const isPlain = (text: string): boolean => /^[ -~]*$/.test(text);

/** The number of terminal columns that {@link displayText} of a text takes. */
export function displayWidth(text: string): number {
  if (isPlain(text)) return text.length;
  const shown = displayText(text);
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(shown)) width += wide.test(segment) ? 2 : 1;
  return width;
}
