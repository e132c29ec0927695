import { checkRecipe, memoryHost, type ResolvedRecipe } from "../../../compiler/index.ts";

/** A recipe with a parameter, a base, a fragment, an import, and values of the command line. */
export const files = {
  "/project/recipes/caption.lavis": `lavis 1

import { images } from "common/data.lavis"

/// Highest learning rate.
param peak_lr: number = 2e-5
param side: count = 64px

fragment quick for run {
  seed = 7
  num_workers = 0
}

recipe base {
  task captioning { max_len = 30 }
  model blip_caption.tiny { image_size = side, vocab_file = "../data/\${side}.txt" }
  run { output_dir = "output/\${peak_lr}" }
}

/// Trains a captioner.
/// On emoji.
recipe emoji extends base {
  /// Small pictures with names.
  dataset emoji_caption {
    build_info { images = images / "128" }
  }
  schedule linear_warmup_cosine_lr {
    init_lr = (peak_lr + 1e-6) * 2
    max_epoch = 3
  }
  run {
    use quick
    batch_size_train = 16
    device = cpu
    resume_ckpt_path = "/elsewhere/ckpt"
  }
}
`,
  "/project/recipes/common/data.lavis": `lavis 1
let images = file("../../data/emoji")
`,
} as const;

/** Resolves the recipe \`emoji\` of \`files\`, or of another text; fails with its diagnostics. */
export function resolveFixture(
  options: {
    readonly text?: string;
    readonly params?: readonly string[];
    readonly sets?: readonly string[];
  } = {},
): ResolvedRecipe {
  const path = "/project/recipes/caption.lavis";
  const { text = files[path], ...given } = options;
  const { recipes, diagnostics } = checkRecipe(memoryHost({ ...files, [path]: text }), path, given);
  const recipe = recipes.find(({ name }) => name === "emoji");
  if (!recipe) throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n"));
  return recipe;
}
