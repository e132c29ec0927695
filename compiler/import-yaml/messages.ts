import { defineMessages } from "../../grammar/index.ts";

/** LV50xx: why a LAVIS configuration cannot be imported. */
export const importMessages = defineMessages({
  LV5001: {
    slug: "yaml-syntax",
    severity: "error",
    message: "this is not valid YAML: {problem}",
    explanation:
      "LAVIS could not read this file either: its YAML is broken at the place shown. Most often a line is indented " +
      "by more or less than its neighbours, a bracket or quote is not closed, or a text that holds `: ` or starts " +
      "with `@`, `*`, `&`, `%` or a backtick lacks its quotes. Mend the line and import again.",
  },
  LV5002: {
    slug: "yaml-empty",
    severity: "error",
    message: "this file holds no configuration",
    help: "A configuration of LAVIS has the sections `model`, `datasets` and `run`.",
    explanation:
      "The file is empty, or holds nothing but comments. LAVIS ships such a file " +
      "(blip2/eval/caption_coco_flant5xl_eval.yaml), and fails on it too.",
  },
  LV5003: {
    slug: "yaml-duplicate-key",
    severity: "error",
    message: "`{key}` stands twice in this mapping",
    help: "Remove one of them.",
    explanation:
      "YAML's mappings have each key once. LAVIS reads its files with OmegaConf, which refuses a second one, because " +
      "nothing tells which of the two was meant.",
  },
  LV5004: {
    slug: "yaml-unusable-node",
    severity: "error",
    message: "{subject} cannot be read: {problem}",
    explanation:
      "The YAML is well-formed, but nothing can be made of this part: an alias (`*name`) of an anchor that is not " +
      "there, or that contains itself; a tag such as `!!python/object`, which LAVIS's loader refuses as well; a key " +
      "that is a list or a mapping; mappings and lists that lie in each other a hundred deep; or aliases of aliases " +
      "that unfold to more than a configuration can be.",
  },
  LV5005: {
    slug: "configuration-lacks",
    severity: "error",
    message: "{owner} lacks `{key}`",
    explanation:
      "LAVIS cannot start without the sections `model` (with `arch` and `model_type`), `datasets` (with a dataset at " +
      "least) and `run` (with a `task`). A key with a similar name may be a slip of the fingers; the message names it.",
  },
  LV5006: {
    slug: "configuration-shape",
    severity: "error",
    message: "{subject} must be {expected}, not {found}",
    explanation:
      "The sections of a LAVIS configuration are mappings, and so is each dataset: `datasets` holds the builders' " +
      "names as keys, not as a list. LAVIS would fail when it looks into this part.",
  },
  LV5007: {
    slug: "configuration-unknown-name",
    severity: "error",
    message: "LAVIS has no {kind} `{name}`",
    explanation:
      "Models, datasets, tasks, processors, schedules and runners are found by the name under which LAVIS registers " +
      "them. An unknown one becomes `None` there, and the run ends with `'NoneType' object is not callable`.",
  },
  LV5008: {
    slug: "configuration-unknown-type",
    severity: "error",
    message: "{owner} has no {key} `{name}`",
    explanation:
      "A model's `model_type`, and a dataset's `type`, choose which of LAVIS's default configurations is merged " +
      "below the file's own values. There is none of this name.",
  },
  LV5009: {
    slug: "configuration-interpolation",
    severity: "error",
    message: "the reference `{reference}` cannot be resolved: {problem}",
    explanation:
      `\`\${section.key}\` takes the value of another key, and \`\${oc.env:NAME}\` that of an environment variable. LAVIS ` +
      "resolves every one when it prints the configuration at the start, and fails if one names nothing. " +
      `(\`\${env.data_dir}\`, which LAVIS's own files mention in comments, is never defined.)`,
  },
  LV5010: {
    slug: "configuration-value-missing",
    severity: "error",
    message: "`{key}` is marked as missing",
    help: "Write its value in place of `???`.",
    explanation:
      "`???` is OmegaConf's mark for a value that somebody must fill in. Reading it ends LAVIS's run.",
  },
  LV5011: {
    slug: "configuration-ratios",
    severity: "error",
    message: "`train_dataset_ratios` must name each dataset once: {problem}",
    explanation:
      "LAVIS's runner_iter draws batches from the datasets by these ratios, and asserts that their names are exactly " +
      "those of the `datasets` section.",
  },
});

export type ImportMessages = typeof importMessages;
