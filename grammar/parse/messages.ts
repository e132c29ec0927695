/** The syntax diagnostics: `LV1xxx`. */

import { defineMessages } from "../diagnostic.ts";

const error = "error";

export const syntaxMessages = defineMessages({
  LV1001: {
    slug: "unexpected-token",
    severity: error,
    message: "expected {expected}, found {found}",
    explanation: `The text cannot be read on from this place. The message names what may stand here and what does.

Only the line with the mistake (or the brackets around it) is skipped; everything else is still checked.`,
  },
  LV1002: {
    slug: "missing-value",
    severity: error,
    message: "expected a value {after}, found {found}",
    help: "write a number, a string, a name, a list or a call there",
    explanation: `Something that needs a value has none. A value is a number (\`384px\`), a string, \`true\`, \`false\`, \`none\`, a list
(\`[train, val]\`), a name (\`cuda\`), a call (\`blip_caption(max_words = 50)\`), or arithmetic on those.

To leave an option at its default, remove the whole line; to switch it off, write \`none\`.`,
  },
  LV1003: {
    slug: "value-on-next-line",
    severity: error,
    message: "the value of `{name}` must start on the line of its `=`",
    help: "move it up behind the `=`; a list or a call may then go over several lines",
    explanation: `A value starts on the line of its \`=\`, so that a forgotten value never swallows the next key.`,
  },
  LV1004: {
    slug: "missing-equals",
    severity: error,
    message: "`=` is missing between `{name}` and its value",
    help: "write `{name} = …`",
    explanation: `An option is written \`key = value\`; a name that another name follows would be a section with its label, \`model blip_caption\`.`,
  },
  LV1005: {
    slug: "colon-assignment",
    severity: error,
    message: "`{name}` is followed by `:`; recipes write {instead}",
    help: "YAML's `key: value` is `key = value` here, and a nested mapping is a block in braces",
    explanation: `The colon belongs to YAML and JSON (and, here, only to the type of a \`param\`). An option takes \`=\`, a section takes
braces.

\`lavisc import run.yaml\` turns a whole LAVIS configuration into a recipe.`,
  },
  LV1006: {
    slug: "wrong-assignment",
    severity: error,
    message: "`{operator}` does not exist; a value is given with `=`",
    explanation: `There is one way to give a value: \`key = value\`. There are no comparisons, and nothing is appended to: a key that is
written again in an extending recipe replaces the old value, lists included.`,
  },
  LV1007: {
    slug: "foreign-literal",
    severity: error,
    message: "`{found}` is written `{literal}` in a recipe",
    explanation: `The constants are \`true\`, \`false\` and \`none\`. Python's \`True\`, \`False\`, \`None\` and the \`null\` of YAML and JSON are read
as what they mean so that the rest of the file is checked, but must be rewritten.`,
  },
  LV1008: {
    slug: "hash-comment",
    severity: error,
    message: "`#` does not start a comment; `//` does",
    explanation: `Comments start with \`//\`; \`///\` before a declaration, a section or a key documents it (shown on hover and in the
generated program's help).`,
  },
  LV1009: {
    slug: "block-comment",
    severity: error,
    message: "comments between `/*` and `*/` do not exist",
    help: "start each line of the comment with `//`",
    explanation: `Comments start with \`//\` and end with their line, so that no unclosed comment can hide the rest of a recipe.`,
  },
  LV1010: {
    slug: "foreign-quotes",
    severity: error,
    message: "a string stands in double quotes, not in {quote}",
    explanation: `Strings are written \`"text"\`, on one line, with \`\${expr}\` for a value in the middle and \`\\"\` for a quote. Word processors
and chat programs turn quotes into typographic ones; those do not count either.`,
  },
  LV1011: {
    slug: "unterminated-string",
    severity: error,
    message: "this string has no closing {quote} on its line",
    help: "close it; a line break inside a string is written `\\n`",
    explanation: `A string ends on the line that it starts on. The checker assumes the missing quote at the end of the line, before
closing brackets, and goes on from there.`,
  },
  LV1012: {
    slug: "unknown-escape",
    severity: error,
    message: "`{escape}` is not an escape of strings",
    help: "write `\\\\` for a backslash; the escapes are {known}",
    explanation: `A backslash in a string starts an escape: \`\\n\`, \`\\t\`, \`\\r\`, \`\\\\\`, \`\\"\`, \`\\'\`, \`\\$\` (so that \`\\\${\` is text) and \`\\u{1F600}\`.
Paths of Windows are best written with \`/\`.`,
  },
  LV1013: {
    slug: "unclosed-interpolation",
    severity: error,
    message: "this `{open}` is not closed inside its string",
    help: "add the closing brace, or write `\\{open}` for the text itself",
    explanation: `\`\${expr}\` in a string inserts the value of an expression. The closing brace must stand before the string's closing quote.`,
  },
  LV1014: {
    slug: "missing-comma",
    severity: error,
    message: "`,` is missing between {what}",
    explanation: `The elements of a list, the arguments of a call and the names of an import are separated by commas, on several lines
too. (Items of a block need none.)`,
  },
  LV1015: {
    slug: "extra-comma",
    severity: error,
    message: "nothing stands before this `,`",
    explanation: `A comma separates two things; here one of them is missing. One comma behind the last element is fine.`,
  },
  LV1016: {
    slug: "unclosed-bracket",
    severity: error,
    message: "`{open}` is never closed",
    explanation: `Every \`{\`, \`[\` and \`(\` needs its partner. Where a block's brace is missing, the checker ends the block before the next
declaration; where a list's or a call's is missing, at the end of the line or before the next key.`,
  },
  LV1017: {
    slug: "unmatched-bracket",
    severity: error,
    message: "`{close}` closes nothing",
    help: "remove it, or add the opening bracket that it belongs to",
    explanation: `A closing bracket stands where none is open. Often one too many was typed, or a block above ended too early.`,
  },
  LV1018: {
    slug: "malformed-number",
    severity: error,
    message: "`{text}` is not a number: {why}",
    explanation: `A number is decimal digits, with \`_\` between digits where it helps (\`57_600\`), a point (\`0.05\`), an exponent (\`2e-5\`), and a
unit glued to it (\`384px\`, \`6epochs\`, \`80GB\`, \`25%\`).`,
  },
  LV1019: {
    slug: "unexpected-character",
    severity: error,
    message: "{character} has no meaning here",
    help: 'text with such characters belongs in a string: `"…"`',
    explanation: `Outside strings and comments a recipe consists of names (letters of ASCII, digits, \`_\`), numbers, strings and the
punctuation of the language. Anything else is often a path or a text that lacks its quotes.`,
  },
  LV1020: {
    slug: "semicolon",
    severity: error,
    message: "`;` does not exist; a line break or a comma ends an item",
    explanation: `Items of a block stand on lines of their own, or on one line with commas between them.`,
  },
  LV1021: {
    slug: "missing-name",
    severity: error,
    message: "expected {what}, found {found}",
    explanation: `A declaration or a statement lacks the name that it is about.

Names consist of ASCII letters, digits and \`_\`, and do not start with a digit.`,
  },
  LV1022: {
    slug: "reserved-word",
    severity: error,
    message: "`{word}` is a word of the language and cannot be {role}",
    explanation: `The words of statements (\`lavis import from param secret let fragment for recipe extends use remove true false none\`) are
reserved. They still work as keys (\`from = …\`), since the \`=\` makes them plain. As a text, write them in quotes.`,
  },
  LV1023: {
    slug: "hyphenated-name",
    severity: error,
    message: "the name `{name}` has a hyphen",
    help: "names are written with `_`: `{repair}`",
    explanation: `In names \`-\` would be a subtraction; LAVIS's options, and those of recipes, are written with \`_\`.`,
  },
  LV1024: {
    slug: "dotted-key",
    severity: error,
    message: "`{path}` is a path; in a recipe a nested key stands in a block",
    help: "write `{repair}`; paths belong to `--set {path}=…` on the command line",
    explanation: `An option has one place, the block of its section, so that one look at the block shows all of it.`,
  },
  LV1025: {
    slug: "quoted-name",
    severity: error,
    message: "{what} stands without quotes",
    explanation: `Keys and labels are names: \`seed = 42\`, \`dataset coco_caption { … }\`. Quotes are for texts.`,
  },
  LV1026: {
    slug: "block-as-value",
    severity: error,
    message: "a block takes no `=`",
    help: "write `{name} {block}`",
    explanation: `\`key = value\` gives an option; \`kind label { … }\` opens a section. A block is no value.`,
  },
  LV1027: {
    slug: "block-without-kind",
    severity: error,
    message: "this block does not say what it is",
    help: "put its kind before it, such as `run` or `dataset NAME`",
    explanation: `Every block belongs to a section, and a section starts with its kind: \`run { … }\`, \`model blip_caption.base_coco { … }\`.`,
  },
  LV1028: {
    slug: "nested-declaration",
    severity: error,
    message: "`{word}` declares something for the whole file and cannot stand in a block",
    help: "move it to the top level, before the recipe",
    explanation: `\`param\`, \`secret\`, \`let\`, \`fragment\`, \`recipe\` and \`import\` stand at the top level; recipes and fragments hold only sections
and keys. If the block around was meant to end before this line, its closing brace is missing.`,
  },
  LV1029: {
    slug: "outside-recipe",
    severity: error,
    message: "{what} cannot stand outside a recipe",
    help: "{how}",
    explanation: `The top level of a file holds \`import\`, \`param\`, \`secret\`, \`let\`, \`fragment\` and \`recipe\`. Sections and options stand in
a recipe.`,
  },
  LV1030: {
    slug: "misplaced-header",
    severity: error,
    message: "`{word}` must stand {where}",
    explanation: `A file starts with \`lavis 1\`, then come the imports, then the declarations. So a reader knows at the top what a file needs.`,
  },
  LV1031: {
    slug: "sign-without-number",
    severity: error,
    message: "a sign belongs to a number; {found} follows",
    help: "to negate a value, subtract it: `0 - …`",
    explanation: `\`+\` and \`-\` before a value are part of a number (\`-1\`). Between two values they add and subtract.`,
  },
  LV1032: {
    slug: "missing-type",
    severity: error,
    message: "parameter `{name}` has no type",
    help: 'write `param {name}: number` (or count, ratio, bool, string, path, a choice such as `"a" | "b"`, …)',
    explanation: `A \`param\` is the public interface of a recipe: the command line and the emitted program check what they are given
against its type. A value for the file's own use is a \`let\`, which needs none.`,
  },
  LV1033: {
    slug: "type-not-allowed",
    severity: error,
    message: "`{word}` takes no type",
    help: "its type follows from its value; only a `param` states one",
    explanation: `\`let\` and \`secret\` have the type of their value. A \`param\` states its type because its value can come from outside.`,
  },
  LV1034: {
    slug: "nesting-too-deep",
    severity: error,
    message: "{what} are nested deeper than {limit} levels",
    help: "name the inner parts with `let` and use the names",
    explanation: `The bound keeps reading a file safe whatever is in it. No recipe that a person writes comes near it.`,
  },
  LV1035: {
    slug: "unsupported-version",
    severity: error,
    message:
      "this file is written in version {version} of the language; this lavisc reads version {supported}",
    help: "write `lavis {supported}`, or use the lavisc that the file was written for",
    explanation: `\`lavis N\` at the top states the version of the language, so that a later change of it cannot change what a file means.`,
  },
  LV1036: {
    slug: "missing-block",
    severity: error,
    message: "{what} has no block",
    help: "open one: `{block}`",
    explanation: `A \`recipe\` and a \`fragment\` consist of a header and a block in braces. The block may be empty.`,
  },
  LV1037: {
    slug: "yaml-file",
    severity: error,
    message: "this is YAML, not a recipe",
    help: "turn a configuration of LAVIS into a recipe: {how}",
    explanation: `The whole file has the form of YAML. A run configuration of LAVIS becomes a recipe with the same values by
\`lavisc import run.yaml\`, which writes \`run.lavis\`, keeps the comments and says what has no counterpart. The YAML
itself cannot be named \`run.lavis\`: rename it first.

In a recipe, \`key: value\` is \`key = value\`, a nested mapping is a block in braces, and \`#\` is \`//\`.`,
  },
});

export type SyntaxCode = keyof typeof syntaxMessages;
