/** Texts of many lines: `repeat(3, f)` is f(0), f(1) and f(2). */
export function repeat(count: number, text: (index: number) => string): string {
  return Array.from({ length: Math.floor(count) }, (_, index) => text(index)).join("");
}

/** A file of about so many lines of recipes, each with these options in its `run` section. */
export function recipesOf(numLines: number, options: string): string {
  const recipe = (index: number) => `recipe r${index} {
  task captioning { max_len = 20 }
  model blip_caption.base_coco { image_size = 384px }
  dataset coco_caption {
    vis_processor {
      train = blip_image_train
      eval = blip_image_eval
    }
  }
  schedule linear_warmup_cosine_lr {
    init_lr = 1e-5
    max_epoch = 5
  }
  run {
    ${options}
    batch_size_eval = 2
  }
}
`;
  return repeat(numLines / (recipe(0).split("\n").length - 1), recipe);
}
