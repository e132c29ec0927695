import { placeIn } from "../../../program/index.ts";
import { fileRule } from "../../rule.ts";

export const suppressionNotAllowed = fileRule(
  {
    code: "LV4018",
    slug: "suppression-not-allowed",
    message: "warnings may not be ignored in recipes of this project",
    help: "Mend what it is about, or change the rule's level in lavisc.json.",
    explanation:
      "The project's lavisc.json says `inlineSuppression: false`, so that one place tells which rules hold. The comment " +
      "has no effect.",
    example: {
      invalid:
        "// lavisc-ignore unused-let: read by the sweep script\nlet seed = 7\n\nrecipe caption {\n  run { seed = seed }\n}\n",
      valid: "let seed = 7\n\nrecipe caption {\n  run { seed = seed }\n}\n",
      configuration: { inlineSuppression: false },
    },
  },
  ({ program: { entry }, suppressions, allowsSuppression }, report) => {
    if (allowsSuppression) return;
    for (const { comment } of suppressions) report({}, placeIn(entry, comment));
  },
);
