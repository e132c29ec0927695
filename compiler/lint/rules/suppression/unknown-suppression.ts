import { didYouMean, suggestionsFor } from "../../../diagnostics/index.ts";
import { placeIn, renameFixes } from "../../../program/index.ts";
import { fileRule } from "../../rule.ts";

export const unknownSuppression = fileRule(
  {
    code: "LV4017",
    slug: "unknown-suppression",
    message: "{problem}",
    help: "`// lavisc-ignore SLUG: reason` names a lint rule by its slug, such as `unused-let`.",
    explanation:
      "Only warnings can be ignored. An error says that a recipe cannot work, which no comment changes; and a name that " +
      "is misspelt ignores nothing.",
    example: {
      invalid:
        "// lavisc-ignore unused-variable: read by the sweep script\nlet seed = 7\n\nrecipe caption {\n  run { seed = seed }\n}\n",
      valid: "let seed = 7\n\nrecipe caption {\n  run { seed = seed }\n}\n",
      given: { problem: "there is no rule `unused-variable`" },
    },
  },
  ({ program: { entry }, suppressions, allowsSuppression, ruleNamed, ruleSlugs }, report) => {
    if (!allowsSuppression) return;
    for (const { comment, names } of suppressions) {
      if (names.length === 0) report({ problem: "this suppression names no rule" }, placeIn(entry, comment));
      for (const name of names) {
        const found = ruleNamed(name.text);
        if (found === "rule") continue;
        if (found === "error") {
          report({ problem: `\`${name.text}\` is an error, which cannot be ignored` }, placeIn(entry, name));
          continue;
        }
        const near = suggestionsFor(name.text, ruleSlugs);
        const extra = { notes: didYouMean(near), fixes: renameFixes(name, near) };
        report({ problem: `there is no rule \`${name.text}\`` }, placeIn(entry, name), extra);
      }
    }
  },
);
