// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the recipes under test have interpolations.

import { describe, expect, it } from "vitest";
import {
  constantText,
  docText,
  type Expression,
  type Item,
  isMissing,
  parse,
  pathTo,
  type Recipe,
  SourceText,
  visit,
} from "../../grammar/index.ts";
import { check, meaning, treeOf, wholeRecipe } from "./support.ts";

function itemsOf(items: string): readonly Item[] {
  const [recipe] = treeOf(`recipe r {\n${items}\n}`).declarations;
  return (recipe as Recipe).block.items;
}

function expressionOf(expression: string): Expression {
  const [item] = itemsOf(`key = ${expression}`);
  if (item?.kind !== "entry") throw new Error(`no entry: ${expression}`);
  return item.value;
}

/** An expression with every operation in parentheses, to show what binds to what. */
function shape(node: Expression): string {
  if (node.kind === "binary") return `(${shape(node.left)} ${node.operator} ${shape(node.right)})`;
  if (node.kind === "parenthesized") return shape(node.expression);
  if (node.kind === "number") return node.text;
  return node.kind === "reference" ? node.path.text : node.kind;
}

describe("a file", () => {
  it("reads the whole recipe of the language's description", () => {
    const tree = treeOf(wholeRecipe);
    expect(tree.version?.number).toMatchObject({ kind: "number", value: 1 });
    expect(tree.imports[0]?.names.map((name) => name.text)).toEqual(["blip_images", "data_root"]);
    expect(tree.declarations.map(({ kind, name }) => `${kind} ${name.text}`)).toEqual([
      "param peak_lr",
      "recipe retrieval_coco_ft",
    ]);
    const recipe = tree.declarations[1] as Recipe;
    expect(docText(recipe)).toBe("Fine-tunes BLIP for image-text retrieval on MS-COCO (Karpathy split).");
    const sections = recipe.block.items.map((item) =>
      item.kind === "section" ? item.sectionKind.text : item.kind,
    );
    expect(sections).toEqual(["task", "model", "dataset", "optimizer", "run"]);
  });

  it.each(["recipe", "use", "from", "dataset"])("has fragments for any kind, %s too", (kind) => {
    const [fragment] = treeOf(`fragment f for ${kind} { use g }`).declarations;
    expect(fragment).toMatchObject({ target: { text: kind }, block: { items: [{ kind: "use" }] } });
  });

  it("may be empty", () => {
    expect(meaning(treeOf(""))).toEqual({ kind: "file", imports: [], declarations: [], broken: [] });
    expect(check("\ufeff \r\n\t// only a comment")).toEqual([]);
  });

  it("declares params, secrets, lets, fragments and recipes", () => {
    const [param, secret, binding, fragment, recipe] = treeOf(
      'param mode: "fast" | "slow"? = none\nsecret key = env("KEY")\nlet x = 1\nfragment f for dataset {}\nrecipe r extends base {}',
    ).declarations;
    expect(param).toMatchObject({ kind: "param", type: { optional: true }, default: { kind: "none" } });
    expect(param?.kind === "param" && param.type?.members.map((member) => member.kind)).toEqual([
      "string",
      "string",
    ]);
    expect(secret).toMatchObject({ kind: "secret", value: { kind: "call", callee: { text: "env" } } });
    expect(binding).toMatchObject({ kind: "let", value: { value: 1 } });
    expect(fragment).toMatchObject({ kind: "fragment", name: { text: "f" }, target: { text: "dataset" } });
    expect(recipe).toMatchObject({ kind: "recipe", base: { text: "base" }, block: { items: [] } });
  });

  it("takes headers and lists over several lines", () => {
    expect(check('import {\n  a,\n  b,\n} from\n  "x.lavis"')).toEqual([]);
    expect(check("fragment f\n  for dataset\n{\n}\nrecipe r\n  extends base\n{ run\n{ } }")).toEqual([]);
  });
});

describe("items", () => {
  it.each([
    ["remove max_epoch  max_iters = 10", ["remove max_epoch", "entry max_iters"]],
    ["remove schedule model { a = 1 }", ["remove schedule", "section model"]],
    ['remove schedule model from "m.ts"', ["remove schedule", "section model"]],
    ["remove dataset coco run { a = 1 }", ["remove dataset coco", "section run"]],
    ["remove dataset coco seed = 1", ["remove dataset coco", "entry seed"]],
  ])("go on behind `remove` with what starts an item: %s", (text, expected) => {
    const described = itemsOf(text).map((item) => {
      if (item.kind === "remove") return `remove ${item.target.text} ${item.label?.text ?? ""}`.trim();
      return `${item.kind} ${item.kind === "entry" ? item.key.text : item.kind === "section" ? item.sectionKind.text : ""}`;
    });
    expect(described).toEqual(expected);
  });

  it("are entries, sections, use and remove, with or without commas", () => {
    const items = itemsOf("use f, remove dataset coco\nremove seed, a = 1 b = 2\nrun\ntask captioning {}");
    expect(items.map((item) => item.kind)).toEqual([
      "use",
      "remove",
      "remove",
      "entry",
      "entry",
      "section",
      "section",
    ]);
    expect(items[1]).toMatchObject({ target: { text: "dataset" }, label: { text: "coco" } });
    expect(items[2]).toMatchObject({ target: { text: "seed" } });
    expect(items[5]).toMatchObject({ sectionKind: { text: "run" } });
  });

  it("take labels with dots, versions and hyphens, and an origin", () => {
    const [a, b, c, d] = itemsOf(
      'model a.opt2.7b\nmodel clip.ViT-B-32 {}\ndataset mine from karpathy {}\ntask t from "./t.ts"',
    );
    expect(a).toMatchObject({ label: { text: "a.opt2.7b" } });
    expect(b).toMatchObject({
      label: { text: "clip.ViT-B-32", segments: [{ text: "clip" }, { text: "ViT-B-32" }] },
    });
    expect(c).toMatchObject({ from: { kind: "name", text: "karpathy" } });
    expect(d).toMatchObject({ from: { kind: "string" } });
  });

  it("can have a statement word as their key, since `=` follows", () => {
    const words =
      "lavis import from param secret let fragment for recipe extends use remove true false none".split(" ");
    const items = itemsOf(words.map((word) => `${word} = f(${word} = 1)`).join("\n"));
    expect(items.map((item) => item.kind === "entry" && item.key.text)).toEqual(words);
  });

  it("end with their line, so that a name on the next line is the next item", () => {
    expect(itemsOf("optimizer\nadamw {}").map((item) => item.kind)).toEqual(["section", "section"]);
    expect(itemsOf("remove dataset\nseed = 1")).toHaveLength(2);
  });

  it("carry the doc comments before them, but not those behind something else", () => {
    const [a, b] = itemsOf("/// one\n// not this\n/// two\na = 1 /// beside\nb = 2");
    expect(a?.kind === "entry" && docText(a)).toBe("one\ntwo");
    expect(b?.kind === "entry" && docText(b)).toBe("");
  });
});

describe("expressions", () => {
  it.each([
    ["42", 42, undefined],
    ["57_600", 57_600, undefined],
    ["2e-5", 2e-5, undefined],
    ["-1.5", -1.5, undefined],
    ["+1E3", 1000, undefined],
    ["384px", 384, "px"],
    ["1_000steps", 1000, "steps"],
    ["6epochs", 6, "epochs"],
    ["80GB", 80, "GB"],
    ["30min", 30, "min"],
    ["25%", 25, "%"],
  ])("reads the number %s", (text, value, unit) => {
    const number = expressionOf(text);
    expect(number).toMatchObject({ kind: "number", value, text });
    expect(number.kind === "number" && number.unit?.text).toBe(unit);
  });

  it("reads constants, lists, calls and dotted names", () => {
    expect(expressionOf("true")).toMatchObject({ kind: "boolean", value: true });
    expect(expressionOf("none")).toMatchObject({ kind: "none" });
    expect(expressionOf("[train, [val], ]")).toMatchObject({
      elements: [{ path: { text: "train" } }, { kind: "list" }],
    });
    expect(expressionOf("blip.train(3, image_size = 384px)")).toMatchObject({
      kind: "call",
      callee: { text: "blip.train" },
      arguments: [{ value: { value: 3 } }, { name: { text: "image_size" }, value: { value: 384 } }],
    });
  });

  it("binds `*` and `/` before `+` and `-`, from the left", () => {
    expect(shape(expressionOf("a - b - c * d / 2"))).toBe("((a - b) - ((c * d) / 2))");
    expect(shape(expressionOf("(a - b) *\n  -1\n  + c"))).toBe("(((a - b) * -1) + c)");
  });

  it("resolves escapes and cuts strings at their interpolations", () => {
    const plain = expressionOf(String.raw`"a\n\"b\" \u{1F600} \${x}"`);
    expect(plain.kind === "string" && constantText(plain)).toBe('a\n"b" 😀 ${x}');
    const string = expressionOf('"out/${name}-${f("x ${y}")}/"');
    expect(string.kind === "string" && string.parts.map((part) => part.kind)).toEqual([
      "string-text",
      "interpolation",
      "string-text",
      "interpolation",
      "string-text",
    ]);
    expect(string.kind === "string" && constantText(string)).toBeUndefined();
    expect(expressionOf('""')).toMatchObject({ parts: [] });
  });
});

describe("spans", () => {
  it("give back the text of every node", () => {
    const { tree, source } = parse(wholeRecipe);
    const seen: string[] = [];
    visit(tree, {
      number: (node) => seen.push(source.slice(node.span)),
      call: (node) => seen.push(source.slice(node.span)),
      binary: (node) => seen.push(source.slice(node.operatorSpan)),
      interpolation: (node) => seen.push(source.slice(node.span)),
      section: (node) => {
        seen.push(source.slice(node.sectionKind.span));
        return node.sectionKind.text !== "model";
      },
    });
    expect(seen).toContain("blip_image_eval(image_size = 384px)");
    expect(seen).toContain("${peak_lr}");
    expect(seen).toContain("/");
    expect(seen).not.toContain("57_600");
  });

  it("lead from an offset to the nodes around it", () => {
    const { tree } = parse(wholeRecipe);
    const kinds = pathTo(tree, wholeRecipe.indexOf("384px")).map((node) => node.kind);
    expect(kinds).toEqual(
      "file recipe block section block section block entry call argument number".split(" "),
    );
  });

  it("count lines and columns from one, whatever ends a line", () => {
    const source = new SourceText("ab\r\ncd\n\nef", "a.lavis");
    expect(source.numLines).toBe(4);
    expect(source.positionAt(5)).toEqual({ line: 2, column: 2 });
    expect(source.positionAt(99)).toEqual({ line: 4, column: 3 });
    expect(source.lineText(1)).toBe("ab");
    expect(source.lineText(9)).toBe("");
    expect(source.offsetAt({ line: 2, column: 2 })).toBe(5);
  });
});

it("completes the tree where something is missing", () => {
  const { tree } = parse("recipe {\n  seed =\n}");
  const [recipe] = tree.declarations;
  expect(recipe?.name && isMissing(recipe.name)).toBe(true);
  expect(recipe).toMatchObject({ block: { items: [{ kind: "entry", value: { kind: "missing" } }] } });
});
