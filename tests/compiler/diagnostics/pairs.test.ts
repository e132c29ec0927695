import { describe, expect, it } from "vitest";
import { checkText } from "../marked.ts";

/** A place of a recipe: what is right there, and mistakes that people make there, each with the code that it gets. */
interface PlaceOfMistakes {
  readonly right: string;
  readonly wrong: Readonly<Record<string, string>>;
}

const around = {
  import: {
    right: "",
    wrong: { 'import { x } from "no.lavis"': "LV2003", "import { x } from no.lavis": "LV1001" },
  },
  param: {
    right: "param lr: number = 1e-4",
    wrong: {
      'param lr: number = "a"': "LV2101",
      "param lr number = 1": "LV1032",
      "param lr: number = 1 +": "LV1002",
    },
  },
  let: {
    right: "let size = 3",
    wrong: {
      'let size = 3 + "x"': "LV2108",
      "let size 3": "LV1004",
      "let size = [1, 2": "LV1016",
      'let size = "x': "LV1011",
      "# a comment": "LV1008",
    },
  },
  fragment: {
    right: "fragment f for run { seed = 1 }",
    wrong: { "fragment f run { seed = 1 }": "LV1001", "fragment f for run { seed = 1": "LV1016" },
  },
} as const satisfies Readonly<Record<string, PlaceOfMistakes>>;

const sections = {
  task: {
    right: "task captioning",
    wrong: {
      "task captionin": "LV2007",
      "task captioning { max_len = 4 }": "LV3006",
      "task captioning { max_len: 20 }": "LV1005",
      "task captioning { max_len = True }": "LV1007",
    },
  },
  model: {
    right: "model blip_caption.tiny",
    wrong: {
      "model blip_caption.tny": "LV2008",
      "model blip_caption.": "LV1021",
      "model blip_caption.tiny { image_size = 100px }": "LV3011",
      "model blip_caption.tiny ( image_size = 64px )": "LV1001",
    },
  },
  dataset: {
    right: "dataset emoji_caption",
    wrong: {
      "dataset emoji_caption { vis_processor { trian = blip_image_train } }": "LV2009",
      "dataset emoji_caption {\n    vis_processor {\n      train = blip_image_train(min_scale = 0.5\n    }\n  }":
        "LV1016",
      "dataset emoji_caption { vis_processor { train = blip_image_train(min_scale = 90%, max_scale = 10%) } }":
        "LV3024",
    },
  },
  schedule: {
    right: "schedule { init_lr = lr }",
    wrong: {
      "schedule { init_lr = 1e-5, warmup_lr = 1e-3 }": "LV3007",
      "schedule { init_lr = lr }}": "LV1017",
      "schedule { init_lr = $ }": "LV1019",
      "schedule linear_warmup { }": "LV2007",
    },
  },
  optimizer: {
    right: "optimizer adamw",
    wrong: {
      "optimizer adamw { weight_decay = -1 }": "LV2105",
      "optimizer adamw { weight_decay = null }": "LV1007",
      "optimizer adamw { weight_decay 1 }": "LV1004",
    },
  },
  run: {
    right: "run { device = cpu }",
    wrong: {
      "run { device = gpu }": "LV2106",
      'run { device = cpu, output_dir = "out }': "LV1011",
      "run { device = cpu, valid_splits = [val tset] }": "LV1014",
      "run { device = cpu, test_splits = [tset] }": "LV3017",
      "runn { device = cpu }": "LV2006",
    },
  },
} as const satisfies Readonly<Record<string, PlaceOfMistakes>>;

const behind = {
  last: {
    right: "",
    wrong: {
      "recipe s extends nothing { }": "LV2018",
      "recipe { }": "LV1021",
      "let a = zz + 1": "LV2001",
      "sede = 1": "LV1029",
    },
  },
} as const satisfies Readonly<Record<string, PlaceOfMistakes>>;

const places: ReadonlyMap<string, PlaceOfMistakes> = new Map(
  Object.entries({ ...around, ...sections, ...behind }),
);

/** A recipe that is right but for what stands at some places. */
function text(given: Readonly<Record<string, string>>): string {
  const at = (name: string) => given[name] ?? places.get(name)?.right ?? "";
  const head = Object.keys(around).map((name) => `${at(name)}\n`);
  const inside = Object.keys(sections).map((name) => `  ${at(name)}\n`);
  return `${head.join("")}\nrecipe r {\n${inside.join("")}}\n${at("last")}\n`;
}

const saidOf = (given: Readonly<Record<string, string>>): readonly string[] =>
  checkText(text(given)).diagnostics.map(({ code, message }) => `${code} ${message}`);

/** Each mistake with what is said of it where it is the only one. */
const mistakes = [...places].flatMap(([place, { wrong }]) =>
  Object.entries(wrong).map(([mistake, code]) => {
    const alone = saidOf({ [place]: mistake });
    return { place, mistake, code, alone, message: alone.find((line) => line.startsWith(code)) };
  }),
);

describe("a mistake", () => {
  it("is told where it is the only one, and nothing is where there is none", () => {
    expect(saidOf({})).toEqual([]);
    const untold = mistakes.filter(({ message }) => message === undefined);
    expect(untold.map(({ mistake, code, alone }) => ({ mistake, code, alone }))).toEqual([]);
  });

  it.each([...places.keys()])("at %s hides none elsewhere, and is hidden by none", (place) => {
    const hidden = mistakes
      .filter((one) => one.place === place)
      .flatMap((one) =>
        mistakes
          // Each pair once.
          .filter((other) => other.place > place)
          .flatMap((other) => {
            const both = saidOf({ [place]: one.mistake, [other.place]: other.mistake });
            return [one, other]
              .filter(({ message = "" }) => !both.includes(message))
              .map(({ message }) => ({ message, in: [one.mistake, other.mistake] }));
          }),
      );
    expect(hidden).toEqual([]);
  });
});
