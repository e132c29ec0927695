import type { SourceText } from "../../../grammar/index.ts";
import type { Note } from "../output.ts";
import type { Remark, YamlEntry, YamlNode } from "../yaml/tree.ts";

/** The mark of what somebody must look at. */
const mark = "FIXME(import):";

/** An entry that has no counterpart: why, and the lines of the YAML as comments. */
export function unreadNote(entry: YamlEntry, why: string, source: SourceText): Note {
  const { start, end } = entry.span;
  const { column } = source.positionAt(start);
  const margin = new RegExp(`^[ \\t]{0,${column - 1}}`);
  const lines = source
    .slice({ start, end })
    .trimEnd()
    .split(/\r\n?|\n/)
    .map((line, at) => (at === 0 ? line : line.replace(margin, "")));
  // Comments between the lines are among them already.
  const isOutside = ({ offset }: Remark): boolean => offset < start || offset >= end;
  const { leading, trailing, after, isApart } = entry.trivia;
  const below = [...trailing, ...after, ...remarksIn(entry.value)].filter(isOutside);
  return {
    kind: "note",
    lines: [`${mark} ${why}`, ...lines.map((line) => (line === "" ? "" : `  ${line}`))],
    trivia: { leading: leading.filter(isOutside), trailing: [], after: below, isApart },
  };
}

/** The comments of all entries inside of a node. */
function remarksIn(node: YamlNode): readonly Remark[] {
  switch (node.kind) {
    case "scalar":
      return [];
    case "list":
      return node.items.flatMap(remarksIn);
    case "map":
      return node.entries.flatMap(({ trivia: { leading, trailing, after }, value }) => [
        ...leading,
        ...trailing,
        ...remarksIn(value),
        ...after,
      ]);
  }
}
