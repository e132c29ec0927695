import { describe, expect, it } from "vitest";
import * as card from "../../runtime/card.ts";
import { component, dataset, model } from "../../runtime/component.ts";

const load = async () => (options: object, prefix: string) => `${prefix} ${Object.keys(options).length}`;

const cosine = component(
  card.defineCard({
    kind: "schedule",
    name: "cosine",
    doc: "A schedule.",
    options: {
      init_lr: card.number({ doc: "Highest learning rate.", range: { above: 0 } }),
      warmup_lr: card.number({ doc: "First learning rate.", default: { follows: "schedule.init_lr" } }),
      warmup_steps: card.count({ doc: "Steps.", default: { value: 0 }, dimension: "steps" }),
      max_epoch: card.count({ doc: "Epochs.", default: { value: null }, nullable: true, range: { max: 9 } }),
      decay: card.ratio({ doc: "Decay.", default: { value: 0.9 } }),
      splits: card.listOf(card.oneOf(["train", "val"], { doc: "A split." }), {
        doc: "Splits.",
        default: { value: ["train"] },
      }),
    },
  }),
  load,
);

const caption = model(
  card.defineCard({
    kind: "model",
    name: "caption",
    doc: "A model.",
    options: {
      image_size: card.count({ doc: "Side.", default: { value: 384 } }),
      vit: card.oneOf(["base", "large"], { doc: "Encoder.", default: { value: "base" } }),
    },
    variants: {
      base: { doc: "Base.", options: {} },
      large: { doc: "Large.", options: { vit: "large", image_size: 512 } },
    },
  }),
  load,
);

const coco = dataset(
  card.defineCard({
    kind: "dataset",
    name: "coco",
    doc: "A dataset.",
    options: {
      vis_processor: card.block(
        {
          train: card.component("vis_processor", {
            doc: "For training.",
            default: { value: { name: "p", options: {} } },
          }),
        },
        { doc: "Processors." },
      ),
    },
  }),
  load,
);

describe("a component in a program", () => {
  it("keeps what is given and fills the card's defaults in", async () => {
    const made = cosine({ init_lr: 1e-4, max_epoch: 3 });
    expect(made).toMatchObject({ kind: "schedule", name: "cosine" });
    expect(made.options).toEqual({
      warmup_lr: 1e-4,
      init_lr: 1e-4,
      warmup_steps: 0,
      max_epoch: 3,
      decay: 0.9,
      splits: ["train"],
    });
    expect(await made.create(made.options, "options:")).toBe("options: 6");
  });

  it("takes null only where none is a value", () => {
    expect(cosine({ init_lr: 1, max_epoch: null }).options.max_epoch).toBeNull();
    // @ts-expect-error: the type says so as well
    expect(() => cosine({ init_lr: null })).toThrow("init_lr is null, but it must be a number");
  });

  it.each([
    [{ init_lr: 0 }, "schedule cosine: init_lr is 0, but it must be above 0"],
    [{ init_lr: 1, max_epoch: 10 }, "schedule cosine: max_epoch is 10, but it must be at most 9"],
    [
      { init_lr: 1, warmup_steps: 0.5 },
      "schedule cosine: warmup_steps is 0.5, but it must be an integer ≥ 0",
    ],
    [{ init_lr: 1, decay: 2 }, "schedule cosine: decay is 2, but it must be a number from 0 to 1"],
    [{ init_lr: Number.NaN }, "schedule cosine: init_lr is NaN, but it must be a number"],
    [
      { init_lr: 1, splits: ["tset"] },
      'schedule cosine: splits[0] is "tset", but it must be one of train, val',
    ],
    [{}, "schedule cosine: init_lr has no value"],
  ])("refuses %j", (given, message) => {
    expect(() => cosine(given as { init_lr: number })).toThrow(message);
  });

  it("suggests the option that an unknown one resembles", () => {
    const given = { init_lr: 1, warm_steps: 5 };
    expect(() => cosine(given)).toThrow(
      expect.objectContaining({
        message: "schedule cosine has no option warm_steps",
        hint: "did you mean warmup_steps?",
      }),
    );
  });
});

describe("a model in a program", () => {
  it("takes what is left out from its variant, then from its card", () => {
    expect(caption("large", {}).options).toEqual({ image_size: 512, vit: "large" });
    expect(caption("large", { image_size: 64 })).toMatchObject({
      variant: "large",
      options: { image_size: 64, vit: "large" },
    });
    expect(caption("base", {}).options).toEqual({ image_size: 384, vit: "base" });
  });

  it("refuses a variant that it does not have", () => {
    expect(() => caption("lagre", {})).toThrow(
      expect.objectContaining({ message: "model caption has no variant lagre", hint: "did you mean large?" }),
    );
    expect(() => caption("toString", {})).toThrow("model caption has no variant toString");
  });
});

describe("a dataset in a program", () => {
  it("checks the components in its blocks", () => {
    const train = { kind: "vis_processor", name: "q", options: {} };
    expect(coco("mine", { vis_processor: { train } })).toMatchObject({ label: "mine", name: "coco" });
    const wrong = { ...train, kind: "schedule" };
    expect(() => coco("mine", { vis_processor: { train: wrong } })).toThrow(
      "dataset mine: vis_processor: train is",
    );
  });
});
