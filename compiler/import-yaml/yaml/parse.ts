import { Composer, type CST, type Document, Parser } from "yaml";
import type { SourceText, Span } from "../../../grammar/index.ts";
import type { Refusals } from "../refusals.ts";
import { leavesOf, type PlacedComment } from "./comments.ts";
import { addSpaces, type Spaced } from "./lenient.ts";

/** How many mappings and lists may lie in each other; no configuration has a dozen. */
export const maxDepth = 100;

/** A text as the library sees it. */
export interface Parsed {
  readonly documents: readonly Document.Parsed[];
  /** From offsets of the library to those of the file. */
  readonly place: Spaced["place"];
  /** By their places in the file. */
  readonly comments: readonly PlacedComment[];
  /** Quoted scalars. */
  readonly quotes: readonly CST.SourceToken[];
  /** What has a tab outside of quotes, comments and block texts: PyYAML takes none there. */
  readonly tabbed: CST.SourceToken | undefined;
  /** Where mappings and lists lie in each other too deeply to be composed; there are no documents then. */
  readonly tooDeep: number | undefined;
}

/** Parses a text, once more with spaces that PyYAML does without where it is broken. */
export function parse(written: string): Parsed {
  // The library strips a byte order mark, and its offsets then lack it; and no line ends with a carriage return to it.
  const text = written.replace(/^\ufeff/, "\n").replace(/\r(?!\n)/g, "\n");
  const parsed = parseSpaced({ text, place: (offset) => offset });
  if (!hasErrors(parsed)) return parsed;
  const spaced = addSpaces(text);
  const again = parseSpaced(spaced);
  return hasErrors(again) ? parsed : again;
}

const hasErrors = ({ documents }: Parsed): boolean => documents.some(({ errors }) => errors.length > 0);

function parseSpaced({ text, place }: Spaced): Parsed {
  const tokens = [...new Parser().parse(text)];
  const tooDeep = deeperThan(maxDepth, tokens);
  if (tooDeep !== undefined)
    return { documents: [], place, comments: [], quotes: [], tabbed: undefined, tooDeep };
  const leaves = leavesOf(tokens);
  const comments = leaves.filter(({ type }) => type === "comment");
  return {
    documents: composeAll(tokens, text.length),
    place,
    comments: comments.map(({ offset, source }) => ({ offset: place(offset), source })),
    quotes: leaves.filter(({ type }) => /^(single|double)-quoted-scalar$/.test(type)),
    tabbed: leaves.find(({ type, source }) => /^(space|scalar)$/.test(type) && source.includes("\t")),
    tooDeep: undefined,
  };
}

/** The offset of the first token that lies in more than `depth` collections; it is looked for without recursion. */
function deeperThan(depth: number, tokens: readonly CST.Token[]): number | undefined {
  let level = tokens.map((token) => ("value" in token ? token.value : undefined));
  for (let at = 0; at <= depth; at++)
    level = level.flatMap((token) =>
      token && "items" in token ? token.items.flatMap(({ key, value }) => [key ?? undefined, value]) : [],
    );
  return level.find((token) => token !== undefined)?.offset;
}

/** The documents of a stream; every scalar is a text, because the library's YAML 1.1 is not PyYAML's. */
const composeAll = (tokens: readonly CST.Token[], length: number): readonly Document.Parsed[] => [
  ...new Composer({ schema: "failsafe", uniqueKeys: false, prettyErrors: false }).compose(
    tokens,
    true,
    length,
  ),
];

/** Reports the first error: those after it tend to follow from it. True where there is one. */
export function reportError(
  { documents, quotes, tabbed, tooDeep, place }: Parsed,
  refusals: Refusals,
): boolean {
  const { source } = refusals;
  const [error] = documents.flatMap(({ errors }) => errors);
  const [, second] = documents;
  const unprintable = unprintablePattern.exec(source.text);
  if (tooDeep !== undefined) {
    const at = place(tooDeep);
    const problem = `more than ${maxDepth} mappings and lists lie in each other here`;
    refusals.report("LV5004", { subject: "this value", problem }, spanWithin(source, at, at + 1));
  } else if (error) {
    const { code, message, pos } = error;
    const problem = problems[code] ?? `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
    // A quote that stays open is missed at the end of the file; what matters is where it opens.
    const open = quotes.find(
      ({ offset, source: quoted }) => code === "MISSING_CHAR" && pos[0] === offset + quoted.length,
    );
    const span = open ? { start: open.offset, end: open.offset + 1 } : spanWithin(source, pos[0], pos[1]);
    refusals.report("LV5001", { problem }, span);
  } else if (tabbed) {
    const at = place(tabbed.offset + tabbed.source.indexOf("\t"));
    refusals.report(
      "LV5001",
      { problem: "a tab stands where only spaces may" },
      spanWithin(source, at, at + 1),
    );
  } else if (unprintable) {
    const [character] = unprintable;
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    const problem = `the control character U+${code} stands here`;
    refusals.report("LV5001", { problem }, spanWithin(source, unprintable.index, unprintable.index + 1));
  } else if (second) {
    const at = place(second.range[0]);
    const span = spanWithin(source, at, at + 1);
    refusals.report("LV5001", { problem: "a second document starts here" }, span);
  }
  return tooDeep !== undefined || !!(error || tabbed || unprintable || second);
}

/** What PyYAML takes nowhere, not even in quotes. */
const unprintablePattern = /[^\t\n\r -~\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

const problems: Readonly<Record<string, string>> = {
  BAD_INDENT: "this line is not indented like its neighbours, or a bracket is not closed",
  BLOCK_AS_IMPLICIT_KEY: "a `key: value` starts inside of another's value",
  MULTILINE_IMPLICIT_KEY: "a key must be on one line, with its `:`",
  MISSING_CHAR: "something that was opened is not closed",
  TAB_AS_INDENT: "a tab stands where only spaces may indent",
  BAD_SCALAR_START: "a text that starts with this character needs quotes",
  UNEXPECTED_TOKEN: "nothing like this can stand here",
  BAD_ALIAS: "an anchor or alias has no name, or stands in the wrong place",
};

/** A span of the text; an empty one is widened so that it can be shown. */
export function spanWithin({ text }: SourceText, start: number, end: number): Span {
  const from = Math.max(0, Math.min(start, text.length));
  return { start: from, end: Math.max(from, Math.min(end, text.length)) };
}
