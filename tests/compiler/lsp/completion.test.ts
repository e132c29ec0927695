import { describe, expect, it } from "vitest";
import { CompletionItemKind, InsertTextFormat } from "vscode-languageserver";
import type { FolderReader } from "../../../compiler/lsp/features/completion/files.ts";
import { complete } from "../../../compiler/lsp/features/completion/index.ts";
import { applied, commonFile, edited } from "./support.ts";

const files = { "/common.lavis": commonFile };
const folders: Readonly<Record<string, FolderReader extends (path: string) => infer R ? R : never>> = {
  "/": [
    { name: "common.lavis", isFolder: false },
    { name: "vocab.txt", isFolder: false },
    { name: ".git", isFolder: true },
    { name: "data", isFolder: true },
  ],
  "/data": [{ name: "images", isFolder: true }],
};

function completions(marked: string, snippets = true) {
  const { analysis: known, source, offset, text } = edited(marked, files);
  const readFolder: FolderReader = (path) => folders[path] ?? [];
  const items = complete({ source, offset, known, readFolder, snippets });
  return { items, text };
}

const labels = (marked: string): readonly string[] => completions(marked).items.map(({ label }) => label);

/** The text after taking a completion. */
function taking(label: string, marked: string, snippets = false): string {
  const { items, text } = completions(marked, snippets);
  const edit = items.find((item) => item.label === label)?.textEdit;
  if (!edit || !("range" in edit)) throw new Error(`no completion ${label}`);
  return applied(text, [edit]);
}

const inRecipe = (inside: string): string => `recipe r {\n  ${inside}\n}\n`;
const inModel = (inside: string): string => inRecipe(`model blip_caption.tiny {\n    ${inside}\n  }`);
const inRun = (inside: string): string => inRecipe(`run {\n    ${inside}\n  }`);
const inProcessors = (inside: string): string =>
  inRecipe(`dataset emoji_caption { vis_processor { ${inside} } }`);

describe("completion at the top of a file", () => {
  it("offers declarations", () => {
    const all = ["lavis", "import", "param", "let", "secret", "fragment", "recipe"];
    expect(labels("▮")).toEqual(all);
    expect(labels("let a = 1\n\nrec▮")).toEqual(all);
  });

  it("offers the word that goes on with a declaration", () => {
    expect(labels("recipe r ▮")).toEqual(["extends"]);
    expect(labels("fragment f ▮")).toEqual(["for"]);
    expect(labels("import { a } fr▮")).toEqual(["from"]);
    expect(taking("extends", "recipe r ex▮")).toBe("recipe r extends ");
  });

  it("offers nothing where a name is made up, and nothing in comments", () => {
    for (const text of [
      "recipe ▮",
      "let ▮",
      "param ▮",
      "// re▮",
      "/// re▮\nlet a = 1",
      inRun("seed = 1 // ▮"),
    ])
      expect(labels(text), text).toEqual([]);
  });

  it("offers the types of parameters, and values of that type", () => {
    expect(labels("param a: ▮")).toContain("ratio");
    expect(labels("param a: bool = ▮")).toEqual(["true", "false", "env"]);
    expect(labels('param a: adam | "sgd"? = ▮')).toEqual(["adam", "sgd", "none", "env"]);
    expect(labels("let size = 1\nparam a: number = si▮")).toEqual(["size", "env"]);
    expect(labels("secret token = ▮")).toEqual(["env"]);
  });

  it("offers recipes to extend, and what fragments can be for", () => {
    expect(labels("recipe base {}\nrecipe r extends ▮")).toEqual(["base", "r"]);
    expect(labels("fragment f for ▮")).toEqual(expect.arrayContaining(["run", "recipe", "vis_processor"]));
  });
});

describe("completion of imports", () => {
  it("offers recipe files and folders", () => {
    expect(labels('import { a } from "▮"')).toEqual(["common.lavis", "data/"]);
    expect(labels('import { a } from "data/▮"')).toEqual(["images/"]);
    expect(taking("common.lavis", 'import { a } from "./com▮m"')).toBe('import { a } from "./common.lavis"');
  });

  it("offers the names that the file declares and the import does not have", () => {
    expect(labels('import { ▮ } from "common.lavis"')).toEqual(["data_root", "quick"]);
    expect(labels('import { quick, ▮ } from "common.lavis"')).toEqual(["data_root"]);
    expect(labels('import { ▮ } from "missing.lavis"')).toEqual([]);
  });
});

describe("completion in a recipe", () => {
  it("offers the sections that it does not have, datasets and processors of one's own always", () => {
    const found = labels(inRecipe("task captioning\n  dataset emoji_caption\n  ▮"));
    const sections = ["model", "dataset", "schedule", "optimizer", "run"];
    expect(found).toEqual([...sections, "vis_processor", "text_processor", "use", "remove"]);
  });

  it("offers components, models with their variants", () => {
    expect(labels(inRecipe("schedule ▮"))).toContain("constant_lr");
    const models = labels(inRecipe("model blip_caption.▮\n  dataset emoji_caption"));
    expect(models).toEqual(expect.arrayContaining(["blip_caption.base_coco", "blip_caption.tiny"]));
    const taken = taking("blip_caption.tiny", inRecipe("model blip_caption.ba▮\n  dataset emoji_caption"));
    expect(taken).toBe(inRecipe("model blip_caption.tiny\n  dataset emoji_caption"));
  });

  it("replaces no more than the word at the cursor, whatever the parser reads on in the next line", () => {
    const text = "model blip_caption.▮\n  .base_coco";
    expect(taking("blip_caption.tiny", inRecipe(text))).toBe(
      inRecipe("model blip_caption.tiny\n  .base_coco"),
    );
  });

  it("offers fragments for the section, and datasets to remove", () => {
    const head = 'import { quick } from "common.lavis"\nfragment f for task { }\n';
    expect(labels(head + inRun("use ▮"))).toEqual(["quick"]);
    expect(labels(head + inRecipe("task captioning { use ▮ }"))).toEqual(["f"]);
    const base = "recipe base { dataset emoji_caption }\n";
    expect(labels(`${base}recipe r extends base { remove dataset ▮ }`)).toEqual(["emoji_caption"]);
  });
});

describe("completion of keys", () => {
  it("offers those that the section does not have, with default and documentation", () => {
    const { items } = completions(inRun("seed = 1\n    ▮"));
    const found = items.map(({ label }) => label);
    expect(found).toContain("batch_size_train");
    expect(found).not.toContain("seed");
    expect(items.find(({ label }) => label === "num_workers")).toMatchObject({
      kind: CompletionItemKind.Property,
      insertTextFormat: InsertTextFormat.Snippet,
      documentation: { kind: "markdown", value: expect.stringContaining("Type: an integer from 0 on") },
    });
  });

  it("writes tab stops only for clients that know them", () => {
    expect(taking("seed", inRun("se▮"), true)).toBe(inRun(`seed = \${1:42}`));
    expect(taking("seed", inRun("se▮"), false)).toBe(inRun("seed = "));
  });

  it("replaces a key and leaves its value", () => {
    expect(taking("seed", inRun("sed▮ = 1"))).toBe(inRun("seed = 1"));
    expect(taking("schedule", inRecipe("sched▮ constant_lr { }"))).toBe(inRecipe("schedule constant_lr { }"));
  });

  it("puts what must be given first", () => {
    const { items } = completions(inRecipe("schedule linear_warmup_cosine_lr {\n    ▮\n  }"));
    const sorted = [...items].sort((a, b) => ((a.sortText ?? "") < (b.sortText ?? "") ? -1 : 1));
    expect(sorted[0]?.label).toBe("init_lr");
  });

  it("knows nested blocks, the keys of fragments, and the section that is inherited", () => {
    expect(labels(inProcessors("▮"))).toEqual(["train", "eval", "use", "remove"]);
    expect(labels(inRecipe("dataset emoji_caption { build_info { annotations { ▮ } } }"))).toEqual(
      expect.arrayContaining(["train", "val"]),
    );
    expect(labels("fragment f for vis_processor { ▮ }")).toEqual(["train", "eval", "use", "remove"]);
    const base = "recipe base { schedule constant_lr { init_lr = 1 } }\n";
    const inherited = labels(`${base}recipe r extends base { schedule { ▮ } }`);
    expect(inherited).toContain("init_lr");
    expect(inherited).not.toContain("lr_decay_rate");
  });

  it("offers the arguments of a component", () => {
    expect(labels(inProcessors("train = blip_image_train(▮)"))).toContain("min_scale");
    const rest = labels(inProcessors("train = blip_image_train(min_scale = 0.5, im▮"));
    expect(rest).toContain("image_size");
    expect(rest).not.toContain("min_scale");
  });
});

describe("completion of values", () => {
  it("offers members, constants and components of the wanted type first, then names in scope", () => {
    expect(labels(`let here = 1\n${inRun("device = ▮\n    seed = 1")}`)).toEqual(["cuda", "cpu", "here"]);
    expect(labels(inRun("evaluate = ▮"))).toEqual(["true", "false"]);
    expect(labels(inProcessors("train = ▮"))).toEqual(
      expect.arrayContaining(["blip_image_train", "blip_image_eval", "none"]),
    );
  });

  it("offers the default, and none where that is a value", () => {
    expect(labels(inRun("num_workers = ▮"))).toHaveLength(1);
    expect(labels(inModel("vocab_file = ▮"))).toEqual(expect.arrayContaining(["none", "file"]));
  });

  it("offers splits of the recipe's datasets in lists", () => {
    expect(labels(inRun("train_splits = ▮"))).toContain("[ ]");
    const text = `recipe r {\n  dataset emoji_caption\n  run { train_splits = [▮] }\n}`;
    expect(labels(text)).toEqual(expect.arrayContaining(["train", "val"]));
  });

  it("offers units of the key's dimension behind a number", () => {
    expect(labels(inModel("image_size = 384▮"))).toEqual(["px"]);
    expect(labels(inModel("image_size = 384p▮"))).toEqual(["px"]);
    expect(taking("px", inModel("image_size = 384▮"))).toBe(inModel("image_size = 384px"));
    expect(labels("let a = 5▮")).toEqual(expect.arrayContaining(["px", "GB", "%"]));
  });

  it("offers names, and only those, in a string's interpolation", () => {
    expect(labels(`let a = 1\nlet b = "x\${▮}"`)).toEqual(["a", "b"]);
    expect(taking("size", `let size = 1\n${inRun(`output_dir = "out/\${si▮}"`)}`)).toBe(
      `let size = 1\n${inRun(`output_dir = "out/\${size}"`)}`,
    );
  });

  it("offers files for paths, and for no other text", () => {
    expect(labels(inModel('vocab_file = "▮"'))).toEqual(["common.lavis", "vocab.txt", "data/"]);
    expect(labels(inModel('vocab_file = ".▮"'))).toContain(".git/");
    expect(labels(inModel('vocab_file = file("data/▮")'))).toEqual(["images/"]);
    expect(labels(inModel('prompt = "▮"'))).toEqual([]);
    expect(labels(inModel(`vocab_file = "\${x}/▮"`))).toEqual([]);
  });
});

describe("completion in Windows' lines and beside characters of two units", () => {
  it("replaces what is meant", () => {
    const text = inRun('output_dir = "🙂" // 🙂\n    se▮').replaceAll("\n", "\r\n");
    expect(taking("seed", text)).toBe(inRun('output_dir = "🙂" // 🙂\n    seed = ').replaceAll("\n", "\r\n"));
  });
});

describe("of secrets", () => {
  const marked = (inside: string) =>
    `secret hub = env("HUB_TOKEN")\nparam side: count = 64\n${inModel(inside)}`;

  it("names those of the file where an option takes one, and no other values", () => {
    const found = labels(marked("weights_token = ▮"));
    expect(found).toContain("hub");
    expect(found).not.toContain("side");
    expect(found).not.toContain('""');
  });

  it("names none anywhere else", () => {
    expect(labels(marked("image_size = ▮"))).not.toContain("hub");
  });
});

describe("completion of data of one's own", () => {
  const inData = (inside: string): string => inRecipe(`dataset my_shop from jsonl {\n    ${inside}\n  }`);

  it("offers the formats behind from, for datasets alone", () => {
    const formats = [
      "karpathy",
      "coco_captions",
      "vqa",
      "jsonl",
      "csv",
      "image_folder",
      "webdataset",
      "parquet",
    ];
    expect(labels(inRecipe("dataset my_shop from ▮"))).toEqual(formats);
    expect(labels(inRecipe("dataset my_shop from js▮ { }"))).toEqual(formats);
    expect(labels(inRecipe("model blip_caption.tiny from ▮"))).toEqual([]);
    expect(taking("jsonl", inRecipe("dataset my_shop from js▮ { }"))).toBe(
      inRecipe("dataset my_shop from jsonl { }"),
    );
  });

  it("offers the format's keys, its columns, and the splits that are usual", () => {
    expect(labels(inData("▮"))).toEqual(expect.arrayContaining(["images", "columns", "annotations"]));
    expect(labels(inData("▮"))).not.toContain("build_info");
    expect(labels(inData("columns { ▮ }"))).toEqual(
      expect.arrayContaining(["image", "caption", "image_id", "instance_id"]),
    );
    expect(labels(inData("annotations { ▮ }"))).toEqual(expect.arrayContaining(["train", "val", "test"]));
  });

  it("offers its splits in run", () => {
    const text = inRecipe(
      'dataset my_shop from jsonl { annotations { mine = "a.jsonl" } }\n  run { train_splits = [▮] }',
    );
    expect(labels(text)).toContain("mine");
  });
});
