import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brokenRecipe, commentedRecipe, wholeRecipe } from "../grammar/support.ts";

const recipes = fileURLToPath(new URL("../../recipes/", import.meta.url));

/** What the recipes of the corpus import. */
export const importedFiles: Readonly<Record<string, string>> = {
  "/common.lavis": `let root = "data"
let data_root = file("data")
param seed: count = env("SEED", 42)
secret hub = env("HUB_TOKEN")
fragment files for dataset { build_info { images = root / "images", token = hub } }
fragment blip_images for dataset { vis_processor { train = blip_image_train, eval = blip_image_eval } }
`,
};

/** A file that is right, with everything that names and values can be. */
export const everything = `lavis 1
import { root, seed, files, hub } from "common.lavis"

/// Peak of the learning rate.
param peak_lr: number = 2e-5
param where: cpu | cuda = cpu
param weights: checkpoint? = none
let steps = 1_000steps
let name = "run_\${peak_lr}_\${1 + 2}"

fragment quick for run {
  seed = seed // the same
}

recipe base {
  task captioning { max_len = 20tokens, min_len = 5 }
  /// Small.
  model blip_caption.tiny { image_size = 64px + 2 * 16px, finetuned = weights, weights_token = hub }
  dataset emoji_caption {
    use files
    vis_processor {
      train = blip_image_train(min_scale = 25%)
      eval = blip_image_eval(image_size = 96px)
    }
    build_info { annotations { train = "a.json", val { storage = "b.json", md5 = "0" } } }
  }
  schedule linear_warmup_cosine_lr { init_lr = peak_lr * 2  max_iters = steps * 4 }
  run {
    use quick
    device = where
    // lavisc-ignore absolute-path: the scratch disk
    output_dir = "/scratch/\${name}"
  }
}

recipe small extends base { remove schedule
  run { valid_splits = [val, test] }
}

recipe mine extends base {
  remove dataset emoji_caption
  dataset jokes from jsonl {
    columns { image = "file", caption = "joke" }
    images = root / "jokes"
    annotations { train = "t.jsonl", val = "v.jsonl", test = "v.jsonl" }
  }
}
`;

/** The texts that mutations start from. */
export function corpus(): readonly string[] {
  const files = readdirSync(recipes, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".lavis"))
    .sort();
  const written = files.map((name) => readFileSync(join(recipes, name), "utf8"));
  return [everything, wholeRecipe, commentedRecipe, brokenRecipe, ...written];
}
