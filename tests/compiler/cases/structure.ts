import { recipe } from "../marked.ts";
import type { Case } from "./case.ts";

/** LV20xx: what stands where. */
export const structureCases: readonly Case[] = [
  {
    code: "LV2034",
    title: "a parameter with the name of a flag",
    source: recipe({ head: "param «resume»: bool = false" }),
    message: "a parameter cannot be called `resume`: every program has a flag `--resume`",
  },
  {
    code: "LV2034",
    title: "a parameter with the name of the flag for help, and its use",
    source: recipe({ head: "param «help»: count = 1", run: "run { device = cpu, seed = help }" }),
    message: "a parameter cannot be called `help`: every program has a flag `--help`",
  },
  {
    code: "LV2034",
    title: "a parameter with the name of a flag of several words",
    source: recipe({ head: "param «max_restarts»: count = 1" }),
    message: "a parameter cannot be called `max_restarts`: every program has a flag `--max-restarts`",
  },
  {
    code: "LV2035",
    title: "sections inside of a section",
    source: recipe({
      dataset: "dataset emoji_caption {\n    «schedule» { init_lr = 1e-4 }\n    run { device = cpu }\n  }",
      run: "",
    }),
    message: "`schedule` stands inside of `dataset`, but is a section of the recipe",
    note: "Close the braces of `dataset` before it: a `}` may be missing.",
  },
  {
    code: "LV2011",
    title: "LAVIS's lr_sched, where there is a schedule",
    source: recipe({
      schedule: "schedule linear_warmup_step_lr { max_epoch = 2 }",
      run: 'run { device = cpu, «lr_sched» = "constant_lr" }',
    }),
    message: "`lr_sched` is written as the name behind `schedule`: `schedule linear_warmup_cosine_lr { … }`",
    fixed: "schedule constant_lr { max_epoch = 2 }",
  },
  {
    code: "LV2011",
    title: "LAVIS's lr_sched, where there is no schedule",
    source: recipe({ run: "run { «lr_sched» = constant_lr, device = cpu }" }),
    message: "`lr_sched` is written as the name behind `schedule`: `schedule linear_warmup_cosine_lr { … }`",
    fixed: "  schedule constant_lr\n  run { device = cpu }",
  },
];
