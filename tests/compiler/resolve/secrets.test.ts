import { describe, expect, it } from "vitest";
import { explainRecipe } from "../../../compiler/explain/index.ts";
import { checkText, lines, recipe } from "../marked.ts";

const head = '/// Opens our hub.\nsecret hub = env("HUB_TOKEN")';
const given = recipe({
  head,
  model: "model blip_caption.tiny { weights_token = hub }",
  dataset: "dataset emoji_caption { build_info { token = hub } }",
});

describe("a secret", () => {
  it("is given to options that take one, as the name of its variable", () => {
    const { partial, diagnostics, recipes } = checkText(given, { environment: { HUB_TOKEN: "hunter2" } });
    expect(lines(diagnostics)).toEqual([]);
    expect(recipes).toHaveLength(1);
    const option = partial[0]?.model?.options.get("weights_token");
    expect(option).toMatchObject({
      kind: "scalar",
      value: undefined,
      expression: { kind: "secret", variable: "HUB_TOKEN" },
    });
  });

  it("need not be set where recipes are checked", () => {
    expect(lines(checkText(given).diagnostics)).toEqual([]);
  });

  it("comes from other files as well, by its own name there", () => {
    const text = recipe({
      head: 'import { hub } from "secrets.lavis"',
      model: "model blip_caption.tiny { weights_token = hub }",
    });
    const { partial, diagnostics } = checkText(text, { files: { "/secrets.lavis": head } });
    expect(lines(diagnostics)).toEqual([]);
    expect(partial[0]?.secrets.map(({ name, variable }) => [name, variable])).toEqual([["hub", "HUB_TOKEN"]]);
  });

  it("is explained by its variable, and so is what has it", () => {
    const values = explainRecipe(checkText(given).partial[0]!);
    const about = (path: string) => values.find((value) => value.path === path);
    expect(about("secret.hub")).toMatchObject({
      text: "(given when the program runs)",
      from: "the environment variable HUB_TOKEN, when the program runs",
      doc: "Opens our hub.",
    });
    expect(about("model.weights_token")).toMatchObject({
      value: undefined,
      from: "r.lavis:5 (depends on $HUB_TOKEN)",
    });
  });

  it.each([
    ["a text", `let root = "data"\nlet where = "\${«hub»}/\${root}"`],
    ["a sum", 'let twice = «hub» + "x"'],
    ["the default of a parameter", "param text: string = «hub»"],
  ])("cannot be part of %s", (_, uses) => {
    const { diagnostics, spans } = checkText(recipe({ head: `${head}\n${uses}` }));
    expect(lines(diagnostics)).toEqual(["LV2032 `hub` is a secret, not a value"]);
    expect(diagnostics[0]?.span).toEqual(spans[0]);
    expect(diagnostics[0]?.labels.map(({ message }) => message)).toEqual(["declared here"]);
  });

  it("cannot be given to an option that is written down", () => {
    const { diagnostics } = checkText(recipe({ head, run: "run { device = cpu, output_dir = hub }" }));
    expect(lines(diagnostics)).toEqual(["LV2032 `hub` is a secret, not a value"]);
  });

  it("cannot be given on the command line, where others could read it", () => {
    const { diagnostics } = checkText(given, { params: ["hub=hunter2"] });
    expect(lines(diagnostics)).toEqual(["LV2025 there is no parameter `hub`"]);
  });

  it.each([
    ['"hunter2"', "a string"],
    ['file("hunter2")', "a string"],
    ["hunter2", "a name that is none"],
    ["12", "12"],
  ])("is no value in the recipe: %s", (value, found) => {
    const { diagnostics } = checkText(
      recipe({ model: `model blip_caption.tiny { weights_token = ${value} }` }),
    );
    expect(lines(diagnostics)).toEqual([
      `LV2101 \`weights_token\` must be the name of a secret, not ${found}`,
    ]);
    expect(diagnostics[0]?.notes.join()).toContain('secret hub = env("HUB_TOKEN")');
  });

  it("that is declared wrongly is one mistake, however often it is used", () => {
    const text = recipe({
      head: 'secret hub = «"hunter2"»',
      model: "model blip_caption.tiny { weights_token = hub }",
    });
    expect(lines(checkText(text).diagnostics)).toEqual([
      'LV2111 a secret is read from the environment: `secret hub = env("VARIABLE")`',
    ]);
  });
});
