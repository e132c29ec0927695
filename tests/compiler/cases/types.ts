import { recipe } from "../marked.ts";
import type { Case } from "./case.ts";

const run = (entry: string) => recipe({ run: `run { device = cpu, ${entry} }` });

/** LV21xx: types and units. */
export const typeCases: readonly Case[] = [
  {
    code: "LV2101",
    title: "a string for a count",
    source: run('seed = «"42"»'),
    message: '`seed` must be an integer from 0 on, not the string "42"',
  },
  {
    code: "LV2101",
    title: "a fraction for a count",
    source: run("seed = «1.5»"),
    message: "`seed` must be an integer from 0 on, not 1.5",
  },
  {
    code: "LV2101",
    title: "a bare name for a path",
    source: run("output_dir = «output»"),
    message: "`output_dir` must be a path in quotes, not the name `output`",
    fixed: 'output_dir = "output"',
  },
  {
    code: "LV2101",
    title: "a number for a flag",
    source: run("save_last = «1»"),
    message: "`save_last` must be true or false, not 1",
  },
  {
    code: "LV2101",
    title: "one split instead of a list",
    source: run("valid_splits = «val»"),
    message: "`valid_splits` must be a list in brackets, not a single value",
    fixed: "valid_splits = [val]",
  },
  {
    code: "LV2101",
    title: "a string in a list of numbers",
    source: recipe({
      dataset: 'dataset emoji_caption { vis_processor { eval = blip_image_eval(mean = [0.5, «"x"», 0.5]) } }',
    }),
    message: 'each of `mean` must be a number, not the string "x"',
  },
  {
    code: "LV2101",
    title: "a processor in quotes",
    source: recipe({ dataset: 'dataset emoji_caption { vis_processor { train = «"blip_image_train"» } }' }),
    message: '`train` must be a vis_processor, not the string "blip_image_train"',
    fixed: "train = blip_image_train }",
  },
  {
    code: "LV2101",
    title: "a string parameter for a choice",
    source: recipe({ head: 'param where: string = "cpu"', run: "run { device = «where» }" }),
    message: '`device` must be `cuda` or `cpu`, not the string "cpu"',
    note: "Declare it with the names that it can be: `cuda | cpu`.",
    label: "its value comes from here",
  },
  {
    code: "LV2101",
    title: "a number parameter that may have a fraction for a count",
    source: recipe({ head: "param n: number = 4", run: "run { device = cpu, seed = «n» }" }),
    message: "`seed` must be an integer from 0 on, not a number that may have a fraction",
  },
  {
    code: "LV2101",
    title: "a parameter's default of another type",
    source: recipe({ head: 'param n: count = «"four"»' }),
    message: 'the default of `n` must be an integer from 0 on, not the string "four"',
  },
  {
    code: "LV2101",
    title: "a URL without a scheme",
    source: recipe({
      dataset:
        'dataset emoji_caption { build_info { annotations { train { url = «"example.org/a.json"», storage = "a.json" } } } }',
    }),
    message: '`url` must be a URL in quotes, not the string "example.org/a.json"',
  },
  {
    code: "LV2102",
    title: "tokens for pixels",
    source: recipe({ model: "model blip_caption.tiny { image_size = «64tokens» }" }),
    message: "`image_size` is measured in pixels, not in tokens",
  },
  {
    code: "LV2102",
    title: "epochs for steps",
    source: recipe({ schedule: "schedule { warmup_steps = «1epochs» }" }),
    message: "`warmup_steps` is measured in steps, not in epochs",
  },
  {
    code: "LV2101",
    title: "a unit for a plain number",
    source: run("seed = «3steps»"),
    message: "`seed` must be an integer from 0 on, without a unit, not 3 steps",
  },
  {
    code: "LV2103",
    title: "a unit that there is not",
    source: recipe({ schedule: "schedule { max_epoch = 6«epoch» }" }),
    message: "there is no unit `epoch`",
    fixed: "6epochs",
  },
  {
    code: "LV2104",
    title: "pixels plus tokens",
    source: recipe({ model: "model blip_caption.tiny { image_size = «384px + 2tokens» }" }),
    message: "cannot add 384 pixels and 2 tokens",
  },
  {
    code: "LV2104",
    title: "pixels times pixels",
    source: recipe({ model: "model blip_caption.tiny { image_size = «8px * 8px» }" }),
    message: "cannot multiply 8 pixels and 8 pixels",
  },
  {
    code: "LV2105",
    title: "a batch of none",
    source: run("batch_size_train = «0»"),
    message: "`batch_size_train` must be at least 1, not 0",
  },
  {
    code: "LV2105",
    title: "a negative count",
    source: run("save_freq = «-1»"),
    message: "`save_freq` must be at least 0, not -1",
  },
  {
    code: "LV2105",
    title: "a ratio above 1",
    source: recipe({
      dataset: "dataset emoji_caption { vis_processor { train = blip_image_train(max_scale = «150%») } }",
    }),
    message: "`max_scale` must be above 0 and at most 1, not 1.5",
  },
  {
    code: "LV2105",
    title: "a learning rate of zero",
    source: recipe({ schedule: "schedule { init_lr = «0» }" }),
    message: "`init_lr` must be above 0, not 0",
  },
  {
    code: "LV2106",
    title: "a device that there is not",
    source: recipe({ run: "run { device = «gpu» }" }),
    message: "there is no device `gpu` for `device`",
    note: "Did you mean `cuda`?",
    fixed: "device = cuda",
  },
  {
    code: "LV2106",
    title: "a metric that the task does not produce",
    source: recipe({ task: "task captioning { select = «METEOR» }" }),
    message: "there is no metric `METEOR` for `select`",
    note: "It takes `agg_metrics`, `Bleu_1`, `Bleu_2`, `Bleu_3`, `Bleu_4`, `ROUGE_L` or `CIDEr`.",
  },
  {
    code: "LV2106",
    title: "a metric in another case",
    source: recipe({ task: "task captioning { select = «Cider» }" }),
    message: "there is no metric `Cider` for `select`",
    fixed: "select = CIDEr",
  },
  {
    code: "LV2106",
    title: "a union parameter with a member too many",
    source: recipe({ head: "param where: cpu | tpu = cpu", run: "run { device = «where» }" }),
    message: "there is no device `tpu` for `device`",
  },
  {
    code: "LV2107",
    title: "none for what cannot be off",
    source: run("seed = «none»"),
    message: "`seed` cannot be none",
  },
  {
    code: "LV2107",
    title: "a parameter that may be none for what cannot be off",
    source: recipe({ head: "param s: count? = 3", run: "run { device = cpu, seed = «s» }" }),
    message: "`seed` cannot be none",
    note: "The parameter's type ends in `?`, so that it may be none.",
  },
  {
    code: "LV2108",
    title: "a string minus a number",
    source: run('output_dir = «"a" - 1»'),
    message: 'cannot subtract the string "a" and 1',
  },
  {
    code: "LV2109",
    title: "a division by zero",
    source: run("seed = «1 / 0»"),
    message: "this is not a finite number",
  },
  {
    code: "LV2110",
    title: "a type that there is not",
    source: recipe({ head: "param n: «integer» = 3" }),
    message: "there is no type `integer` for a parameter",
  },
  {
    code: "LV2110",
    title: "a union of a type and a literal",
    source: recipe({ head: 'param n: «count | "auto"» = 3' }),
    message: "there is no type `count | auto` for a parameter",
  },
  {
    code: "LV2111",
    title: "an argument without a name",
    source: recipe({ dataset: "dataset emoji_caption { vis_processor { eval = blip_image_eval(«64px») } }" }),
    message: "arguments of `blip_image_eval` need a name: `image_size = 384px`",
  },
  {
    code: "LV2111",
    title: "a secret that is written down",
    source: recipe({ head: 'secret token = «"abc"»' }),
    message: 'a secret is read from the environment: `secret token = env("VARIABLE")`',
  },
  {
    code: "LV2111",
    title: "a secret with a default",
    source: recipe({ head: 'secret token = «env("TOKEN", "abc")»' }),
    message: "a secret has no default: it would be written into the program",
  },
  {
    code: "LV2111",
    title: "env without a name",
    source: recipe({ head: "param p: string = «env()»" }),
    message: '`env` takes the name of a variable and perhaps a default: `env("NAME", "default")`',
  },
  {
    code: "LV2112",
    title: "a list in a string",
    source: run('output_dir = "out/«$' + '{[1]}»"'),
    message: "a list of one value cannot stand in a string",
  },
];
