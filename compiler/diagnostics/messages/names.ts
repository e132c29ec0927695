import { defineMessages } from "../../../grammar/index.ts";

/** LV20xx: what names stand for. */
export const nameMessages = defineMessages({
  LV2001: {
    slug: "unknown-name",
    severity: "error",
    message: "`{name}` is not defined",
    explanation:
      "A bare name stands for a `param` or `let` of this file, for a name that an `import` brings in, or for a " +
      "member of the type that the key expects (`cuda`, `val`). This one is none of them. Texts need quotes.",
  },
  LV2002: {
    slug: "duplicate-declaration",
    severity: "error",
    message: "`{name}` is declared twice",
    help: "Rename or remove one of them.",
    explanation:
      "Parameters, secrets, lets, fragments, recipes and imported names of a file share one set of names, so that " +
      "a name has one meaning wherever it stands in the file.",
  },
  LV2003: {
    slug: "import-not-found",
    severity: "error",
    message: 'cannot read "{path}"',
    explanation:
      "The path of an `import` is relative to the file that holds the import, and names a `.lavis` file.",
  },
  LV2004: {
    slug: "import-unknown-name",
    severity: "error",
    message: "{file} declares no `{name}`",
    explanation:
      "An `import` can take the parameters, secrets, lets, fragments and recipes that the other file declares " +
      "itself. What that file imports is not passed on: import it from where it is declared.",
  },
  LV2005: {
    slug: "import-cycle",
    severity: "error",
    message: "these files import each other: {cycle}",
    help: "Move what both need into a file of its own, and import that.",
    explanation:
      "Imports must form a tree without loops, so that a reader can start at a file that depends on no other.",
  },
  LV2006: {
    slug: "unknown-section",
    severity: "error",
    message: "`{kind}` is no section of a recipe",
    help: "The sections are `task`, `model`, `dataset`, `schedule`, `optimizer` and `run`.",
    explanation:
      "A recipe consists of the sections `task NAME`, `model NAME.VARIANT`, `dataset NAME` (one or more), " +
      "`schedule NAME`, `optimizer NAME` and `run`. Options stand inside of them.",
  },
  LV2007: {
    slug: "unknown-component",
    severity: "error",
    message: "there is no {kind} `{name}`",
    explanation:
      "Tasks, models, datasets, processors, schedules and optimizers have LAVIS's registered names. The catalogue " +
      "that this version knows is smaller than LAVIS's; the message lists what is there.",
  },
  LV2008: {
    slug: "unknown-variant",
    severity: "error",
    message: "{kind} `{name}` has no variant `{variant}`",
    explanation:
      "The variant (LAVIS's `model_type`) stands behind the model's name, as in `model blip_caption.base_coco`. It " +
      "sets the defaults of the model's options: sizes and where its weights are. Nothing else has variants, components " +
      "and data of your own among them: there the name is one word.",
  },
  LV2009: {
    slug: "unknown-key",
    severity: "error",
    message: "`{key}` is not an option of {owner}",
    explanation:
      "Every option of a section is listed in the catalogue. LAVIS reads options by name and ignores the ones it " +
      "does not know, so a slip of the fingers trains with a default for hours; here it is an error.",
  },
  LV2010: {
    slug: "key-elsewhere",
    severity: "error",
    message: "`{key}` is an option of `{section}`, not of {owner}",
    help: "Move it to the `{section}` section.",
    explanation:
      "LAVIS has most options in one `run` section. Here they stand with what they configure: the length and " +
      "rates of training in `schedule`, weight decay in `optimizer`, decoding in `task`, batches and devices in `run`.",
  },
  LV2011: {
    slug: "lavis-spelling",
    severity: "error",
    message: "`{found}` is written {ours}",
    explanation:
      "LAVIS's documentation or configuration files spell this option in another way, or in another place. The " +
      "meaning is the same.",
  },
  LV2012: {
    slug: "idle-key",
    severity: "error",
    message: "`{key}` does nothing in {owner}",
    help: "Remove it, or choose {instead}.",
    explanation:
      "The option exists, but nothing reads it in this place, so the recipe says something that will not happen. " +
      "For example `lr_decay_rate` belongs to `linear_warmup_step_lr`: a cosine schedule has no such rate.",
  },
  LV2013: {
    slug: "duplicate-key",
    severity: "error",
    message: "`{key}` is given twice in this block",
    help: "Remove one of them.",
    explanation:
      "A key has one value in a block. To change an inherited value, write it once: own keys win over those of " +
      "fragments and of the recipe that is extended.",
  },
  LV2014: {
    slug: "duplicate-section",
    severity: "error",
    message: "`{section}` stands twice in this block",
    help: "Merge the two.",
    explanation:
      "A recipe has one section of each kind, and one `dataset` section of each name. Options of one section " +
      "stand in one place.",
  },
  LV2015: {
    slug: "unknown-fragment",
    severity: "error",
    message: "there is no fragment `{name}`",
    explanation: "`use NAME` takes a `fragment` of this file, or one that an `import` brings in.",
  },
  LV2016: {
    slug: "fragment-misplaced",
    severity: "error",
    message: "fragment `{name}` is for `{target}`, not for `{place}`",
    help: "Use it inside a `{target}` block.",
    explanation:
      "A fragment says what it can be spliced into: `fragment blip_images for dataset { … }`. Its keys are checked " +
      "as if they stood there.",
  },
  LV2017: {
    slug: "fragment-cycle",
    severity: "error",
    message: "these fragments use each other: {cycle}",
    explanation: "A fragment may use other fragments, but not itself through them.",
  },
  LV2018: {
    slug: "unknown-base",
    severity: "error",
    message: "there is no recipe `{name}` to extend",
    explanation: "`extends NAME` takes a recipe of this file, or one that an `import` brings in.",
  },
  LV2019: {
    slug: "extends-cycle",
    severity: "error",
    message: "these recipes extend each other: {cycle}",
    explanation: "A recipe extends one other, which may extend one more, but not in a circle.",
  },
  LV2020: {
    slug: "remove-nothing",
    severity: "error",
    message: "there is no `{target}` to remove here",
    explanation:
      "`remove` takes away what a recipe inherits by `extends` or `use`: `remove dataset NAME`, or `remove KEY` " +
      "inside a section. If nothing is there any more, the line is out of date.",
  },
  LV2021: {
    slug: "missing-label",
    severity: "error",
    message: "`{section}` needs {what} behind it",
    explanation:
      "The name says which one: `task captioning { … }`, `model blip_caption.base_coco { … }`, " +
      "`dataset coco_caption { … }`. A recipe that extends another may leave it out to keep the inherited one.",
  },
  LV2022: {
    slug: "unexpected-label",
    severity: "error",
    message: "`{section}` takes no name behind it",
    help: "Remove the name.",
    explanation:
      "Only `task`, `model`, `dataset`, `schedule` and `optimizer` have a name. A component inside of a section is " +
      "a value: `train = blip_image_train(image_size = 384px)`.",
  },
  LV2023: {
    slug: "expected-value",
    severity: "error",
    message: "`{key}` takes a value, not a block",
    help: "Write `{key} = …`.",
    explanation:
      "Options with one value are written `key = value`; blocks are for options that have options.",
  },
  LV2024: {
    slug: "expected-block",
    severity: "error",
    message: "`{key}` takes a block, not a value",
    help: "Write its options in braces behind `{key}`, without an equals sign.",
    explanation:
      "Sections, and options that have options of their own, are written `key { … }` without an equals sign.",
  },
  LV2025: {
    slug: "unknown-parameter",
    severity: "error",
    message: "there is no parameter `{name}`",
    explanation:
      "`-p name=value` gives a value to a `param` of the recipe's file or of one that it imports. To change " +
      "something that is no parameter, use `--set section.key=value`.",
  },
  LV2026: {
    slug: "unknown-setting",
    severity: "error",
    message: "`--set {path}` names nothing in a recipe",
    explanation:
      "`--set` takes a section and a key, such as `run.amp=true` or `model.image_size=384px`; of datasets also the " +
      "name: `dataset.coco_caption.build_info.images=…`.",
  },
  LV2027: {
    slug: "misplaced-env",
    severity: "error",
    message: "`env` can only be used in a `param` or `secret`",
    help: 'Declare `param NAME: type = env("…", default)` and use the parameter.',
    explanation:
      "What a recipe takes from outside is part of its public interface, so it is declared as a parameter (shown by " +
      "`--help`, recorded with the run) or a secret (never written anywhere).",
  },
  LV2028: {
    slug: "unknown-function",
    severity: "error",
    message: "there is no function `{name}`",
    help: "The functions are `env` and `file`; processors are written as calls too, where one is expected.",
    explanation:
      '`env("NAME", default)` reads an environment variable, `file("path")` makes a path relative to this file.',
  },
  LV2029: {
    slug: "value-cycle",
    severity: "error",
    message: "the value of `{name}` depends on itself: {cycle}",
    explanation: "A `let` or `param` may use others, but not in a circle.",
  },
  LV2030: {
    slug: "parameter-in-default",
    severity: "error",
    message: "the default of a parameter cannot depend on the parameter `{name}`",
    help: "Use a `let` for what both need, or compute the value where it is used.",
    explanation:
      "Parameters are independent of each other: any of them may be given on the command line, in any order.",
  },
  LV2031: {
    slug: "conflicting-parameters",
    severity: "error",
    message: "two parameters of this program are called `{name}`",
    help: "Rename one of them.",
    explanation:
      "The parameters of a recipe's own file and of the files that it imports become flags of one program, so " +
      "their names must differ.",
  },
  LV2032: {
    slug: "not-a-value",
    severity: "error",
    message: "`{name}` is a {what}, not a value",
    explanation:
      "Fragments are spliced in with `use`, recipes are extended; only parameters and lets are values. Secrets are " +
      "read when the program runs and can only be given to options that take a secret.",
  },
  LV2034: {
    slug: "reserved-parameter",
    severity: "error",
    message: "a parameter cannot be called `{name}`: every program has a flag `{flag}`",
    help: "Rename it.",
    explanation:
      "Parameters become flags of the program that a recipe is compiled into, beside the flags that every program " +
      "has: `--help`, `--ui`, `--resume`, `--backend`, `--timeout`, `--max-restarts`.",
  },
  LV2035: {
    slug: "section-in-section",
    severity: "error",
    message: "`{section}` stands inside of `{target}`, but is a section of the recipe",
    help: "Close the braces of `{target}` before it: a `}` may be missing.",
    explanation:
      "The sections of a recipe stand beside each other, never in each other. A missing `}` puts what follows into " +
      "the section before.",
  },
  LV2060: {
    slug: "beyond-limit",
    severity: "error",
    message: "{what} are more than {limit}",
    help: "Say it in fewer steps.",
    explanation:
      "Recipes that extend recipes, fragments that use fragments, and values that are made of values can multiply with " +
      "each line. The bounds keep checking a file fast whatever is in it; no recipe that a person writes comes near them.",
  },
});
