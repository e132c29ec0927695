import type { Fix } from "../../../../grammar/index.ts";
import { placeIn, type SourceFile } from "../../../program/index.ts";
import { removalFix } from "../../../resolve/edits.ts";
import { fileRule } from "../../rule.ts";
import type { SuppressedName, Suppression } from "../../suppressions.ts";

export const unusedSuppression = fileRule(
  {
    code: "LV4015",
    slug: "unused-suppression",
    message: "there is no `{name}` here to ignore",
    help: "Remove it: a comment covers the item right behind it.",
    explanation:
      "What it was for has been mended or moved. If it stays, it hides the next mistake of this kind that somebody makes " +
      "here.",
    example: {
      invalid:
        "// lavisc-ignore unused-let: for a later experiment\nlet seed = 7\n\nrecipe caption {\n  run { seed = seed }\n}\n",
      valid: "let seed = 7\n\nrecipe caption {\n  run { seed = seed }\n}\n",
      given: { name: "unused-let" },
    },
  },
  ({ program: { entry }, unusedSuppressions }, report) => {
    for (const { suppression, name } of unusedSuppressions) {
      const fixes = [fixOf(entry, suppression, name)];
      report({ name: name.text }, placeIn(entry, name), { fixes });
    }
  },
);

/** Removes the name, or the comment with its last name. */
function fixOf(file: SourceFile, { comment, names }: Suppression, name: SuppressedName): Fix {
  const title = "Remove the suppression";
  if (names.length === 1) return removalFix(placeIn(file, comment), title, "safe");
  const at = names.indexOf(name);
  const [before, after] = [names[at - 1], names[at + 1]];
  const span = after
    ? { start: name.span.start, end: after.span.start }
    : { start: before?.span.end ?? name.span.start, end: name.span.end };
  return { title, applicability: "safe", edits: [{ span, text: "", path: file.source.path }] };
}
