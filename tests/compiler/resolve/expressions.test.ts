import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Resolved, RuntimeExpression, Scalar } from "../../../compiler/resolve/index.ts";
import { type Unit, units } from "../../../runtime/card.ts";
import { type CheckSettings, checkText, lines, recipe } from "../marked.ts";

function option(
  source: string,
  path: readonly [string, string],
  settings: CheckSettings = {},
): Resolved | undefined {
  const { partial, diagnostics } = checkText(source, settings);
  expect(lines(diagnostics)).toEqual([]);
  const [section, key] = path;
  const found = {
    run: partial[0]?.run,
    schedule: partial[0]?.schedule,
    model: partial[0]?.model,
    task: partial[0]?.task,
  };
  return found[section as keyof typeof found]?.options.get(key);
}

const scalar = (resolved: Resolved | undefined) =>
  resolved?.kind === "scalar" ? { value: resolved.value, expression: resolved.expression } : undefined;

/** Computes a runtime expression, as the emitted program does. */
function run(
  expression: RuntimeExpression,
  parameters: Readonly<Record<string, Scalar>>,
): Scalar | undefined {
  switch (expression.kind) {
    case "constant":
      return expression.value;
    case "parameter":
      return parameters[expression.name];
    case "arithmetic": {
      const [a, b] = [Number(run(expression.left, parameters)), Number(run(expression.right, parameters))];
      return { "+": a + b, "-": a - b, "*": a * b, "/": a / b }[expression.operator];
    }
    case "text":
      return expression.parts.map((part) => String(run(part, parameters))).join("");
    case "join":
      return expression.parts.map((part) => String(run(part, parameters))).join("/");
    case "resolve":
      return run(expression.path, parameters);
    case "lookup":
      return expression.map[String(run(expression.key, parameters))];
    case "environment":
      return expression.otherwise;
  }
}

describe("numbers", () => {
  it.each<[string, number]>([
    ["57_600", 57_600],
    ["2 + 3 * 4", 14],
    ["(2 + 3) * 4", 20],
    ["10 / 4 * 2", 5],
    ["50% * 200", 100],
    ["-3 + 5", 2],
  ])("%s is %d", (text, value) => {
    expect(
      scalar(option(recipe({ run: `run { device = cpu, seed = ${text} }` }), ["run", "seed"]))?.value,
    ).toBe(value);
  });

  it.each<[string, number]>([
    ["64px + 32px", 96],
    ["64px + 32", 96],
    ["4 * 24px", 96],
    ["192px / 2", 96],
    ["50% * 192px", 96],
    ["8px * (96px / 8px)", 96],
  ])("%s are 96 pixels", (text, value) => {
    const source = recipe({ model: `model blip_caption.tiny { image_size = ${text} }` });
    expect(scalar(option(source, ["model", "image_size"]))?.value).toBe(value);
  });

  const anyUnit = fc.constantFrom(...(Object.keys(units) as Unit[]));

  it("add where the dimension is one, whatever the units, and only there", () => {
    fc.assert(
      fc.property(
        anyUnit,
        anyUnit,
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 1, max: 99 }),
        (a, b, x, y) => {
          const { diagnostics } = checkText(recipe({ head: `let sum = ${x}${a} + ${y}${b}` }));
          const isSame = units[a].dimension === units[b].dimension;
          expect(diagnostics.map(({ code }) => code)).toEqual(isSame ? [] : ["LV2104"]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("divide by a quantity of their dimension to a plain number", () => {
    fc.assert(
      fc.property(
        anyUnit,
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 1, max: 9 }),
        (unit, x, times) => {
          const source = recipe({ run: `run { device = cpu, seed = ${x * times}${unit} / ${x}${unit} }` });
          const { diagnostics, partial } = checkText(source);
          const seed = scalar(partial[0]?.run?.options.get("seed"))?.value;
          if (diagnostics.length === 0) expect(seed).toBe(times);
          else expect(unit === "ms" || unit === "%").toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("texts and paths", () => {
  it("take values into strings", () => {
    const source = recipe({
      head: 'let lr = 2e-5\nlet name = "emoji"',
      run: 'run { device = cpu, output_dir = "out/$' + "{name}-$" + '{lr}" }',
    });
    expect(scalar(option(source, ["run", "output_dir"]))?.value).toBe("out/emoji-0.00002");
  });

  it("of an imported file are relative to that file", () => {
    const source = recipe({
      head: 'import { root, out } from "lib/common.lavis"',
      model: 'model blip_caption.tiny { vocab_file = root / "words.txt" }',
      run: "run { device = cpu, resume_ckpt_path = out }",
    });
    const files = { "/lib/common.lavis": 'let root = "../data/"\nlet out = file("last.safetensors")\n' };
    expect(scalar(option(source, ["model", "vocab_file"], { files }))?.value).toBe("/data/words.txt");
    expect(scalar(option(source, ["run", "resume_ckpt_path"], { files }))?.value).toBe(
      "/lib/last.safetensors",
    );
  });

  it("of the output stay relative, to wherever the program is run", () => {
    const files = { "/lib/common.lavis": 'let root = "runs"\n' };
    const source = recipe({
      head: 'import { root } from "lib/common.lavis"',
      run: 'run { device = cpu, output_dir = root / "a" }',
    });
    expect(scalar(option(source, ["run", "output_dir"], { files }))?.value).toBe("runs/a");
  });

  it.each([
    ['"/abs/x"', "/abs/x"],
    ['"cache:data/x"', "cache:data/x"],
    ['"cache:data" / "x"', "cache:data/x"],
  ])("%s stays as it is", (text, value) => {
    const source = recipe({ run: `run { device = cpu, output_dir = ${text} }` });
    expect(scalar(option(source, ["run", "output_dir"]))?.value).toBe(value);
  });

  it("weights may be at a URL", () => {
    const source = recipe({ model: 'model blip_caption.tiny { pretrained = "https://example.org/w.pth" }' });
    expect(scalar(option(source, ["model", "pretrained"]))?.value).toBe("https://example.org/w.pth");
  });
});

describe("parameters", () => {
  const head =
    "param peak_lr: number = 2e-5\n/// Side of the image.\nparam size: count = 64px\nlet twice = peak_lr * 2";
  const source = recipe({
    head,
    model: "model blip_caption.tiny { image_size = size }",
    schedule: "schedule { init_lr = twice  warmup_lr = twice / 10 }",
  });

  it("keep the expression that the program computes, through lets and defaults that follow", () => {
    const parameter = { kind: "parameter", name: "peak_lr" };
    expect(scalar(option(source, ["schedule", "init_lr"]))).toEqual({
      value: 4e-5,
      expression: {
        kind: "arithmetic",
        operator: "*",
        left: parameter,
        right: { kind: "constant", value: 2 },
      },
    });
    const { partial } = checkText(source);
    const dataset = partial[0]?.datasets[0]?.options.get("vis_processor");
    const train = dataset?.kind === "block" ? dataset.options.get("train") : undefined;
    const size = train?.kind === "component" ? train.options.get("image_size") : undefined;
    expect(scalar(size)).toEqual({ value: 64, expression: { kind: "parameter", name: "size" } });
  });

  it("are listed with type, dimension, documentation and value", () => {
    const { partial } = checkText(source, { params: ["size=96px"] });
    expect(
      partial[0]?.parameters.map(({ name, type, dimension, docs, value, origin }) => [
        name,
        type,
        dimension,
        docs,
        value,
        origin.kind,
      ]),
    ).toEqual([
      ["peak_lr", { is: "number" }, undefined, "", 2e-5, "recipe"],
      ["size", { is: "count" }, "pixels", "Side of the image.", 96, "parameter"],
    ]);
  });

  it("from the command line are typed", () => {
    for (const [given, line] of [
      ["size=96tokens", "LV2102 parameter `size` is measured in pixels, not in tokens"],
      ["size=1.5", "LV2101 parameter `size` must be an integer from 0 on, not 1.5"],
      ["peak_lr=fast", "LV2101 parameter `peak_lr` must be a number, not the name `fast`"],
    ] as const)
      expect(lines(checkText(source, { params: [given] }).diagnostics)).toEqual([line]);
  });

  it("compute at run time what was computed here", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 9 }), (value, factor) => {
        const text = recipe({
          head: "param n: count = 1",
          run: `run { device = cpu, seed = (n + ${factor}) * ${factor} - n }`,
        });
        const seed = scalar(option(text, ["run", "seed"], { params: [`n=${value}`] }));
        expect(seed?.expression && run(seed.expression, { n: value })).toBe(seed?.value);
      }),
      { numRuns: 30 },
    );
  });

  it("without a default are known to the run only, and are not checked here", () => {
    const text = recipe({
      head: "param out: path\nparam k: count",
      task: "task captioning { min_len = k }",
      run: 'run { device = cpu, output_dir = out / "a" }',
    });
    expect(scalar(option(text, ["run", "output_dir"]))).toEqual({
      value: undefined,
      expression: {
        kind: "join",
        parts: [
          { kind: "parameter", name: "out" },
          { kind: "constant", value: "a" },
        ],
      },
    });
    expect(scalar(option(text, ["task", "min_len"]))?.value).toBeUndefined();
    const given = { params: ["out=there", "k=3"] };
    expect(scalar(option(text, ["run", "output_dir"], given))?.value).toBe("/there/a");
  });

  it("may be one of some names, and select what follows them", () => {
    const text = recipe({
      head: "param kind: base | tiny = tiny",
      model: "model blip_caption.tiny { vit_type = kind }",
    });
    const width = scalar(option(text, ["model", "vit_embed_dim"], { params: ["kind=base"] }));
    expect(width?.value).toBe(768);
    expect(width?.expression && run(width.expression, { kind: "tiny" })).toBe(192);
  });

  it("may be none where the option may", () => {
    const text = recipe({ head: "param t: count? = none", run: "run { device = cpu, threads = t }" });
    expect(scalar(option(text, ["run", "threads"]))).toEqual({
      value: null,
      expression: { kind: "parameter", name: "t" },
    });
  });

  it("of other files count where a value uses them", () => {
    const files = { "/c.lavis": "param used: count = 1\nparam unused: count = 2\nlet twice = used * 2\n" };
    const { partial } = checkText(
      recipe({ head: 'import { twice } from "c.lavis"', run: "run { device = cpu, seed = twice }" }),
      { files },
    );
    expect(partial[0]?.parameters.map(({ name }) => name)).toEqual(["used"]);
  });
});

describe("the environment", () => {
  const text = recipe({
    head: 'param n: count = env("N", 4)\nparam root: path = env("ROOT", "data")\nsecret token = env("TOKEN")',
    run: "run { device = cpu, seed = n, output_dir = root }",
  });

  it("gives defaults to parameters, and the program reads it again when it runs", () => {
    const { partial, diagnostics } = checkText(text, { environment: { N: "7" } });
    expect(lines(diagnostics)).toEqual([]);
    expect(partial[0]?.parameters.map(({ value, expression }) => [value, expression])).toEqual([
      [7, { kind: "environment", name: "N", type: { is: "count" }, otherwise: 4 }],
      [
        "/data",
        {
          kind: "resolve",
          directory: "/",
          path: { kind: "environment", name: "ROOT", type: { is: "string" }, otherwise: "data" },
        },
      ],
    ]);
    expect(partial[0]?.secrets.map(({ name, variable }) => [name, variable])).toEqual([["token", "TOKEN"]]);
  });

  it("is typed", () => {
    const { diagnostics, sources } = checkText(text, { environment: { N: "many" } });
    expect(lines(diagnostics)).toEqual([
      "LV2101 the variable $N must be an integer from 0 on, not the name `many`",
    ]);
    expect(sources.get(diagnostics[0]?.path ?? "")?.text).toBe("many");
  });

  it("never brings a secret's value into what is resolved", () => {
    const { partial } = checkText(text, { environment: { TOKEN: "hunter2" } });
    expect(
      JSON.stringify(partial, (_, value: unknown) => (value instanceof Map ? [...value] : value)),
    ).not.toContain("hunter2");
  });
});
