import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import {
  choose,
  environment,
  type Parameters,
  parseArguments,
  readProgramFlags,
} from "../../runtime/parameters.ts";

const declared = {
  peak_lr: { type: "number", default: 2e-5, doc: "Highest learning rate." },
  epochs: { type: "count", default: 6, dimension: "epochs" },
  keep: { type: "ratio", default: 0.5 },
  amp: { type: "bool", default: false },
  size: { type: ["small", "large"], default: "small" },
  weights: { type: "path", default: null, nullable: true },
} as const satisfies Parameters;

const values = (...argv: string[]) => {
  const parsed = parseArguments(declared, argv);
  if ("help" in parsed) throw new Error("asked for help");
  return parsed.values;
};

describe("parameters of an emitted program", () => {
  it("take their defaults when the command line is empty", () => {
    expect(values()).toEqual({
      peak_lr: 2e-5,
      epochs: 6,
      keep: 0.5,
      amp: false,
      size: "small",
      weights: null,
      resume: null,
      ui: "auto",
    });
  });

  it("are read with dashes, underscores and equals signs", () => {
    expect(values("--peak-lr", "3e-5").peak_lr).toBe(3e-5);
    expect(values("--peak_lr=3e-5").peak_lr).toBe(3e-5);
    expect(values("--peak-lr", "-1").peak_lr).toBe(-1);
  });

  it("read numbers as recipes write them", () => {
    expect(values("--epochs", "1_000epochs").epochs).toBe(1000);
    expect(values("--keep", "25%").keep).toBe(0.25);
  });

  it("read switches with and without a value", () => {
    expect(values("--amp").amp).toBe(true);
    expect(values("--amp", "false", "--ui", "plain")).toMatchObject({ amp: false, ui: "plain" });
    expect(values("--amp", "--no-amp").amp).toBe(false);
    expect(values("--amp=true").amp).toBe(true);
  });

  it("read none where it is a value", () => {
    expect(values("--weights", "a.ckpt").weights).toBe(resolve("a.ckpt"));
    expect(values("--weights", "cache:a.ckpt").weights).toBe("cache:a.ckpt");
    expect(values("--weights", "none").weights).toBeNull();
    expect(() => values("--peak-lr", "none")).toThrow('--peak-lr is "none", but it must be a number');
  });

  it.each([
    [["--epochs", "2.5"], '--epochs is "2.5", but it must be an integer ≥ 0 (epochs)'],
    [["--epochs", "2px"], '--epochs is "2px", but it must be an integer ≥ 0 (epochs)'],
    [["--keep", "1.5"], '--keep is "1.5", but it must be a number from 0 to 1'],
    [["--amp=maybe"], '--amp is "maybe", but it must be true or false'],
    [["--size", "medium"], '--size is "medium", but it must be one of small, large'],
    [["--peak-lr"], "--peak-lr needs a value"],
    [["extra"], 'unexpected argument "extra"'],
  ])("refuse %j", (argv, message) => {
    expect(() => values(...argv)).toThrow(message);
  });

  it("suggest the flag that an unknown one resembles", () => {
    expect(() => values("--peek-lr=1")).toThrow(
      expect.objectContaining({ message: "unknown flag --peek-lr", hint: "did you mean --peak-lr?" }),
    );
  });

  it("must be given when they have no default", () => {
    expect(() => parseArguments({ images: { type: "path", doc: "The folder of images." } }, [])).toThrow(
      expect.objectContaining({ message: "--images is required", hint: "a path: The folder of images." }),
    );
  });

  it("cannot take the name of a flag that every program has", () => {
    expect(() => parseArguments({ ui: { type: "string", default: "" } }, [])).toThrow("parameter ui");
  });

  it("are listed by --help with types, defaults and documentation", () => {
    const parsed = parseArguments(declared, ["--peak-lr", "1", "--help"]);
    expect("help" in parsed && parsed.help).toMatchInlineSnapshot(`
      "Usage: node run.js [flags]

        --peak-lr  a number [default 0.00002]
                   Highest learning rate.
        --epochs   an integer ≥ 0 (epochs) [default 6]
        --keep     a number from 0 to 1 [default 0.5]
        --amp      true or false [default false]
        --size     one of small, large [default small]
        --weights  a path, or none [default none]
        --ui       one of auto, ink, plain, json [default auto]
                   how progress is shown; auto takes ink on a terminal and plain lines elsewhere
        --resume   a path, or none [default none]
                   checkpoint folder to go on from, instead of the recipe's resume_ckpt_path
        --help     this list
      "
    `);
  });
});

describe("an environment variable", () => {
  it("is read as its type, when the parameter is not given", () => {
    const from = (name: string, otherwise?: number) =>
      parseArguments({ epochs: { type: "count", default: () => environment(name, "count", otherwise) } }, []);
    process.env.LAVIS_TEST_EPOCHS = "12";
    expect(from("LAVIS_TEST_EPOCHS")).toMatchObject({ values: { epochs: 12 } });
    process.env.LAVIS_TEST_EPOCHS = "many";
    expect(() => from("LAVIS_TEST_EPOCHS")).toThrow(
      'the environment variable LAVIS_TEST_EPOCHS is "many", but it must be an integer ≥ 0',
    );
    delete process.env.LAVIS_TEST_EPOCHS;
    expect(from("LAVIS_TEST_EPOCHS", 3)).toMatchObject({ values: { epochs: 3 } });
    expect(() => from("LAVIS_TEST_EPOCHS")).toThrow("the environment variable LAVIS_TEST_EPOCHS is not set");
  });
});

describe("a choice by a parameter", () => {
  it("takes the value of the map, and says what there is to choose from", () => {
    expect(choose("large", { base: 768, large: 1024 })).toBe(1024);
    expect(() => choose("huge", { base: 768 })).toThrow('there is no value for "huge"');
  });
});

describe("flags of the program itself", () => {
  it("are picked out beside the recipe's own", () => {
    expect(readProgramFlags({ strict: false }, ["--peak-lr", "1", "--ui", "json"])).toEqual({
      ui: "json",
      resume: null,
    });
    expect(readProgramFlags({ strict: false }, ["--ui=plain", "--amp"])).toEqual({
      ui: "plain",
      resume: null,
    });
  });
});
