import { describe, expect, it } from "vitest";
import {
  adamw,
  blip_caption,
  blip_caption_text,
  blip_image_eval,
  blip_image_train,
  captioning,
  emoji_caption,
  linear_warmup_cosine_lr,
} from "../../runtime/components.ts";
import { completeRecipe, type Recipe } from "../../runtime/recipe.ts";

const recipe: Recipe = {
  name: "emoji",
  task: captioning({ max_len: 12 }),
  model: blip_caption("tiny", { prompt: "" }),
  datasets: [
    emoji_caption("emoji_caption", {
      vis_processor: { train: blip_image_train({}), eval: blip_image_eval({ image_size: 32 }) },
      text_processor: {
        train: { name: "blip_caption", options: {} },
        eval: blip_caption_text({ prompt: "x" }),
      },
    }),
  ],
  schedule: linear_warmup_cosine_lr({ init_lr: 1e-3, max_iters: 100 }),
  optimizer: adamw({}),
  run: { batch_size_train: 8, batch_size_eval: 8, evaluate: true },
};

describe("a recipe of a program that leaves options out", () => {
  const complete = completeRecipe(recipe);

  it("gets the defaults of cards and of the model's variant", () => {
    expect(complete.task.options).toMatchObject({ max_len: 12, min_len: 5, num_beams: 3 });
    expect(complete.model.options).toMatchObject({ image_size: 64, text_num_layers: 4, max_txt_len: 40 });
  });

  it("gets what follows other options, of the same section and of others", () => {
    expect(complete.model.options).toMatchObject({
      vit_type: "tiny",
      vit_embed_dim: 192,
      load_finetuned: true,
    });
    expect(complete.schedule.options).toMatchObject({ warmup_lr: 1e-3, iters_per_inner_epoch: 100 });
  });

  it("gets the recipe's name in paths", () => {
    expect(complete.run).toMatchObject({ output_dir: "output/emoji", seed: 42 });
  });

  it("gets the options of processors, written as calls or as data", () => {
    expect(complete.datasets[0]?.options).toMatchObject({
      vis_processor: {
        train: { name: "blip_image_train", options: { image_size: 64, min_scale: 0.5 } },
        eval: { options: { image_size: 32 } },
      },
      text_processor: {
        train: { options: { prompt: "", max_words: 50 } },
        eval: { options: { prompt: "x" } },
      },
      build_info: { images: "cache:data/emoji/images" },
    });
  });

  it("stays as it is when it is completed again", () => {
    expect(completeRecipe(complete)).toEqual(complete);
  });

  it("cannot name a processor that there is not", () => {
    const wrong = emoji_caption("e", { vis_processor: { train: { name: "blip_image", options: {} } } });
    expect(() => completeRecipe({ ...recipe, datasets: [wrong] })).toThrow(
      "dataset e: vis_processor: train: there is no vis_processor blip_image",
    );
  });

  it("cannot give run an option that it does not have, or a value that does not fit", () => {
    const run = (more: object) => () => completeRecipe({ ...recipe, run: { ...recipe.run, ...more } });
    expect(run({ num_worker: 2 })).toThrow(expect.objectContaining({ hint: "did you mean num_workers?" }));
    expect(run({ batch_size_train: 0 })).toThrow("run: batch_size_train is 0, but it must be at least 1");
    expect(run({ world_size: 0 })).toThrow("run: world_size is 0, but it must be at least 1");
    expect(run({ amp: true, amp_dtype: "half" })).toThrow("run: amp_dtype");
  });

  it("cannot give two lengths", () => {
    expect(() => linear_warmup_cosine_lr({ init_lr: 1, max_iters: 1, max_epoch: 1 })).toThrow(
      "max_epoch and max_iters are both given",
    );
  });
});
