import { placeIn } from "../../../program/index.ts";
import { fileRule } from "../../rule.ts";
import { insideOf } from "../../strings.ts";

/** What services' keys look like. */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/\bhf_[A-Za-z0-9]{20,}/, "a Hugging Face token"],
  [/\b(?:gh[opsur]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/, "a GitHub token"],
  [/\bglpat-[\w-]{20,}/, "a GitLab token"],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, "an AWS access key"],
  [/\bAIza[\w-]{35}/, "a Google API key"],
  [/\bsk-[\w-]{20,}/, "an API key"],
  [/\bxox[abprs]-[\w-]{10,}/, "a Slack token"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"],
  [/^[a-z][a-z\d+.-]*:\/\/[^/\s:@]+:[^/\s@]+@/i, "a URL with a password"],
  [/[?&](?:access_token|api_?key|auth|sig|signature|token)=[^&\s]{8,}/i, "a URL with a key"],
];

/** What people call secrets; a `bos_token` is a token of text. */
const names = /(?:^|_)(?:password|passwd|secret|credentials?|api_?key|(?:access|api|auth|hub)_token)$/i;

export const secretInString = fileRule(
  {
    code: "LV4010",
    slug: "secret-in-string",
    message: "this string looks like {what}",
    help: 'Take it out, replace it at its service, and declare `secret NAME = env("NAME")` if the program needs it.',
    explanation:
      "Recipes are shared and kept in version control, and their values are written into programs, logs and checkpoints. " +
      "A `secret` is read from the environment when the program runs, and written nowhere. One that was in a file is no " +
      "longer secret: have its service issue another.",
    example: {
      invalid:
        'recipe caption {\n  model blip_caption.base_coco {\n    finetuned = "https://reader:hunter2@models.example.org/blip.pth"\n  }\n}\n',
      valid:
        'recipe caption {\n  model blip_caption.base_coco {\n    finetuned = "https://models.example.org/blip.pth"\n  }\n}\n',
      given: { what: "a URL with a password" },
    },
  },
  ({ program: { entry }, strings }, report) => {
    for (const { literal, text, name } of strings) {
      const [, shape] = shapes.find(([pattern]) => pattern.test(text)) ?? [];
      const what = shape ?? (names.test(name) && text !== "" ? "a secret, by its name" : undefined);
      if (what !== undefined) report({ what }, placeIn(entry, { span: insideOf(literal) }));
    }
  },
);
