import { find, trains } from "../../../check/rule.ts";
import { formatBytes, isUnknown, memoryOf, runFigures, sizeOf } from "../../../plan/index.ts";
import { recipeRule } from "../../rule.ts";

export const memoryAboveDevice = recipeRule(
  {
    code: "LV4019",
    slug: "memory-above-device",
    message: "training needs about {needed} of memory, but the device has {there}",
    help: "Lower `batch_size_train` and raise `accum_grad_iters` by as much; or recompute with `vit_grad_ckpt`, or train with `amp`.",
    explanation:
      "The project's lavisc.json says how much memory the device has (`deviceMemory`), and `lavisc plan` estimates from " +
      "the model's options, the batch and the engine how much a training step takes at its peak. A run that needs more " +
      "ends at its first step, often after hours in a queue. The rule says nothing of models whose size is not known, " +
      "and of recipes whose values only the run knows.",
    example: {
      invalid:
        "recipe caption {\n  task captioning\n\n  model blip_caption.base_coco\n\n  dataset coco_caption\n\n  run { batch_size_train = 64 }\n}\n",
      valid:
        "recipe caption {\n  task captioning\n\n  model blip_caption.base_coco\n\n  dataset coco_caption\n\n  run {\n    batch_size_train = 16\n    accum_grad_iters = 4\n  }\n}\n",
      given: { needed: "34.0 GB", there: "16.0 GB" },
      configuration: { deviceMemory: "16GB" },
    },
  },
  (recipe, report, { deviceMemory }) => {
    if (deviceMemory === undefined || trains(recipe) !== true) return;
    const size = sizeOf(recipe, () => undefined);
    if (isUnknown(size)) return;
    const memory = memoryOf(size, runFigures(recipe));
    if (isUnknown(memory) || memory.total <= deviceMemory) return;
    const batch = find(recipe.run, "batch_size_train");
    if (batch) report({ needed: formatBytes(memory.total), there: formatBytes(deviceMemory) }, [batch]);
  },
);
