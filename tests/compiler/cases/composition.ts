import { recipe } from "../marked.ts";
import type { Case } from "./case.ts";

/** LV20xx: what fragments, bases and removals make a recipe of. */
export const compositionCases: readonly Case[] = [
  {
    code: "LV2015",
    title: "a fragment that there is not",
    source: recipe({
      head: "fragment images for dataset { }",
      dataset: "dataset emoji_caption { use «image» }",
    }),
    message: "there is no fragment `image`",
    fixed: "use images",
  },
  {
    code: "LV2016",
    title: "a fragment for another kind of section",
    source: recipe({
      head: "fragment fast for run { seed = 1 }",
      dataset: "dataset emoji_caption { use «fast» }",
    }),
    message: "fragment `fast` is for `run`, not for `dataset`",
    label: "declared for this",
  },
  {
    code: "LV2017",
    title: "fragments that use each other",
    source: recipe({
      head: "fragment a for run { use b }\nfragment b for run { use «a» }",
      run: "run { device = cpu, use a }",
    }),
    message: "these fragments use each other: a → b → a",
  },
  {
    code: "LV2017",
    title: "fragments that use each other, which nothing else uses",
    source: recipe({
      head: "fragment a for dataset { build_info { use b } }\nfragment b for build_info { use c }\nfragment c for build_info { use «b» }",
    }),
    message: "these fragments use each other: b → c → b",
  },
  {
    code: "LV2015",
    title: "a fragment that there is not, in one that nothing uses",
    source: recipe({ head: "fragment f for run { use «g» }" }),
    message: "there is no fragment `g`",
  },
  {
    code: "LV2016",
    title: "a fragment for another kind of section, in one that nothing uses",
    source: recipe({ head: "fragment f for task { }\nfragment g for run { use «f» }" }),
    message: "fragment `f` is for `task`, not for `run`",
  },
  {
    code: "LV2009",
    title: "a key that no component has, in a fragment that nothing uses",
    source: recipe({ head: "fragment f for run { seed = 1, «batch_size_trian» = 8 }" }),
    message: "`batch_size_trian` is not an option of anything that `f` can be used in",
    note: "Did you mean `batch_size_train`?",
    fixed: "batch_size_train = 8",
  },
  {
    code: "LV2009",
    title: "a slip in a block of a fragment that nothing uses, whose component may be anybody's",
    source: recipe({
      head: 'fragment f for dataset { mine = 1, columns { image = "f" }, vis_processor { «evel» = blip_image_eval } }',
    }),
    message: "`evel` is not an option of anything that `f` can be used in",
    fixed: "eval = blip_image_eval",
  },
  {
    code: "LV2006",
    title: "a fragment for a kind that there is not",
    source: recipe({ head: "fragment f for «vis_procesor» { train = blip_image_train }" }),
    message: "`vis_procesor` is no section of a recipe",
    note: "Did you mean `vis_processor`?",
    fixed: "fragment f for vis_processor {",
  },
  {
    code: "LV2018",
    title: "a base that there is not",
    source: `recipe base { task captioning }\nrecipe r extends «bass» { task captioning  model blip_caption.tiny  dataset emoji_caption  run { device = cpu } }\nrecipe s extends base { model blip_caption.tiny  dataset emoji_caption }\n`,
    message: "there is no recipe `bass` to extend",
    fixed: "extends base {",
  },
  {
    code: "LV2019",
    title: "recipes that extend each other",
    source: "recipe a extends b { }\nrecipe b extends «a» { }\n",
    message: "these recipes extend each other: a → b → a",
  },
  {
    code: "LV2020",
    title: "a removal of what is not there",
    source: recipe({ more: "«remove dataset coco_caption»" }),
    message: "there is no `dataset coco_caption` to remove here",
  },
  {
    code: "LV2020",
    title: "a removal of a dataset without its name",
    source: `recipe a {\n  dataset coco_caption\n  dataset emoji_caption\n}\n${recipe({ more: "«remove dataset»" }).replace("recipe r", "recipe r extends a")}`,
    message: "there is no `dataset` to remove here",
    note: "Say which: `dataset coco_caption` or `dataset emoji_caption`.",
  },
];
