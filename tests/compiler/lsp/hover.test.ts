import { describe, expect, it } from "vitest";
import { hover } from "../../../compiler/lsp/features/hover.ts";
import { commonFile, edited, textIn, whole } from "./support.ts";

/** What hover says about the first place of a text in the whole recipe, at the `▮` in it. */
function about(marked: string, text = whole): { readonly over: string; readonly says: string } | undefined {
  const plain = marked.replace("▮", "");
  expect(text).toContain(plain);
  const {
    analysis,
    offset,
    text: without,
  } = edited(
    text.replace(plain, () => marked),
    {
      "/common.lavis": commonFile,
    },
  );
  const found = hover(analysis, offset);
  if (!found) return undefined;
  if (typeof found.contents !== "object" || !("value" in found.contents)) throw new Error("no Markdown");
  return { over: found.range ? textIn(without, found.range) : "", says: found.contents.value };
}

describe("hover", () => {
  it("says what a key is, its type, unit, default, and the value that it has and where from", () => {
    const { over, says } = about("image_▮size = 64px") ?? {};
    expect(over).toBe("image_size");
    expect(says).toContain("Height and width of the input image");
    expect(says).toContain("an integer, at least 1, in pixels (`px`)");
    expect(says).toContain("Default: `64`");
    expect(says).toContain("`model.image_size = 64` — r.lavis:12");
  });

  it("says what the format of data is, and its keys", () => {
    const text = 'recipe r {\n  dataset my_shop from jsonl {\n    columns { image = "file" }\n  }\n}\n';
    const format = about("from js▮onl", text);
    expect(format?.over).toBe("jsonl");
    expect(format?.says).toContain("**jsonl** · format\n\nJSON lines: ");
    expect(about("my_▮shop", text)?.says).toContain("**jsonl** · format");
    expect(about("ima▮ge = ", text)?.says).toContain("The field with the image's file name.");
    expect(about("ima▮ge = ", text)?.says).toContain('`dataset.my_shop.columns.image = "file"` — r.lavis:3');
  });

  it("says which parameter a value depends on", () => {
    expect(about("init▮_lr = peak_lr")?.says).toContain("— r.lavis:25 (depends on parameter peak_lr)");
  });

  it("says in a fragment which recipes have the value from it", () => {
    const text = `fragment f for run { seed = 7 }\nrecipe a { run { use f } }\nrecipe b { run { use f } }\n`;
    expect(about("se▮ed", text)?.says).toContain("`run.seed = 7` — fragment f, r.lavis:1");
  });

  it("says what a name is declared as, with its documentation, also from another file", () => {
    expect(about("= pe▮ak_lr")?.says).toContain(
      "param peak_lr: number = 2e-5\n```\n\nHighest learning rate.",
    );
    expect(about("= pe▮ak_lr")?.says).toContain("`param.peak_lr = 2e-5`");
    expect(about("data_▮root / ")?.says).toContain("Where the data is.\n\ncommon.lavis");
    expect(about("use qui▮ck")?.says).toContain("fragment quick for run");
    expect(about("extends ba▮se")?.says).toContain("recipe base");
  });

  it("says what a component is: of a section, with its variant, and as a value", () => {
    expect(about("task cap▮tioning")?.says).toContain("Metrics: agg_metrics");
    expect(about("blip_caption.ti▮ny")).toMatchObject({
      over: "blip_caption.tiny",
      says: expect.stringContaining("**blip_caption.tiny** · model"),
    });
    expect(about("blip_image_tr▮ain(")?.says).toContain("**blip_image_train** · vis_processor");
    expect(about("min_sc▮ale = 0.5")?.says).toContain(
      "dataset.emoji_caption.vis_processor.train.min_scale = 0.5",
    );
  });

  it("says what a member, a unit, a function, a section and a word of the language are", () => {
    expect(about("device = cp▮u")?.says).toContain("of `device`");
    expect(about("64p▮x")).toMatchObject({ over: "px", says: "**px** · unit of pixels" });
    expect(about("fi▮le(", 'let a = file("x")')?.says).toContain("relative to this file");
    expect(about("sche▮dule linear")?.says).toContain("how long the training is");
    expect(about("pa▮ram peak")).toMatchObject({
      over: "param",
      says: expect.stringContaining("command line"),
    });
  });

  it("says what the words of the language are, but not in texts, comments and names", () => {
    expect(about("ext▮ends base")).toMatchObject({
      over: "extends",
      says: expect.stringContaining("takes everything"),
    });
    expect(about('fr▮om "common')?.says).toContain("Where it comes from");
    expect(about("quick f▮or run", "fragment quick for run {}\n")?.says).toContain("spliced");
    expect(about("r▮emove seed", "recipe r {\n  remove seed\n}\n")?.says).toContain("Takes out");
    for (const text of ['let a = "let▮"\n', "// let▮\n", "let a = 1 // for▮\n"])
      expect(about(text, text.replace("▮", ""))).toBeUndefined();
  });

  it("explains what is wrong there", () => {
    const text = whole.replace("64px", "64tokens");
    expect(about("64to▮kens", text)?.says).toMatch(/\*\*LV2102\*\* .+`lavisc explain LV2102` says more/s);
  });

  it("has nothing to say where there is nothing", () => {
    for (const place of ["\n▮\nimport", "{▮ max_len", '"emo▮ji"'])
      expect(about(place), place).toBeUndefined();
  });
});
