import { defineMessages } from "../../../grammar/index.ts";

/** LV23xx: components of the user's own, `model NAME from "./file.ts"`. */
export const ownMessages = defineMessages({
  LV2301: {
    slug: "component-file-unreadable",
    severity: "error",
    message: "cannot read the component's file {path}",
    explanation:
      "A text in quotes behind `from` is a TypeScript file, relative to the recipe that names it. It must be there " +
      "when the recipe is checked: its types say which options the component has.",
  },
  LV2302: {
    slug: "component-not-typescript",
    severity: "error",
    message: "{path} is no TypeScript file",
    help: "Name a file that ends in `.ts`.",
    explanation:
      "The options of a component of your own are checked against the types of its file. JavaScript has none, so it " +
      "cannot be named; a TypeScript file may import an installed package that is written in it.",
  },
  LV2303: {
    slug: "component-without-create",
    severity: "error",
    message: "{file} exports no function `create`",
    explanation:
      "The file of a component exports one function, `create`, which makes the component of its options. A model's is " +
      "`export function create(options: Options, build: Build): Model`; docs/components.md shows one of each kind.",
  },
  LV2304: {
    slug: "component-typescript-error",
    severity: "error",
    message: "{message} (TS{code})",
    help: "Mend it in this file: a recipe can only name what TypeScript accepts.",
    explanation:
      "The TypeScript compiler found a mistake in the file of a component, or in a file that it imports. Files are " +
      "checked in strict mode, with `import type` for what is only a type, as Node and other tools need it to take " +
      "the types out.",
  },
  LV2305: {
    slug: "option-not-writable",
    severity: "error",
    message: "`{option}` cannot be written in a recipe: {why}",
    explanation:
      "The properties of the type of `create`'s first parameter are the options that a recipe gives. They can be " +
      "`number`, `boolean`, `string`, a union of strings that are names, arrays of these, interfaces, " +
      "`Record<string, …>`, the named types of `lavis/runtime` (`Count`, `Ratio`, `Pixels`, `Steps`, `Epochs`, " +
      "`Samples`, `Tokens`, `Words`, `Bytes`, `Seconds`, `Path`, `Url`, `Checkpoint`, `Name`), and any of them " +
      "`| null`. What is no data, such as a function, is made in `create`.",
  },
  LV2306: {
    slug: "option-reserved",
    severity: "error",
    message: "`{option}` is an option of every {kind}",
    help: "Take it out of the type, or give yours another name.",
    explanation:
      "Some options belong to the run and are there for every component of a kind: the weights that a model loads, " +
      "and the processors of a dataset. A file that declared one of them as well would change what it means.",
  },
  LV2307: {
    slug: "component-does-not-fit",
    severity: "error",
    message: "`create` of {file} does not make a {kind}: {problem}",
    explanation:
      "What `create` takes and returns must be what a run calls: the interfaces `Model`, `Task`, `Dataset`, " +
      "`VisionProcessor` and `TextProcessor` of `lavis/runtime`. Extending `BaseModel` or `BaseTask` gives what most " +
      "models and tasks have in common.",
  },
  LV2308: {
    slug: "component-tag-wrong",
    severity: "error",
    message: "`@{tag} {text}`: {problem}",
    explanation:
      "Tags of documentation comments say what types do not. Of a property: `@default` is the value of an option that a " +
      "recipe leaves out, `@minimum`, `@maximum`, `@exclusiveMinimum` and `@exclusiveMaximum` bound it. Of `create`: " +
      "`@reads` names the fields of a sample that a model or task reads, `@provides` those that a dataset carries, " +
      "`@tasks` the tasks that a model can do.",
  },
  LV2309: {
    slug: "component-import-lost",
    severity: "error",
    message: "the import {specifier} {why}",
    help: "Files are imported as `./layers.ts`, packages by their name.",
    explanation:
      "The files that a component imports by a relative path are compiled into the program with it, so they must be " +
      "TypeScript, and their paths whole: Node adds no ending. Data files are given as an option of type `Path` and " +
      "read in `create`.",
  },
  LV2310: {
    slug: "component-name-taken",
    severity: "error",
    message: "`{name}` is a {kind} of the catalogue",
    help: "Give your own another name.",
    explanation:
      "The name of a component stands in logs, results and checkpoints. Your own under a name that everybody knows " +
      "would make its numbers look like those of the component of that name.",
  },
  LV2311: {
    slug: "component-misplaced",
    severity: "error",
    message: "`{section}` cannot come from a TypeScript file",
    help: "A `task`, `model`, `dataset`, `vis_processor` or `text_processor` can.",
    explanation:
      "What a recipe can take from a file of your own is what differs from one study to the next: models, tasks, data " +
      "and their processors. Schedules and optimizers come from the catalogue.",
  },
  LV2312: {
    slug: "create-overloaded",
    severity: "error",
    message: "`create` of {file} has a second signature",
    help: "Write one signature, whose first parameter has every option; what may be left out is marked with `?`.",
    explanation:
      "The options of a component are those of the first parameter of `create`. A function with several signatures " +
      "has as many sets of options, and a recipe could not say which of them it gives.",
  },
});
