import { describe, expect, it } from "vitest";
import { checkRecipe } from "../../../compiler/check-recipe.ts";
import { explainRecipe } from "../../../compiler/explain/index.ts";
import { memoryHost } from "../../../compiler/program/index.ts";
import { recipe } from "../marked.ts";
import { library } from "./library.ts";
import { check, dataset, model, said, using } from "./mine.ts";
import { studyFiles } from "./study.ts";

const optionsOf = (block: string, options: string) => {
  const result = check(using(`{ ${block} }`), { "/mine.ts": model(options) });
  expect(said(result)).toEqual([]);
  const values = explainRecipe(result.recipes[0] as NonNullable<(typeof result.recipes)[0]>);
  return Object.fromEntries(values.map(({ path, text }) => [path, text]));
};

describe("a component of the user's own", () => {
  it("is checked as those of the catalogue are, with no mistake in a right recipe", () => {
    const files = Object.fromEntries(Object.entries(studyFiles()).map(([name, text]) => [`/${name}`, text]));
    const result = checkRecipe(memoryHost(files), "/study.lavis", { library });
    expect(said(result)).toEqual([]);
    expect(result.recipes).toHaveLength(1);
    expect([...result.own.files.keys()].sort()).toEqual(
      Object.keys(files)
        .filter((path) => path.endsWith(".ts"))
        .sort(),
    );
  });

  it("has options of every type that a recipe can write", () => {
    const values = optionsOf(
      `flag = true, width = 3, share = 25%, side = 32px, memory = 1GB, patience = 2min, mode = mean, splits = [a, b],
       weights = "w.safetensors", page = "https://example.org/x", list = "a.txt", none = none, steps = [8px, 16px],
       inner { depth = 2 }
       files { train = "t.json" }`,
      `flag: boolean; width: Count; share: Ratio; side: Pixels; memory: Bytes; patience: Seconds;
       mode: "mean" | "max"; splits: readonly Name[]; weights: Checkpoint; page: Url; list: Path;
       none: string | null; steps: Pixels[]; inner: { depth: number }; files: Record<string, Path>;`,
    );
    expect(values).toMatchObject({
      "model.share": "0.25",
      "model.memory": "1_000_000_000",
      "model.patience": "120",
      "model.mode": "mean",
      "model.steps": "[8, 16]",
      "model.inner.depth": "2",
      "model.none": "none",
    });
  });

  it("takes the defaults that its comments state, and leaves out what it fills in itself", () => {
    const values = optionsOf(
      "",
      `/** @default 1_000 */
       width: Count;
       /** @default max */
       mode: "mean" | "max";
       /** @default null */
       a: string | null;
       /** @default "words.txt" */
       list: Path;
       /** @default ["a.txt", "/b.txt"] */
       lists: Path[];
       /** @default [1, 2] */
       many: number[];
       own?: string;`,
    );
    expect(values).toMatchObject({ "model.width": "1000", "model.mode": "max", "model.a": "none" });
    expect(values["model.list"]).toBe('"/words.txt"');
    expect(values["model.lists"]).toBe('["/a.txt", "/b.txt"]');
    expect(values["model.many"]).toBe("[1, 2]");
    expect(Object.keys(values)).not.toContain("model.own");
  });

  it("says where a recipe's keys and values are wrong", () => {
    const options = `/** How wide. @minimum 8 */ width: Count; side: Pixels; mode: "mean" | "max";`;
    const text = using("{ wdth = 3, width = 4, side = 3tokens, mode = men }");
    const result = check(text, { "/mine.ts": model(options) });
    expect(said(result)).toEqual([
      "LV2009 r.lavis:3: `wdth` is not an option of model `mine`",
      "LV2105 r.lavis:3: `width` must be at least 8, not 4",
      "LV2102 r.lavis:3: `side` is measured in pixels, not in tokens",
      "LV2106 r.lavis:3: there is no value `men` for `mode`",
    ]);
    const [unknown] = result.diagnostics;
    expect(unknown?.notes).toEqual(["Did you mean `width`?"]);
  });

  it("holds each number of a list or a map to the bounds of its comment", () => {
    const options = `/** @minimum 1 @maximum 8 */ depths: Count[];
      /** @exclusiveMinimum 0 */ rates: Record<string, number>;
      /** @minimum 1
       * @default [1, 0] */ widths: Count[];`;
    const text = using("{ depths = [4, 9], rates { fast = 0, slow = 0.1 } }");
    expect(said(check(text, { "/mine.ts": model(options) }))).toEqual([
      expect.stringMatching(/^LV2308 mine\.ts:\d+: `@default \[1, 0\]`: each of it must be at least 1$/),
      "LV3002 r.lavis:3: `widths` of model `mine` has no value",
      "LV2105 r.lavis:3: each of `depths` must be at least 1 and at most 8, not 9",
      "LV2105 r.lavis:3: `fast` must be above 0, not 0",
    ]);
  });

  it("says of a key that others of its kind have what its own options are", () => {
    const text = recipe({ task: 'task captions from "./captions.ts" { select = CIDEr }' });
    const task = `import { BaseTask } from "lavis/runtime";
class Captions extends BaseTask {}
export const create = (_: { beams?: number }): Captions => new Captions();
`;
    const unknown = check(text, { "/captions.ts": task }).diagnostics.find(({ code }) => /^LV20/.test(code));
    expect(unknown?.message).toBe("`select` is not an option of task `captions`");
    expect(unknown?.notes).toEqual(["Its options are `beams`."]);
  });

  it("must be given what has no default, with the comment of the property", () => {
    const result = check(using(), { "/mine.ts": model("/** How wide. */ width: Count;") });
    expect(said(result)).toEqual(["LV3002 r.lavis:3: `width` of model `mine` has no value"]);
    expect(result.diagnostics[0]?.notes).toEqual(["How wide."]);
  });

  it("must be given what has no comment, with its type", () => {
    const result = check(using(), { "/mine.ts": model("layers: Count[];") });
    expect(result.diagnostics[0]?.notes).toEqual(["Of type `Count[]`."]);
  });

  it("has splits where the annotations of its data are a map, none where their keys are fixed", () => {
    const codes = (type: string) => {
      const data = `import type { Dataset } from "lavis/runtime";
/** @provides image, text_input, image_id, instance_id */
export const create = (_: { annotations: ${type} }): Map<string, Dataset> => new Map();
`;
      const own = dataset.replace("emoji_caption {", 'own from "./own.ts" { annotations { list = "a.txt" }');
      const files = { "/mine.ts": model(), "/own.ts": data };
      return check(using("", { dataset: own }), files).diagnostics.map(({ code }) => code);
    };
    expect(codes("{ list: string }")).not.toContain("LV3017");
    expect(codes("Record<string, string>")).toContain("LV3017");
  });

  it("is told once of options that no recipe can write, at their type", () => {
    const codes = (options: string, block: string) =>
      said(check(using(block), { "/mine.ts": model(options) })).map((one) => one.slice(0, 14));
    expect(codes("a: 1 | 2;", "{ a = 1 }")).toEqual(["LV2305 mine.ts"]);
    expect(codes("inner: { when: Date };", "{ inner { when = 1 } }")).toEqual(["LV2305 mine.ts"]);
    const union = model().replace("_: Options,", "_: { a: number } | { b: string },");
    expect(said(check(using("{ a = 1, b = 2 }"), { "/mine.ts": union }))).toEqual([
      expect.stringMatching(/^LV2305 mine\.ts:\d+: `_` cannot be written in a recipe/),
    ]);
  });

  it("takes settings of the command line, with their types", () => {
    const files = { "/mine.ts": model("/** @default 1 */ width: Count;") };
    expect(said(check(using(), files, ["model.width=7"]))).toEqual([]);
    expect(said(check(using(), files, ["model.width=wide"]))[0]).toMatch(/^LV2101 --set model\.width=wide/);
    expect(said(check(using(), files, ["model.wdth=7"]))[0]).toMatch(/^LV2026/);
  });

  it("is inherited with its file, which stays relative to the recipe that wrote it", () => {
    const base = `recipe base {\n  task captioning\n  model mine from "./mine.ts" { width = 3 }\n}\n`;
    const files = { "/a/base.lavis": base, "/a/mine.ts": model("width: Count;") };
    const text = `import { base } from "a/base.lavis"\n${recipe({ model: "model { width = 4 }", task: "", dataset }).replace("recipe r", "recipe r extends base")}`;
    const result = check(text, files);
    expect(said(result)).toEqual([]);
    expect(result.recipes[0]?.model.options.get("width")).toMatchObject({ value: 4 });
  });

  it("keeps to the word of its tags: what it reads, and what it carries", () => {
    const reads = model(
      "",
      "",
      "/** @reads image, answers */\nexport function create(_: Options, __: Build): Mine { return new Mine(); }",
    );
    expect(said(check(using(), { "/mine.ts": reads }))).toEqual([
      "LV3004 r.lavis:4: dataset `emoji_caption` has no answers, which model `mine` reads",
    ]);
  });

  const readingScore = model(
    "",
    "",
    "/** @reads image, score */\nexport function create(_: Options, __: Build): Mine { return new Mine(); }",
  );
  const annotated = 'annotations { train = "a.jsonl", val = "b.jsonl", test = "b.jsonl" }';
  const processed = `vis_processor { train = blip_image_train(image_size = 32px), eval = blip_image_eval(image_size = 32px) }
    text_processor { train = blip_caption, eval = blip_caption }`;
  const withFields = (fields: string) =>
    using("", { dataset: `dataset shop from jsonl { ${annotated} ${fields} ${processed} }` });

  it("reads fields under names of its own, which data of a format has where its `fields` name them", () => {
    const files = { "/mine.ts": readingScore };
    expect(said(check(withFields('fields { score = "points" }'), files))).toEqual([]);
    const result = check(withFields(""), files);
    expect(said(result)).toEqual(["LV3004 r.lavis:4: dataset `shop` has no score, which model `mine` reads"]);
    expect(result.diagnostics[0]?.notes).toEqual([
      'Write `fields { score = "…" }` with the name of its field.',
    ]);
  });

  it("is told of a field whose name is nearly the one that it reads", () => {
    const result = check(withFields('fields { scores = "points" }'), { "/mine.ts": readingScore });
    expect(said(result).map((one) => one.slice(0, 6))).toEqual(["LV3004", "LV3072"]);
    expect(result.diagnostics[0]?.notes).toEqual(["Did you mean `scores`?"]);
  });

  it("finds in data of the user's own what that provides", () => {
    const data = (provides: string) => `import type { Dataset } from "lavis/runtime";
/** @provides ${provides} */
export const create = (_: { annotations: Record<string, string> }): Map<string, Dataset> => new Map();
`;
    const own = `dataset own from "./own.ts" { ${annotated} ${processed} }`;
    const checked = (provides: string) =>
      check(using("", { dataset: own }), { "/mine.ts": readingScore, "/own.ts": data(provides) });
    expect(said(checked("image, image_id, score"))).toEqual([]);
    const lacking = checked("image, image_id");
    expect(said(lacking)).toEqual(["LV3004 r.lavis:4: dataset `own` has no score, which model `mine` reads"]);
    expect(lacking.diagnostics[0]?.notes[0]).toMatch(/`fields` of its rows/);
  });

  it("cannot read media that loaders do not load, nor what is no name", () => {
    const reading = (fields: string) =>
      said(check(using(), { "/mine.ts": readingScore.replace("image, score", fields) }));
    expect(reading("image, video")[0]).toMatch(
      /^LV2308 .*this version of the runtime reads no `video`, only `image`$/,
    );
    expect(reading("image, text-input")[0]).toMatch(/^LV2308 .*`text-input` is no name$/);
  });

  it("has no captions to read in evaluations: they are the references", () => {
    const task = `import { BaseTask, type Dataset } from "lavis/runtime";
class Reading extends BaseTask { readonly name = "reading"; validStep() { return []; } evaluate(_: readonly unknown[], __: Dataset) { return undefined; } }
/** @reads image, text_input */
export const create = (): Reading => new Reading();
`;
    const parts = {
      task: 'task reading from "./reading.ts"',
      schedule: "schedule { init_lr = 1e-4, max_epoch = 1 }",
      run: "run { device = cpu, batch_size_train = 4, batch_size_eval = 4 }",
    };
    const result = check(using("", parts), { "/mine.ts": model(), "/reading.ts": task });
    expect(said(result)).toEqual([
      "LV3004 r.lavis:4: dataset `emoji_caption` has no text_input, which task `reading` reads",
    ]);
    expect(result.diagnostics[0]?.notes[0]).toMatch(/references that results are scored by/);
  });

  it("can only do `captioning` where it is a captioner", () => {
    const plain = model()
      .replace("implements Captioner ", "")
      .replace("  generate(): string[] { return []; }\n", "");
    const result = check(using(), { "/mine.ts": plain });
    expect(said(result)).toEqual(["LV3003 r.lavis:3: model `mine` cannot do the task `captioning`"]);
    expect(result.diagnostics[0]?.notes[0]).toMatch(/writes no captions/);
  });

  describe("of a task, is given to a model that has what its `validStep` asks for", () => {
    const task = (
      asked: string,
      head = "",
    ) => `import { BaseTask, type Batch, type Captioner, type Model } from "lavis/runtime";
${head}
class Counting extends BaseTask<${asked}> {
  readonly name = "counting";
  validStep(_: ${asked}, __: Batch): unknown[] { return []; }
  evaluate(): undefined { return undefined; }
}
/** @reads image */
export const create = (): Counting => new Counting();
export type Used = [Captioner, Model];
`;
    const parts = {
      task: 'task counting from "./counting.ts"',
      schedule: "schedule { init_lr = 1e-4, max_epoch = 1 }",
      run: "run { device = cpu, batch_size_train = 4, batch_size_eval = 4 }",
    };
    const ofOwn = (counting: string, mine = model()) =>
      check(using("", parts), { "/mine.ts": mine, "/counting.ts": counting });
    const plain = model()
      .replace("implements Captioner ", "")
      .replace("  generate(): string[] { return []; }\n", "");
    const counter = "export interface Counter extends Model { count(batch: Batch): number[] }";

    it("of one's own", () => {
      expect(said(ofOwn(task("Captioner")))).toEqual([]);
      expect(said(ofOwn(task("Model"), plain))).toEqual([]);
      const result = ofOwn(task("Captioner"), plain);
      expect(said(result)).toEqual(["LV3003 r.lavis:3: model `mine` cannot do the task `counting`"]);
      expect(result.diagnostics[0]?.notes.at(-1)).toMatch(/'generate' is missing in type 'Mine'/);
    });

    it("of the catalogue", () => {
      const of = (counting: string) => check(recipe({ task: parts.task }), { "/counting.ts": counting });
      expect(said(of(task("Captioner")))).toEqual([]);
      const result = of(task("Counter", counter));
      expect(said(result)).toEqual(["LV3003 r.lavis:3: model `blip_caption` cannot do the task `counting`"]);
      expect(result.diagnostics[0]?.notes.at(-1)).toMatch(/'count' is missing in type 'BlipCaption'/);
    });

    it("and is asked again when either file changes", () => {
      const counting = task("Counter", counter);
      expect(said(ofOwn(counting))).toHaveLength(1);
      const able = model("", "", "").replace(
        "  generate()",
        "  count(): number[] { return []; }\n  generate()",
      );
      expect(said(ofOwn(counting, able))).toEqual([]);
      expect(said(ofOwn(task("Model"), plain))).toEqual([]);
    });
  });

  it("is read again when its file or one that it imports changes", () => {
    const files = { "/mine.ts": model("width: Size;", 'import type { Size } from "./size.ts";\n') };
    const text = using("{ width = 3px }");
    const withSize = (size: string) => check(text, { ...files, "/size.ts": size });
    expect(said(check(text, files))[0]).toMatch(/^LV2309 mine\.ts:5: the import \.\/size\.ts is not there/);
    expect(
      said(withSize('import type { Pixels } from "lavis/runtime";\nexport type Size = Pixels;\n')),
    ).toEqual([]);
    expect(said(withSize("export type Size = number;\n"))[0]).toMatch(/^LV2102|^LV2101|^LV2103/);
  });
});

describe("processors of the user's own", () => {
  const square = studyFiles()["square.ts"] ?? "";
  const files = { "/mine.ts": model("image_size: Pixels;"), "/square.ts": square };
  const processing = (train: string, declared = 'vis_processor square from "./square.ts"') =>
    using("{ image_size = 64px }", {
      dataset: `dataset emoji_caption {\n    vis_processor { train = ${train}, eval = blip_image_eval }\n    text_processor { train = blip_caption, eval = blip_caption }\n  }`,
      more: declared,
    });

  it("are named as values, take the model's image size, and what their declaration gives", () => {
    const result = check(
      processing("square", 'vis_processor square from "./square.ts" { grey = 0.2 }'),
      files,
    );
    expect(said(result)).toEqual([]);
    const values = explainRecipe(result.recipes[0] as NonNullable<(typeof result.recipes)[0]>);
    const texts = Object.fromEntries(values.map(({ path, text }) => [path, text]));
    expect(texts["dataset.emoji_caption.vis_processor.train.image_size"]).toBe("64");
    expect(texts["dataset.emoji_caption.vis_processor.train.grey"]).toBe("0.2");
  });

  it("are checked where they are used", () => {
    expect(said(check(processing("square(gray = 1)"), files))).toEqual([
      "LV2009 r.lavis:5: `gray` is not an option of vis_processor `square`",
    ]);
    expect(said(check(processing("sqare"), files))).toEqual([
      "LV2007 r.lavis:5: there is no vis_processor `sqare`",
    ]);
  });

  it("say one thing where their file is not there, whatever uses them", () => {
    const result = check(processing("square", 'vis_processor square from "./sqare.ts"'), files);
    expect(said(result)).toEqual(['LV2301 r.lavis:9: cannot read the component\'s file "./sqare.ts"']);
    expect(result.diagnostics[0]?.notes).toContain("Did you mean `./square.ts`?");
  });

  it("belong to the recipe, not to a dataset", () => {
    const inside = using("{ image_size = 32px }", {
      dataset: `${dataset.slice(0, -1)}  vis_processor square from "./square.ts"\n  }`,
    });
    expect(said(check(inside, files))).toEqual([
      "LV2035 r.lavis:7: `vis_processor` stands inside of `dataset`, but is a section of the recipe",
    ]);
  });

  it("need an image size, which loaders read", () => {
    const sizeless = square.replace("image_size: Pixels;", "side: Pixels;").replaceAll("image_size", "side");
    const [first] = said(check(processing("square(side = 3px)"), { ...files, "/square.ts": sizeless }));
    expect(first).toMatch(/^LV2307 square\.ts:12: .* it has no option `image_size: Pixels`/);
  });
});

describe("a file that cannot be a component", () => {
  const first = (file: string, text = using()) => said(check(text, { "/mine.ts": file }))[0];

  it.each([
    ["a function", "then: () => void;", "`then` cannot be written in a recipe: it is a function"],
    [
      "a class",
      "when: Date;",
      "`when` cannot be written in a recipe: `Date` has methods, so it is more than data",
    ],
    [
      "several types",
      "size: number | string;",
      "`size` cannot be written in a recipe: `string | number` is of several types",
    ],
    [
      "an enum",
      "mode: Mode;",
      "`mode` cannot be written in a recipe: `Mode` is an enum; write a union of strings",
    ],
    [
      "an enum that may be left out",
      "mode?: Mode | null;",
      "`mode` cannot be written in a recipe: `Mode` is an enum; write a union of strings",
    ],
    [
      "a list of an enum of one member",
      "modes: One[];",
      "`modes` cannot be written in a recipe: of each element, `One` is an enum; write a union of strings",
    ],
    [
      "a tuple",
      "mean: [number, number];",
      "`mean` cannot be written in a recipe: it is a tuple; an array of its elements' type can be written",
    ],
    [
      "anything",
      "what: unknown;",
      "`what` cannot be written in a recipe: `unknown` says nothing of its values",
    ],
    [
      "a text that is no name",
      'mode: "top-k" | "all";',
      '`mode` cannot be written in a recipe: "top-k" is no name, and a recipe writes such values as names',
    ],
    [
      "a list of objects",
      "layers: { width: number }[];",
      "`layers` cannot be written in a recipe: its elements are objects; a `Record<string, …>` of them can be written",
    ],
    ["itself", "inner: Options;", "`inner` cannot be written in a recipe: its type contains itself"],
    [
      "a function further in",
      "inner: { then: () => void };",
      "`inner.then` cannot be written in a recipe: it is a function",
    ],
  ])("has an option that is %s", (_, options, message) => {
    const enums = "export enum Mode { A = 'a', B = 'b' } export enum One { A = 'a' }";
    expect(first(model(options, enums))).toBe(`LV2305 mine.ts:7: ${message}`);
  });

  it("has an option that every model has", () => {
    expect(first(model("pretrained: string;"))).toBe(
      "LV2306 mine.ts:7: `pretrained` is an option of every model",
    );
  });

  it("has no options that are an interface", () => {
    const create = "export function create(width: number, _: Build): Mine { return new Mine(); }";
    expect(first(model("", "", create))).toMatch(
      /^LV2305 mine\.ts:13: `width` cannot be written in a recipe: its type must be an interface/,
    );
  });

  it.each([
    [
      "a default of another type",
      '/** @default "wide" */ width: number;',
      '`@default "wide"`: it is no value of the property\'s type',
    ],
    [
      "a default out of a union",
      "/** @default sum */ mode: 'mean' | 'max';",
      "`@default sum`: it is no value of the property's type",
    ],
  ])("states %s", (_, options, message) => {
    expect(first(model(options))).toBe(`LV2308 mine.ts:7: ${message}`);
  });

  it("states a default out of its own range", () => {
    const options = "/** @default 4\n * @maximum 2 */\nwidth: number;";
    expect(first(model(options))).toBe("LV2308 mine.ts:9: `@default 4`: it must be at most 2");
  });

  it("does not parse", () => {
    expect(first("export function create( {\n")).toMatch(/^LV2304 mine\.ts:\d: .* \(TS\d+\)$/);
  });

  it("has a mistake in a file that it imports", () => {
    const result = check(using(), {
      "/mine.ts": model("", 'import "./layers/norm.ts";\n'),
      "/layers/norm.ts": 'export const width: number = "wide";\n',
    });
    expect(said(result)).toEqual([
      "LV2304 layers/norm.ts:1: Type 'string' is not assignable to type 'number' (TS2322)",
    ]);
  });

  it("imports a package that is not installed, and says how to get it", () => {
    const result = check(using(), {
      "/mine.ts": model("", 'import type { A } from "no-such-package-of-tests";\nexport type B = A;\n'),
    });
    expect(said(result)[0]).toMatch(/^LV2304 mine\.ts:5: Cannot find module 'no-such-package-of-tests'/);
    expect(result.diagnostics[0]?.notes.at(-1)).toMatch(/npm install no-such-package-of-tests/);
  });

  it.each([
    ["without an ending", "./layers", "has no ending"],
    ["that is JSON", "./sizes.json", "is not TypeScript"],
    ["that is JavaScript", "./plain.js", "is not TypeScript"],
    ["that is not there", "./lost.ts", "is not there"],
  ])("imports a file %s", (_, specifier, why) => {
    const files = { "/mine.ts": model("", `import "${specifier}";\n`), "/plain.js": "", "/sizes.json": "{}" };
    expect(said(check(using(), files))[0]).toBe(`LV2309 mine.ts:5: the import ${specifier} ${why}`);
  });

  it("may import in a circle, as modules can", () => {
    const files = {
      "/mine.ts": model("", 'import { a } from "./a.ts";\nexport const b = a;\n'),
      "/a.ts": 'import type { Options } from "./mine.ts";\nexport const a: Options | number = 1;\n',
    };
    expect(said(check(using(), files))).toEqual([]);
  });

  it("exports a class, and is told what to add", () => {
    const result = check(using(), { "/mine.ts": "export class Mine {}\n" });
    expect(said(result)).toEqual(["LV2303 mine.ts:1: mine.ts exports no function `create`"]);
    expect(result.diagnostics[0]?.notes).toEqual([
      "Add `export function create(options: Options, build: Build): Mine { return new Mine(build, options); }`.",
    ]);
  });

  it("makes what the runtime cannot run", () => {
    const create = "export function create(_: Options): { width: number } { return { width: 1 }; }";
    const result = check(using(), { "/mine.ts": model("", "", create) });
    expect(said(result)[0]).toMatch(/^LV2307 mine\.ts:13: `create` of mine\.ts does not make a model: /);
  });

  it("is of another kind than the recipe says", () => {
    const text = recipe({ task: 'task mine from "./mine.ts"', dataset });
    expect(said(check(text, { "/mine.ts": model() }))[0]).toMatch(/does not make a task: /);
  });

  it("is JavaScript, a declaration, or a path that is made up as one goes", () => {
    for (const path of ["./mine.js", "./mine.d.ts", "./mine"])
      expect(said(check(using().replace("./mine.ts", path), {}))).toEqual([
        `LV2302 r.lavis:3: "${path}" is no TypeScript file`,
      ]);
    const dynamic = using().replace("./mine.ts", "./$" + "{x}.ts");
    expect(said(check(`let x = "mine"\n${dynamic}`, {}))).toEqual([
      `LV2301 r.lavis:4: cannot read the component's file "./$` + `{x}.ts"`,
    ]);
  });

  it("has the name of one of the catalogue, or stands for what cannot come from a file", () => {
    const taken = check(using().replace("model mine", "model blip_caption"), { "/mine.ts": model() });
    expect(said(taken)).toEqual(["LV2310 r.lavis:3: `blip_caption` is a model of the catalogue"]);
    const misplaced = check(recipe({ schedule: 'schedule mine from "./mine.ts"' }));
    expect(said(misplaced)).toEqual(["LV2311 r.lavis:5: `schedule` cannot come from a TypeScript file"]);
  });

  it("is a model with a variant, which it cannot have", () => {
    const result = check(using().replace("model mine", "model mine.tiny"), { "/mine.ts": model() });
    expect(said(result)).toEqual(["LV2008 r.lavis:3: model `mine` has no variant `tiny`"]);
  });
});
