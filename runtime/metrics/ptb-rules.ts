import { americanSpelling } from "./american-spelling.ts";

/**
 * The rules of Penn Treebank tokenization as the Stanford tokenizer 3.4.1 has them: patterns tried at one
 * place, the longest match (with the text that must follow) wins, the earlier rule among equals.
 */
export interface PtbRule {
  /** Sticky; the text that must follow is captured as `follows`. */
  readonly pattern: RegExp;
  /** Which ASCII characters it can begin with, to skip it quickly. */
  readonly first: RegExp;
  /** The token of a match; undefined where the match is dropped. */
  readonly token: (text: string) => string | undefined;
  /** How many of the match's last characters are read again as the next token. */
  readonly reread: number;
}

/** Both cases of every letter: the tokenizer ignores case in words that it spells out, not in ranges. */
const anyCase = (words: string): string =>
  words.replace(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);

/** Words with a capital letter, the rest in either case. */
const capitalised = (words: string): string =>
  words
    .split("|")
    .map((word) => word[0] + anyCase(word.slice(1)))
    .join("|");

// Characters
const space = "[ \\t\\u00A0\\u2000-\\u200A\\u3000]";
const spaceOrLine = "[ \\t\\u00A0\\u2000-\\u200A\\u3000\\r\\n\\u2028\\u2029\\u000B\\u000C\\u0085]";
const digit = "\\p{Nd}";
/** Letters, and the combining marks that the tokenizer keeps within words. */
const letter =
  "(?:[\\p{L}\\u00AD\\u0237-\\u024F\\u02C2-\\u02C5\\u02D2-\\u02DF\\u02E5-\\u02FF\\u0300-\\u036F\\u0370-\\u037D\\u0384\\u0385\\u03CF\\u03F6\\u03FC-\\u03FF\\u0483-\\u0487\\u04CF\\u04F6-\\u04FF\\u0510-\\u0525\\u055A-\\u055F\\u0591-\\u05BD\\u05BF\\u05C1\\u05C2\\u05C4\\u05C5\\u05C7\\u0615-\\u061A\\u063B-\\u063F\\u064B-\\u065E\\u0670\\u06D6-\\u06EF\\u06FA-\\u06FF\\u070F\\u0711\\u0730-\\u074F\\u0750-\\u077F\\u07A6-\\u07B1\\u07CA-\\u07F5\\u07FA\\u0900-\\u0903\\u093C\\u093E-\\u094E\\u0951-\\u0955\\u0962\\u0963\\u0981-\\u0983\\u09BC-\\u09C4\\u09C7\\u09C8\\u09CB-\\u09CD\\u09D7\\u09E2\\u09E3\\u0A01-\\u0A03\\u0A3C\\u0A3E-\\u0A4F\\u0A81-\\u0A83\\u0ABC-\\u0ACF\\u0B82\\u0BBE-\\u0BC2\\u0BC6-\\u0BC8\\u0BCA-\\u0BCD\\u0C01-\\u0C03\\u0C3E-\\u0C56\\u0D3E-\\u0D44\\u0D46-\\u0D48\\u0E30-\\u0E3A\\u0E47-\\u0E4E\\u0EB1-\\u0EBC\\u0EC8-\\u0ECD]|&[aeiouAEIOU](?:acute|grave|uml);)";
const apostrophe = "(?:['\\u0092\\u2019]|&apos;)";
const apostropheLike = "(?:['\\u0092\\u2019\\u0091\\u2018\\u201B]|&apos;)";
const hyphen = "[-_\\u058A\\u2010\\u2011]";
const insideSentence = "[,;:\\u3001]";

// Words and numbers
const word = `${letter}(?:${letter}|${digit})*(?:[.!?]${letter}(?:${letter}|${digit})*)*`;
const verbEnding = `${apostrophe}(?:[msdMSD]|${anyCase("re|ve|ll")})`;
const notEnding = `${anyCase("n")}${apostropheLike}${anyCase("t")}`;
const number = `(?:${digit}+(?:[.:,\\u00AD\\u066B\\u066C]${digit}+)*|(?:[.:,\\u00AD\\u066B\\u066C]${digit}+)+)`;
const elided = `(?:[dDoOlL]${apostropheLike}[\\p{L}${digit}])?`;
const thing = `${elided}[\\p{L}${digit}]+(?:${hyphen}${elided}[\\p{L}${digit}]+)*`;
const initials = "[A-Z]+(?:(?:[+&]|&amp;)[A-Z]+)+";
const acronym = `(?:[A-Za-z](?:\\.[A-Za-z])+|${anyCase("(?:Canada|Sino|Korean|EU|Japan|non)-U\\.S|U\\.S\\.-(?:U\\.K|U\\.S\\.S\\.R)")})`;
const hyphenated = `[A-Za-z0-9][A-Za-z0-9.,\\u00AD]*(?:-(?:${acronym}\\.|[A-Za-z0-9\\u00AD]+))+`;
const slashPart = "[A-Za-z0-9]+(?:-[A-Za-z]+){0,2}";
const markup =
  "<(?:[!?][A-Za-z\\-][^>\\r\\n]*|[A-Za-z][\\w:.\\-]*(?: +[A-Za-z][\\w:.\\-]*(?: *= *(?:'[^'\\r\\n]*'|\"[^\"\\r\\n]*\"|[A-Za-z][\\w:.\\-]*))?)* *\\/?|\\/[A-Za-z][\\w:.\\-]*) *>";
const phone =
  "(?:(?:\\([0-9]{2,3}\\)[ \\u00A0]?|(?:\\+\\+?)?(?:[0-9]{2,4}[- \\u00A0])?[0-9]{2,4}[- \\u00A0])[0-9]{3,4}[- \\u00A0]?[0-9]{3,5}|(?:(?:\\+\\+?)?[0-9]{2,4}\\.)?[0-9]{2,4}\\.[0-9]{3,4}\\.[0-9]{3,5})";

// Abbreviations
const months = anyCase("Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec");
const days = anyCase("Mon|Tues|Tue|Wed|Thurs|Thu|Fri");
/** States; those that are words too count only where they are capitalised. */
const states = `${anyCase("Ala|Ariz|Calif|Colo|Conn|Ct|Dak|Fla|Ga|Ind|Kans?|Ky|Md|Mich|Minn|Mo|Mont|Neb|Nev|Okla|Penn|Tenn|Va|Vt|Wisc?|Wyo")}|${capitalised("Az|Ark|Del|Ill|La|Mass|Miss|Ore|Pa|Tex|Wash")}`;
const companies = anyCase("Inc|Cos?|Corp|Pp?tys?|Ltd|Plc|Rt|Bancorp|Bhd|Assn|Univ|Intl|Sys");
const afterNames = anyCase("Jr|Bros|(?:Ed|Ph)\\.D|Esq|tel|est|ext|sq|etc|al|seq|Bldg");
/** Usually followed by a lower-case word: before an upper-case one the period ends the sentence as well. */
const closing = `(?:${months}|${days}|${states}|${companies}|${afterNames})\\.`;
const titles = `${anyCase("Mrs|Mr|Ms|Drs?|Profs?|Sens?|Reps?|Attys?|Lt|Col|Gen|Messrs|Govs?|Adm|Rev|Maj|Sgt|Cpl|Pvt|Capt|Ste?|Ave|Pres|Lieut|Hon|Brig|Co?mdr|Pfc|Spc|Supts?|Det|Mt|Ft|Adj|Adv|Asst|Assoc|Ens|Insp|Mlle|Mme|Msgr|Sfc|Sr")}|${capitalised("Miss")}`;
/** Usually followed by an upper-case word. */
const opening = `(?:${titles}|${anyCase("vs|Alex|Wm|Jos|Cie|a\\.k\\.a|cf|TREAS|Ph|Invt|Elec|Natl|Mtg|Mfg|Dept|Blvd|Rd")}|${acronym}|[A-Za-z])`;
const beforeNumbers = anyCase("(?:ca|figs?|prop|nos?|art|bldg|pp|op)\\.");
/** Words that begin a sentence when they follow an acronym. */
const sentenceStarts =
  "(?:About|According|Additionally|After|An|As|At|A|But|Earlier|Hereafter|Here|Her|However|He|If|In|It|Last|Many|More|Mr\\.|Ms\\.|Now|Once|One|Other|Our|She|Since|Some|So|Such|That|There|These|They|Then|The|This|We|When|While|What|Yet|You)";

const escapeSequences: readonly (readonly [RegExp, string])[] = [
  [/"|''|'`|`'|&quot;/g, "''"],
  [/[\u0082\u008B\u0091\u2018\u201A\u201B\u2039]/g, "`"],
  [/[\u0092\u009B\u00B4\u2019\u203A]|&apos;/g, "'"],
  [/[\u0084\u0093\u201C\u201E\u00AB]/g, "``"],
  [/[\u0094\u201D\u00BB]/g, "''"],
];
/** Quotes as LaTeX writes them: `` ` `` `` `` `` open, ' '' close. */
const closeQuote = (text: string): string =>
  escapeSequences.reduce((result, [from, to]) => result.replace(from, to), text);
const openQuote = (text: string): string =>
  closeQuote(text.replace(/"|''|&quot;/g, "``").replace(/'|&apos;/g, "`"));
const brackets = (text: string): string => text.replace(/\(/g, "-LRB-").replace(/\)/g, "-RRB-");
const noSoftHyphens = (text: string): string => text.replaceAll("\u00AD", "");
const spaceKept = (text: string): string => text.replaceAll(" ", "\u00A0");
const ampersand = (text: string): string => text.replace(/&amp;/gi, "&");
const currency = (text: string): string =>
  text === "\u00A2"
    ? "cents"
    : text === "\u00A3"
      ? "#"
      : /[\u0080\u00A4\u20A0\u20AC]/.test(text)
        ? "$"
        : text;
const fraction = (text: string): string =>
  ({ "\u00BC": "1/4", "\u00BD": "1/2", "\u00BE": "3/4", "\u2153": "1/3", "\u2154": "2/3" })[text] ?? text;
const same = (text: string): string => text;
const dropped = (): undefined => undefined;

const words = /[a-zA-Z&]/;
const wordsOrDigits = /[a-zA-Z&0-9]/;
const digits = /[-+.:,0-9]/;
const anything = /./s;

function rule(
  match: string,
  token: PtbRule["token"],
  { first = anything, follows, reread = 0 }: { first?: RegExp; follows?: string; reread?: number } = {},
): PtbRule {
  const ahead = follows === undefined ? "" : `(?=(?<follows>${follows}))`;
  return { pattern: new RegExp(`(?:${match})${ahead}`, "uy"), first, token, reread };
}

/** A rule for a literal text, in its token's form. */
const literal = (text: string, token: string): PtbRule =>
  rule(text, () => token, { first: new RegExp(text) });

export const ptbRules: readonly PtbRule[] = [
  rule(anyCase("cannot|'twas"), (text) => text.slice(0, -3), { reread: 3 }),
  rule(
    `${apostrophe}${anyCase("tis")}|${anyCase("gonna|gotta|lemme|gimme|wanna")}`,
    (text) => text.slice(0, -2),
    { reread: 2 },
  ),
  rule(markup, spaceKept, { first: /</ }),
  rule("&(?:MD|mdash|ndash);|[\\u0096\\u0097\\u2013\\u2014\\u2015]", () => "--", { first: words }),
  rule("&amp;", () => "&", { first: /&/ }),
  rule("&(?:HT|TL|UR|LR|QC|QL|QR|odq|cdq|#[0-9]+);", same, { first: /&/ }),
  rule(word, (text) => americanSpelling(noSoftHyphens(text)), { first: words, follows: verbEnding }),
  rule("[A-Za-z\\u00AD]*[A-MO-Za-mo-z]\\u00AD*", noSoftHyphens, { first: words, follows: notEnding }),
  rule(word, (text) => americanSpelling(noSoftHyphens(text)), { first: words }),
  rule(
    `${apostrophe}${anyCase("n")}${apostrophe}?|[lLdDjJ]${apostrophe}|${anyCase("(?:Dunkin|somethin|ol)")}${apostrophe}|${apostrophe}${anyCase("(?:em|till?|cause)")}|[A-HJ-XZn]${apostropheLike}\\p{L}{2,}|${apostrophe}[2-9]0[sS]|\\p{L}+[aeiouyAEIOUY]${apostropheLike}[aeiouA-Z]\\p{L}*|${anyCase("(?:cont'd\\.?|nor'easter|c'mon|e'er|s'mores|ev'ry|li'l|nat'l)")}`,
    closeQuote,
  ),
  rule(`${anyCase("y")}${apostrophe}`, same, { first: /[yY]/, follows: "\\p{L}" }),
  rule('(?:ftp|https?):\\/\\/[^ \\t\\n\\f\\r"<>|()]+[^ \\t\\n\\f\\r"<>|.!?(){},-]', same, { first: /[fh]/ }),
  rule(
    '(?:www\\.(?:[^ \\t\\n\\f\\r"<>|.!?(){},]+\\.)+[a-zA-Z]{2,4}|(?:[^ \\t\\n\\f\\r"`\'<>|.!?(){},-_$]+\\.)+(?:com|net|org|edu))(?:\\/[^ \\t\\n\\f\\r"<>|()]+[^ \\t\\n\\f\\r"<>|.!?(){},-])?',
    same,
    { first: wordsOrDigits },
  ),
  rule(
    '(?:&lt;|<)?[a-zA-Z0-9][^ \\t\\n\\f\\r"<>|()\\u00A0{}]*@(?:[^ \\t\\n\\f\\r"<>|(){}.\\u00A0]+\\.)*[^ \\t\\n\\f\\r"<>|(){}\\[\\].,;:\\u00A0]+(?:&gt;|>)?',
    same,
    { first: /[a-zA-Z0-9<&]/ },
  ),
  rule(`@[a-zA-Z_][a-zA-Z_0-9]*|#${word}`, same, { first: /[@#]/ }),
  rule(verbEnding, closeQuote, { follows: "[^A-Za-z]" }),
  rule(notEnding, closeQuote, { first: /[nN]/, follows: "[^A-Za-z]" }),
  rule(`${digit}{1,2}[-\\/]${digit}{1,2}[-\\/]${digit}{2,4}`, same, { first: digits }),
  rule(`[-+]?${number}`, noSoftHyphens, { first: digits }),
  rule(
    "[\\u207A\\u207B\\u208A\\u208B]?(?:[\\u2070\\u00B9\\u00B2\\u00B3\\u2074-\\u2079]+|[\\u2080-\\u2089]+)",
    same,
    {
      first: digits,
    },
  ),
  rule(`(?:${digit}{1,4}[- \\u00A0])?${digit}{1,4}(?:\\\\?\\/|\\u2044)${digit}{1,4}`, spaceKept, {
    first: digits,
  }),
  rule("[\\u00BC\\u00BD\\u00BE\\u2153-\\u215E]", fraction, { first: digits }),
  rule(
    `${anyCase("-(?:RRB|LRB|RCB|LCB|RSB|LSB)-")}|${anyCase("C\\.D\\.s|pro-|anti-|S(?:&|&amp;)P-500|S(?:&|&amp;)Ls")}|${anyCase("Cap")}${apostrophe}${anyCase("n")}|${anyCase("c")}${apostrophe}${anyCase("est")}`,
    ampersand,
  ),
  rule(`${slashPart}(?:\\\\?\\/${slashPart}){1,2}`, same, { first: wordsOrDigits }),
  rule("[A-Z]*\\$|#", same, { first: /[A-Z$#]/ }),
  rule(
    "[\\u00A2\\u00A3\\u00A4\\u00A5\\u0080\\u20A0\\u20AC\\u060B\\u0E3F\\u20A4\\uFFE0\\uFFE1\\uFFE5\\uFFE6]",
    currency,
    {
      first: words,
    },
  ),
  rule(`${acronym}\\.`, same, { first: words, follows: `${space}+${sentenceStarts}${space}`, reread: 1 }),
  rule(beforeNumbers, same, { first: words, follows: `${spaceOrLine}?${digit}` }),
  rule(anyCase("(?:So|No)\\."), same, {
    first: words,
    follows: `${space}+${anyCase("(?:Africa|Korea|Cal)")}`,
  }),
  rule(anyCase("(?:pty|pte|co)\\."), same, { first: words, follows: `${space}${anyCase("(?:ltd|lim)")}` }),
  rule(closing, same, {
    first: words,
    follows: `${spaceOrLine}(?:${spaceOrLine}|\\p{Lu}|${markup})`,
    reread: 1,
  }),
  rule(closing, same, { first: words, follows: "[^][^]" }),
  rule(closing, same, { first: words }),
  rule(`${opening}\\.`, same, { first: words }),
  rule(opening, same, { first: words, follows: space }),
  rule(acronym, same, { first: words, follows: spaceOrLine }),
  rule(`${apostrophe}[0-9][0-9]`, same, { follows: spaceOrLine }),
  rule(`${word}\\.`, noSoftHyphens, { first: words, follows: insideSentence }),
  rule(phone, (text) => brackets(spaceKept(text)), { first: /[(+0-9]/ }),
  rule('"|&quot;', openQuote, { first: /["&]/, follows: "[A-Za-z0-9$]" }),
  rule('"|&quot;', closeQuote, { first: /["&]/ }),
  rule("<|&lt;", () => "<", { first: /[<&]/ }),
  rule(">|&gt;", () => ">", { first: /[>&]/ }),
  rule("[<>]?[:;=][-o*']?[()DPdpO\\\\\\{@|\\[\\]]", brackets, { first: /[<>:;=]/, follows: "[^A-Za-z]" }),
  rule(
    "[-\\^x=~<>']_[-\\^x=~<>']|\\([-\\^x=~<>'][_.]?[-\\^x=~<>']\\)|\\([\\^x=~<>']-[\\^x=~<>'`]\\)",
    brackets,
    { first: /[-^x=~<>'(]/ },
  ),
  literal("\\{", "-LCB-"),
  literal("\\}", "-RCB-"),
  literal("\\[", "-LSB-"),
  literal("\\]", "-RSB-"),
  literal("\\(", "-LRB-"),
  literal("\\)", "-RRB-"),
  rule("-+", (text) => (text.length === 3 || text.length === 4 ? "--" : text), { first: /-/ }),
  rule("\\.{3,5}|\\.[ \\u00A0](?:\\.[ \\u00A0])+\\.|[\\u0085\\u2026]", () => "...", { first: /\./ }),
  rule("@+|#+|_+", same, { first: /[@#_]/ }),
  rule("\\*+|(?:\\\\\\*){1,3}", same, { first: /[*\\]/ }),
  rule(insideSentence, same),
  rule("[?!]+", same, { first: /[?!]/ }),
  rule("[.\\u00A1\\u00BF\\u037E\\u0589\\u061F\\u06D4\\u0700-\\u0702\\u07FA\\u3002]", same),
  rule("=", same, { first: /=/ }),
  rule("\\/", same, { first: /\// }),
  rule(`${hyphenated}\\.`, noSoftHyphens, { first: wordsOrDigits, follows: insideSentence }),
  rule(hyphenated, noSoftHyphens, { first: wordsOrDigits }),
  rule(`(?:${thing}|${initials})\\.`, ampersand, { first: wordsOrDigits, follows: insideSentence }),
  rule(thing, closeQuote, { first: wordsOrDigits }),
  rule(initials, ampersand, { first: words }),
  rule("'", openQuote, { first: /'/, follows: "[A-Za-z][^ \\t\\n\\r\\u00A0]" }),
  rule(verbEnding, closeQuote),
  rule(
    `''|[\`\\u2018\\u2019\\u201A\\u201B\\u201C\\u201D\\u0091-\\u0094\\u201E\\u201F\\u2039\\u203A\\u00AB\\u00BB]{1,2}|${apostrophe}`,
    closeQuote,
  ),
  rule("<<|>>", same, { first: /[<>]/ }),
  rule(anyCase("c\\+\\+|(?:c|f)#"), same, { first: /[cCfF]/ }),
  rule(
    "[+%&~^|\\\\\\u00A6-\\u00A9\\u00AC\\u00AE-\\u00BA\\u00D7\\u00F7\\u0387\\u05BE\\u05C0\\u05C3\\u05C6\\u05F3\\u05F4\\u0600-\\u0603\\u0606-\\u060A\\u060C\\u0614\\u061B\\u061E\\u066A\\u066D\\u0703-\\u070D\\u07F6\\u07F7\\u07F8\\u0964\\u0965\\u0E4F\\u1FBD\\u2016\\u2017\\u2020-\\u2025\\u2030-\\u2038\\u203B\\u203E-\\u2042\\u2044\\u207A-\\u207F\\u208A-\\u208E\\u2100-\\u214F\\u2190-\\u21FF\\u2200-\\u2BFF\\u3012\\u30FB\\uFF01-\\uFF0F\\uFF1A-\\uFF20\\uFF3B-\\uFF40\\uFF5B-\\uFF65]",
    same,
  ),
  rule("&nbsp;", dropped, { first: /&/ }),
];
