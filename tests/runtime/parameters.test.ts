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
      backend: "auto",
      timeout: 600,
      max_restarts: 0,
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

  it.each(["ui", "resume", "backend", "timeout", "max_restarts", "help"])(
    "cannot take the name of a flag that every program has: %s",
    (name) => {
      expect(() => parseArguments({ [name]: { type: "string", default: "" } }, [])).toThrow(
        `parameter ${name} has the name of a flag`,
      );
    },
  );

  it("are listed by --help with types, defaults and documentation", () => {
    const parsed = parseArguments(declared, ["--peak-lr", "1", "--help"]);
    expect("help" in parsed && parsed.help).toMatchInlineSnapshot(`
      "Usage: node run.js [flags]

        --peak-lr       a number [default 0.00002]
                        Highest learning rate.
        --epochs        an integer ≥ 0 (epochs) [default 6]
        --keep          a number from 0 to 1 [default 0.5]
        --amp           true or false [default false]
        --size          one of small, large [default small]
        --weights       a path, or none [default none]
        --ui            one of auto, ink, plain, json [default auto]
                        how progress is shown; auto takes ink on a terminal and plain lines elsewhere
        --resume        a path, or none [default none]
                        checkpoint folder to go on from, instead of the recipe's resume_ckpt_path
        --backend       one of auto, shm, c10d, socket [default auto]
                        what moves data between the processes of a run; auto takes the fastest that is installed
        --timeout       a number ≥ 1 (time) [default 600]
                        how long a process waits for the others before the run fails, such as 90s or 10min
        --max-restarts  an integer ≥ 0 [default 0]
                        how often a run that crashed or hung is started again, from its last checkpoint
        --help          this list

      Exit codes: 0 done, 1 failed, 2 wrong flags, 124 a process of the run hung, 128 + n signal n killed one.
      Stopped with a checkpoint to go on from: 129 by SIGHUP, 130 by SIGINT (ctrl-C), 143 by SIGTERM or SIGUSR1.
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
  const standard = { ui: "auto", resume: null, backend: "auto", timeout: 600, max_restarts: 0 };
  const read = (...argv: string[]) => readProgramFlags({ strict: false }, argv);

  it("are picked out beside the recipe's own", () => {
    expect(read("--peak-lr", "1", "--ui", "json")).toEqual({ ...standard, ui: "json" });
    expect(read("--ui=plain", "--amp")).toEqual({ ...standard, ui: "plain" });
    expect(read("--max_restarts", "3", "--peak-lr", "1")).toEqual({ ...standard, max_restarts: 3 });
  });

  it("take times with a unit, bare ones as seconds", () => {
    expect(read("--timeout", "2min").timeout).toBe(120);
    expect(read("--timeout=1500ms").timeout).toBe(1.5);
    expect(read("--timeout", "90").timeout).toBe(90);
  });

  it.each([
    [["--timeout", "0"], '--timeout is "0", but it must be a number ≥ 1 (time)'],
    [["--timeout", "10px"], '--timeout is "10px", but it must be a number ≥ 1 (time)'],
    [["--max-restarts", "-1"], '--max-restarts is "-1", but it must be an integer ≥ 0'],
    [["--backend", "mpi"], '--backend is "mpi", but it must be one of auto, shm, c10d, socket'],
  ])("refuse %j", (argv, message) => {
    expect(() => parseArguments({}, argv)).toThrow(message);
  });
});
