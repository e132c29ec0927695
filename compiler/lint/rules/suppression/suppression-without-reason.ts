import { placeIn } from "../../../program/index.ts";
import { fileRule } from "../../rule.ts";

export const suppressionWithoutReason = fileRule(
  {
    code: "LV4016",
    slug: "suppression-without-reason",
    message: "this suppression gives no reason, and ignores nothing",
    help: "Say why behind a colon: `// lavisc-ignore {names}: the reason`.",
    explanation:
      "Whoever reads the recipe later must be able to tell whether the warning is still wrong about it. Without a reason " +
      "the comment has no effect.",
    example: {
      invalid: "// lavisc-ignore unused-let\nlet seed = 7\n\nrecipe caption {\n  run { seed = seed }\n}\n",
      valid:
        "// lavisc-ignore unused-let: read by the sweep script\nlet seed = 7\n\nrecipe caption {\n  run { seed = 42 }\n}\n",
      given: { names: "unused-let" },
    },
  },
  ({ program: { entry }, suppressions, allowsSuppression }, report) => {
    if (!allowsSuppression) return;
    for (const { comment, names, reason } of suppressions)
      if (reason === "" && names.length > 0)
        report({ names: names.map(({ text }) => text).join(", ") }, placeIn(entry, comment));
  },
);
