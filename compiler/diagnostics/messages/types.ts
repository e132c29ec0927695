import { defineMessages } from "../../../grammar/index.ts";

/** LV21xx: what values may be. */
export const typeMessages = defineMessages({
  LV2101: {
    slug: "wrong-type",
    severity: "error",
    message: "{subject} must be {expected}, not {found}",
    explanation:
      "Every option has a type: `number`, `count` (an integer from 0 on), `ratio` (0 to 1, or a percentage), `bool`, " +
      "`string`, `path`, `url`, `checkpoint`, one of some names, a list, a component. Nothing is converted silently.",
  },
  LV2102: {
    slug: "wrong-unit",
    severity: "error",
    message: "{subject} is measured in {expected}, not in {found}",
    explanation:
      "A number with a unit has a dimension (pixels, steps, epochs, samples, tokens, bytes, time), and an option takes " +
      "one dimension. A bare number is read in the option's own unit; an option without a dimension takes no unit.",
  },
  LV2103: {
    slug: "unknown-unit",
    severity: "error",
    message: "there is no unit `{unit}`",
    help: "The units are px, steps, epochs, samples, tokens, words, B, KB, MB, GB, TB, ms, s, min, h, d and %.",
    explanation: "A unit is glued to its number: `384px`, `1_000steps`, `6epochs`, `80GB`, `30min`, `25%`.",
  },
  LV2104: {
    slug: "mixed-dimensions",
    severity: "error",
    message: "cannot {verb} {left} and {right}",
    explanation:
      "Adding or subtracting needs quantities of one dimension: `384px + 32px`, but not `384px + 2tokens`. A product " +
      "has a dimension on one side at most; a quotient of two quantities of one dimension is a plain number.",
  },
  LV2105: {
    slug: "out-of-range",
    severity: "error",
    message: "{subject} must be {bounds}, not {found}",
    explanation: "The catalogue states the range of each option; values outside of it cannot work.",
  },
  LV2106: {
    slug: "not-a-choice",
    severity: "error",
    message: "there is no {noun} `{found}` for {subject}",
    explanation:
      "The option takes one of a fixed set of names. The message lists them; `lavisc explain FILE` shows each value " +
      "of a recipe with the option's documentation.",
  },
  LV2107: {
    slug: "none-not-allowed",
    severity: "error",
    message: "{subject} cannot be none",
    help: "Give it a value, or remove the line to get the default.",
    explanation: "`none` switches an option off; only options that can be off take it.",
  },
  LV2108: {
    slug: "bad-operands",
    severity: "error",
    message: "cannot {verb} {left} and {right}",
    explanation:
      '`+ - * /` take numbers; `+` also joins strings, and `/` joins a path and a string: `data_root / "coco/images"`.',
  },
  LV2109: {
    slug: "not-finite",
    severity: "error",
    message: "this is not a finite number",
    explanation: "A division by zero, or a number too large, has no value that a recipe could use.",
  },
  LV2110: {
    slug: "unknown-type",
    severity: "error",
    message: "there is no type `{name}` for a parameter",
    help: "The types are number, count, ratio, bool, string, path, url, checkpoint, or a union of names or strings: `cpu | cuda`.",
    explanation:
      "A parameter has one of the scalar types, or is one of some literals: `param device: cpu | cuda = cpu`. A `?` " +
      "behind the type lets it be `none`.",
  },
  LV2111: {
    slug: "bad-arguments",
    severity: "error",
    message: "{problem}",
    explanation:
      "Arguments of a component are its options by name: `blip_image_eval(image_size = 384px)`. `env` takes a string " +
      "and an optional default, `file` takes one string.",
  },
  LV2112: {
    slug: "not-in-text",
    severity: "error",
    message: "{found} cannot stand in a string",
    explanation:
      "An expression inside of a string takes the place of a number, a string, a path, true or false.",
  },
  LV2113: {
    slug: "not-a-file",
    severity: "error",
    message: "{subject} must name a file or folder, not {found}",
    explanation:
      "A path is relative to the recipe, absolute, or in the data cache (`cache:…`). A run fetches weights, and those " +
      "annotations of the catalogue's datasets that have a `url`; data of your own is read from where it lies, and must be " +
      "there before the run starts. An empty text names nothing.",
  },
});
