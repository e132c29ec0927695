import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { catalog } from "../../../compiler/catalog/index.ts";
import { checkRecipe } from "../../../compiler/check-recipe.ts";
import { programText } from "../../../compiler/emit/program-text.ts";
import { explainRecipe } from "../../../compiler/explain/index.ts";
import { applyFixes } from "../../../compiler/fix/index.ts";
import { type Host, memoryHost } from "../../../compiler/program/index.ts";
import { format } from "../../../grammar/index.ts";
import { type CheckSettings, checkText, lines, recipe } from "../marked.ts";

const files = 'annotations { train = "a.jsonl", val = "b.jsonl", test = "b.jsonl" }';

function valuesOf(source: string, settings: CheckSettings = {}) {
  const { partial, diagnostics } = checkText(source, settings);
  expect(lines(diagnostics)).toEqual([]);
  const last = partial.at(-1);
  return new Map(last ? explainRecipe(last).map((one) => [one.path, one] as const) : []);
}

describe("a dataset of one's own", () => {
  it("takes one file or a list of them for a split, relative to the recipe that wrote them", () => {
    const values = valuesOf(
      recipe({
        head: 'import { shards } from "lib/shards.lavis"',
        dataset: `dataset mine from jsonl { use shards, annotations { val = ["b.jsonl", "c.jsonl"], test = "b.jsonl" } }`,
      }),
      {
        files: { "/lib/shards.lavis": 'fragment shards for dataset { annotations { train = "a.jsonl" } }\n' },
      },
    );
    expect(values.get("dataset.mine.annotations.train")?.value).toEqual(["/lib/a.jsonl"]);
    expect(values.get("dataset.mine.annotations.val")?.value).toEqual(["/b.jsonl", "/c.jsonl"]);
    expect(values.get("dataset")?.text).toBe("mine from jsonl");
    expect(values.get("dataset.mine.columns.image")).toMatchObject({
      value: "image",
      from: "default of format jsonl",
    });
  });

  it("takes its processors from the model, each dataset for itself", () => {
    const values = valuesOf(
      recipe({
        dataset: `dataset one from jsonl { ${files}  vis_processor { train = blip_image_eval } }\n  dataset two from jsonl { ${files} }`,
      }),
    );
    expect(values.get("dataset.one.vis_processor.train")?.value).toMatchObject({ name: "blip_image_eval" });
    expect(values.get("dataset.two.vis_processor.train")).toMatchObject({
      value: { name: "blip_image_train" },
      from: "default of model blip_caption",
    });
  });

  it("stands beside datasets of the catalogue", () => {
    const values = valuesOf(
      recipe({ dataset: `dataset emoji_caption\n  dataset mine from jsonl { ${files} }` }),
    );
    expect(values.get("dataset.emoji_caption.build_info.images")).toBeDefined();
    expect(values.get("dataset.mine.images")?.value).toBeNull();
  });

  const base = `recipe base {\n  task captioning\n  model blip_caption.tiny\n  dataset mine from jsonl { ${files}  columns { caption = "title" } }\n  run { device = cpu }\n}\n`;

  it("is merged with that of a base recipe, key by key, and keeps its format", () => {
    const values = valuesOf(`${base}recipe r extends base { dataset mine { columns { image = "file" } } }\n`);
    expect(values.get("dataset.mine.columns.image")?.value).toBe("file");
    expect(values.get("dataset.mine.columns.caption")?.value).toBe("title");
    expect(values.get("dataset.mine.annotations.train")?.value).toEqual(["/a.jsonl"]);
  });

  it("is replaced by one of another format", () => {
    const csv = files.replaceAll("jsonl", "csv");
    const values = valuesOf(`${base}recipe r extends base { dataset mine from csv { ${csv} } }\n`);
    expect(values.get("dataset.mine.columns.caption")?.value).toBe("caption");
    expect(values.get("dataset.mine.delimiter")?.value).toBe("comma");
  });

  it("can be removed", () => {
    const values = valuesOf(
      `${base}recipe r extends base { remove dataset mine  dataset other from jsonl { ${files} } }\n`,
    );
    expect([...values.keys()].filter((path) => path.startsWith("dataset.mine"))).toEqual([]);
  });

  it("takes one file or a list of them on the command line, as texts do without quotes", () => {
    const train = (value: string) =>
      valuesOf(recipe({ dataset: `dataset mine from jsonl { ${files} }` }), {
        sets: [`dataset.annotations.train=${value}`],
      }).get("dataset.mine.annotations.train")?.value;
    expect(train("c d.jsonl")).toEqual(["/c d.jsonl"]);
    expect(train('"c.jsonl"')).toEqual(["/c.jsonl"]);
    expect(train('["c.jsonl", "d.jsonl"]')).toEqual(["/c.jsonl", "/d.jsonl"]);
  });

  it("is set on the command line", () => {
    const values = valuesOf(recipe({ dataset: `dataset mine from jsonl { ${files} }` }), {
      sets: ['dataset.mine.columns.caption="title"', 'dataset.images="/photos"'],
    });
    expect(values.get("dataset.mine.columns.caption")?.value).toBe("title");
    expect(values.get("dataset.mine.images")?.value).toBe("/photos");
  });

  const mended = (text: string): string | undefined => {
    const diagnose = (host: Host) => {
      const { diagnostics } = checkRecipe(host, "/r.lavis");
      return { diagnostics, paths: new Map([["r.lavis", "/r.lavis"]]) };
    };
    const { files, host } = applyFixes(memoryHost({ "/r.lavis": text }), ["/r.lavis"], "safe", diagnose);
    expect(lines(checkRecipe(host, "/r.lavis").diagnostics)).toEqual([]);
    return files[0]?.after;
  };

  it("is taken out of the blocks that LAVIS's datasets have, comments and all", () => {
    const run = "run {\n    device = cpu\n    test_splits = []\n  }";
    const data = (keys: string) => recipe({ dataset: `dataset mine from jsonl {\n${keys}  }`, run });
    const before = data(`    build_info {
      images = "photos"  // by Ann
      annotations {
        train { storage = "a.jsonl" }
        // The last hundred.
        val { storage = ["b.jsonl", "c.jsonl"] }
      }
    }
    columns { image = "file" }
`);
    expect(mended(before)).toBe(
      data(`    images = "photos"  // by Ann
    annotations {
      train = "a.jsonl"
      // The last hundred.
      val = ["b.jsonl", "c.jsonl"]
    }
    columns { image = "file" }
`),
    );
  });

  it("is left in such a block where the dataset has a key already, or cannot have it", () => {
    const said = (dataset: string) => {
      const { diagnostics } = checkText(recipe({ dataset }));
      return diagnostics.map(({ code, fixes }) => `${code} ${fixes.map(({ title }) => title)}`);
    };
    expect(said(`dataset mine from jsonl { images = "a", build_info { images = "b" }, ${files} }`)).toEqual([
      "LV2011 ",
    ]);
    expect(said(`dataset mine from image_folder { build_info { images = "b", ${files} } }`)).toEqual([
      "LV2011 ",
      "LV2012 Remove `images`",
    ]);
  });

  it.each([
    ["that only evaluates", 'val = "b.jsonl", test = "b.jsonl"'],
    [
      "with a part of a split that is not evaluated",
      'train = "a.jsonl", val = "b.jsonl", test_b = "b.jsonl"',
    ],
    [
      "with a split for a year that is not evaluated",
      'train = "a.jsonl", val = "b.jsonl", test2015 = "b.jsonl"',
    ],
    [
      "with more splits than are trained on",
      'train = "a.jsonl", train_small = "b.jsonl", trainval = "c.jsonl"',
    ],
    ["with a development split", 'train = "a.jsonl", minival = "b.jsonl", dev = "b.jsonl"'],
  ])("%s may stand beside others", (_, annotations) => {
    const second = `dataset two from jsonl { annotations { ${annotations} } }`;
    const { diagnostics } = checkText(
      recipe({ dataset: `dataset one from jsonl { ${files} }\n  ${second}` }),
    );
    expect(lines(diagnostics)).toEqual([]);
  });

  it("of questions lacks nothing but what the runtime lacks to answer them", () => {
    const source = recipe({
      task: "task vqa",
      model: "model blip_vqa.vqav2",
      dataset: `dataset mine from vqa { ${files} }`,
      run: "run { device = cpu, valid_splits = [val], test_splits = [] }",
    });
    const { diagnostics } = checkText(source);
    expect(diagnostics.filter(({ code }) => code !== "LV3050").map(({ code }) => code)).toEqual([]);
    expect(lines(diagnostics).filter((line) => line.includes("format"))).toEqual([]);
  });
});

describe("the program of a recipe with data of one's own", () => {
  it("calls the format's factory with the dataset's name, and has files relative to itself", () => {
    const source = recipe({
      dataset: `dataset my_shop from jsonl { images = "photos"  ${files}  columns { image = "file" } }`,
    });
    const { recipes } = checkRecipe(memoryHost({ "/project/r.lavis": source }), "/project/r.lavis");
    const [resolved] = recipes;
    if (!resolved) throw new Error("the recipe is not whole");
    const { text } = programText(resolved, { outputFolder: "/project/out", workingFolder: "/" });
    for (const part of [
      /^import \{[^}]*\bfrom_jsonl,/m,
      'from_jsonl("my_shop", {',
      'images: here("../photos"),',
      'train: [here("../a.jsonl")],',
      'image: "file",',
      "// Defaults of format jsonl.",
    ])
      expect(text).toMatch(part);
  });

  it("is written in one way", () => {
    const written = 'recipe r {\n  dataset   my_shop   from  jsonl   {images="photos"}\n}\n';
    expect(format(written)).toBe('recipe r {\n  dataset my_shop from jsonl { images = "photos" }\n}\n');
  });
});

describe("docs/data.md", () => {
  const page = readFileSync(new URL("../../../docs/data.md", import.meta.url), "utf8");
  const blocks = [...page.matchAll(/^```lavis\n(.*?)^```/gms)].map(([, text = ""]) => text);

  it.each(blocks.map((text) => [text]))("shows what is right: %s", (text) => {
    const run = "run { device = cpu, test_splits = [] }";
    const whole = text.startsWith("dataset") ? recipe({ dataset: text.trimEnd(), run }) : text;
    expect(lines(checkText(whole).diagnostics)).toEqual([]);
    expect(format(text)).toBe(text);
  });

  it("has a section for each format", () => {
    const sections = [...page.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
    expect(sections.sort()).toEqual([...catalog.names("format")].sort());
  });
});
