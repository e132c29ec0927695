/** Scanners for the two tokens that a regular expression does not describe well: numbers and strings. */

/** A string's layout: offsets into the text that it was scanned from. */
export interface ScannedString {
  /** Behind the closing quote, or where the string gives up. */
  readonly end: number;
  readonly terminated: boolean;
  /** The spans of the expressions of `${…}`, without `${` and `}`, in order. */
  readonly interpolations: readonly { readonly start: number; readonly end: number }[];
  /** The offset of a `${` that has no `}`. */
  readonly openInterpolation: number | undefined;
}

/** The quotes that close what an opening quote opens; only the first is of the language. */
const closingQuotes: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  "`": "`",
  "“": "”“",
  "”": "”",
  "„": "”“",
  "‘": "’‘",
  "’": "’",
};

export const foreignQuotes: readonly string[] = Object.keys(closingQuotes).filter((quote) => quote !== '"');

/** Strings in interpolations in strings …: beyond this many quotes and braces `${` counts as text. */
const maxNesting = 16;

function isLineEnd(text: string, at: number): boolean {
  if (at >= text.length) return true;
  const char = text[at];
  return char === "\n" || char === "\r";
}

/**
 * Scans a string from its opening quote to its closing one, over `${…}` with strings of their own. It never
 * leaves the line: a string without its end stops before the line's closing brackets, so that they still
 * close what they were meant to.
 */
export function scanString(text: string, start: number): ScannedString {
  const interpolations: { start: number; end: number }[] = [];
  /** Inside: the closers of the open strings, with `}` for each open interpolation. */
  const closers = [closingQuotes[text[start] ?? ""] ?? '"'];
  let interpolationStart = start;
  let at = start + 1;
  while (!isLineEnd(text, at)) {
    const char = text[at] ?? "";
    const closer = closers.at(-1) ?? "";
    at++;
    if (closer === "}") {
      if (char === "}") {
        closers.pop();
        if (closers.length === 1) interpolations.push({ start: interpolationStart, end: at - 1 });
      } else if (char === '"' || char === "'") closers.push(char);
    } else if (char === "\\") {
      if (!isLineEnd(text, at)) at++;
    } else if (char === "$" && text[at] === "{") {
      at++;
      if (closers.length === 1) interpolationStart = at;
      closers.push("}");
      if (closers.length > maxNesting) break;
    } else if (closer.includes(char)) {
      closers.pop();
      if (closers.length === 0) {
        return { end: at, terminated: true, interpolations, openInterpolation: undefined };
      }
    }
  }
  return scanPlainString(text, start, closers.length > 1 ? interpolationStart - 2 : undefined);
}

/** The second reading of a string that did not close: `${` counts as text, or no quote closes it at all. */
function scanPlainString(text: string, start: number, openInterpolation: number | undefined): ScannedString {
  const closer = closingQuotes[text[start] ?? ""] ?? '"';
  let at = start + 1;
  while (!isLineEnd(text, at)) {
    const char = text[at] ?? "";
    at += char === "\\" && !isLineEnd(text, at + 1) ? 2 : 1;
    if (closer.includes(char)) return { end: at, terminated: true, interpolations: [], openInterpolation };
  }
  while (at > start + 1 && /[\s,\])}]/.test(text[at - 1] ?? "")) at--;
  return { end: at, terminated: false, interpolations: [], openInterpolation: undefined };
}

/** What stands behind a backslash, and what the two mean. */
export const simpleEscapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  '"': '"',
  "'": "'",
  $: "$",
};

/** The escapes that a string knows, for messages. */
export const escapeList = String.raw`\n, \t, \r, \\, \", \', \$ and \u{1F600}`;

/**
 * Resolves the escapes of a stretch of string. `unknown` are the spans (relative to `raw`) of escapes that
 * the language does not know; they stand for themselves in the value.
 */
export function resolveEscapes(raw: string): {
  value: string;
  unknown: readonly { start: number; end: number }[];
} {
  if (!raw.includes("\\")) return { value: raw, unknown: [] };
  const unknown: { start: number; end: number }[] = [];
  const value = raw.replace(
    /\\(?:u\{([0-9a-fA-F]{1,6})\}|(.?))/gu,
    (whole, hex: string | undefined, char: string, at: number) => {
      if (hex !== undefined && Number.parseInt(hex, 16) <= 0x10ffff) {
        return String.fromCodePoint(Number.parseInt(hex, 16));
      }
      const simple = char === undefined ? undefined : simpleEscapes[char];
      if (simple === undefined) unknown.push({ start: at, end: at + whole.length });
      return simple ?? whole;
    },
  );
  return { value, unknown };
}

/** A number as its digits, its unit, and what should not follow: the lexer's and the TextMate grammar's. */
export const numberShape =
  /(\.?\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d[\d_]*)?)([A-Za-z_][A-Za-z0-9_]*|%)?((?:\.\d[\w.]*)*)/y;
const wordCharacter = /[\w.)\]]/;

/** The end of the number that starts at an offset, or undefined. A wrongly written one is taken whole. */
export function scanNumber(text: string, start: number): number | undefined {
  if (text[start] === "." && start > 0 && wordCharacter.test(text[start - 1] ?? "")) return undefined;
  numberShape.lastIndex = start;
  const match = numberShape.exec(text);
  return match === null ? undefined : start + match[0].length;
}

export interface ReadNumber {
  readonly value: number;
  /** Empty where none is written. */
  readonly unit: string;
  /** Why the number is malformed; `repair` is how it was probably meant. */
  readonly problem: { readonly why: string; readonly repair: string | undefined } | undefined;
}

/** Reads an unsigned number with its unit. */
export function readNumber(text: string): ReadNumber {
  numberShape.lastIndex = 0;
  const [, digits = "", unit = "", rest = ""] = numberShape.exec(text) ?? [];
  const value = Number(digits.replaceAll("_", ""));
  const isUnit = !isExponent(unit) && !isOtherBase(digits, unit);
  return { value, unit: isUnit ? unit : "", problem: problemOf(digits, unit, rest, value) };
}

/** `2e`: an exponent that breaks off. */
const isExponent = (unit: string): boolean => /^e$/i.test(unit);

/** `0x10` */
const isOtherBase = (digits: string, unit: string): boolean => digits === "0" && /^[xob][\da-f]/i.test(unit);

function problemOf(digits: string, unit: string, rest: string, value: number): ReadNumber["problem"] {
  if (rest !== "") return { why: "it has more than one decimal point", repair: undefined };
  if (isOtherBase(digits, unit)) {
    const decimal = Number(digits + unit);
    return { why: "numbers are decimal", repair: Number.isNaN(decimal) ? undefined : String(decimal) };
  }
  if (digits.startsWith("."))
    return { why: "a digit must stand before the point", repair: `0${digits}${unit}` };
  if (/__|_(?!\d)/.test(digits)) {
    const repair = digits.replace(/_+/g, "_").replace(/_(?!\d)/g, "") + unit.replace(/^_+/, "");
    return { why: "`_` stands between two digits", repair };
  }
  if (unit.startsWith("_"))
    return { why: "`_` stands between two digits", repair: digits + unit.replace(/^_+/, "") };
  if (isExponent(unit)) return { why: "its exponent has no digits", repair: undefined };
  if (!Number.isFinite(value)) return { why: "it is larger than a number can be", repair: undefined };
  return undefined;
}
