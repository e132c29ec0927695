import { defineMessages } from "../../../grammar/index.ts";

/** LV305x: what the cards of a recipe's components say of each other and of the runtime. */
export const catalogueMessages = defineMessages({
  LV3050: {
    slug: "not-implemented",
    severity: "error",
    message: "the runtime has no {kind} `{name}` yet",
    help: "The recipe can be checked, explained and completed, but not built.",
    explanation:
      "The catalogue knows everything that LAVIS registers, with its options and defaults, so that recipes can be " +
      "imported and checked as a whole. This version of the runtime implements a part of it. There is one such error " +
      "for each component that is missing; where it is the only kind of error, the recipe is right and will build " +
      "with a version that has the component.",
  },
  LV3051: {
    slug: "queue-multiple",
    severity: "error",
    message: "queue_size ({queue}) is not a multiple of the global batch ({global} samples)",
    explanation:
      "Each step puts the features of its whole batch, that of all processes, into the queue of negatives in place of the " +
      "oldest. The global batch is `batch_size_train` times `world_size`. LAVIS finds this at the first step.",
  },
  LV3052: {
    slug: "too-few-candidates",
    severity: "error",
    message: "k_test ({wanted}) exceeds the {found} candidates of split `{split}` of dataset `{dataset}`",
    explanation:
      "Retrieval compares each image with all texts, and ranks the k_test nearest again with the slower model. A split has " +
      "no more candidates than images (for a text) or texts (for an image). LAVIS stops at the end of the first epoch.",
  },
  LV3053: {
    slug: "processor-of-another-medium",
    severity: "error",
    message: "`{processor}` prepares {prepares}, but the samples of dataset `{dataset}` have {field}",
    help: "Name a processor of that medium in the dataset's section.",
    explanation:
      "Each processor prepares one medium: images, videos, sounds, clouds of points, or texts. A processor that the model's " +
      "card gives by default is for the medium that its own training used.",
  },
  LV3070: {
    slug: "no-references",
    severity: "error",
    message: "dataset `{dataset}` has no captions, which `report_metric` scores against",
    explanation:
      "Generated captions are scored against what people wrote of the same images. Data whose `caption` column is none has " +
      "images only: captions of them can be written down (`report_metric = false`), but scored only against a file that has " +
      "references (`annotation_file`).",
  },
  LV3071: {
    slug: "field-not-further",
    severity: "error",
    message: "`{field}` cannot stand in `fields`: {why}",
    explanation:
      "`fields` names what samples carry beside what `columns` names, and hands it to model and task as it is, under " +
      "`batch.fields`. Images, texts and ids have places of their own there, and loaders prepare them.",
  },
  LV3073: {
    slug: "secret-over-http",
    severity: "error",
    message: "`{secret}` would be sent to {host} over plain http",
    help: "Write `https://`, or leave `{secret}` out where the server asks for none.",
    explanation:
      "What goes over http can be read by everybody on the way, so programs send secrets over https alone, or to this " +
      "machine itself. The download would fail when the run starts.",
  },
  LV3072: {
    slug: "field-not-read",
    severity: "error",
    message: "nothing reads the field `{field}` of dataset `{dataset}`",
    help: "Remove it, or write it behind `@reads` of your own model or task that reads it.",
    explanation:
      "The fields of data of your own are there for the model and the task. Where both say what they read, and neither " +
      "reads a field, it is left over or misspelled.",
  },
});
