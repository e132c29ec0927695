import { workerEntry } from "../../../runtime/worker-entry.ts";

const runtime = workerEntry(new URL("../../../runtime/index.ts", import.meta.url)).href;

/** Options of a section as a program gives them. */
export type Options = Readonly<Record<string, unknown>>;

/** What a captioning program trains on and with. */
export interface ProgramParts {
  /** JavaScript that runs first. */
  readonly before?: string;
  readonly task?: Options;
  /** Of `blip_caption.tiny`. */
  readonly model: Options;
  readonly images: string;
  /** The file of each split. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Makes as many datasets of the pictures, which are mixed by these ratios. */
  readonly ratios?: readonly number[];
  /** Of `constant_lr`. */
  readonly schedule: Options;
  readonly run: Options;
}

/** The text of a program as the compiler emits them, in JavaScript: BLIP learns captions of pictures in a folder. */
export function programText({ before = "", task = {}, model, schedule, run, ...data }: ProgramParts): string {
  const annotations = Object.fromEntries(
    Object.entries(data.annotations).map(([split, storage]) => [split, { url: null, md5: null, storage }]),
  );
  const datasets = (data.ratios ?? [null]).map(
    (ratio, at) => `lavis.coco_caption("pictures${at === 0 ? "" : at + 1}", {
        vis_processor: { train: lavis.blip_image_train({}), eval: lavis.blip_image_eval({}) },
        text_processor: { train: lavis.blip_caption_text({}), eval: lavis.blip_caption_text({}) },
        build_info: ${JSON.stringify({ images: data.images, annotations })},
        ratio: ${ratio},
      }),`,
  );
  return `import * as lavis from ${JSON.stringify(runtime)};
${before}
await lavis.launch(
  {
    name: "tiny",
    task: lavis.captioning(${JSON.stringify(task)}),
    model: lavis.blip_caption("tiny", ${JSON.stringify(model)}),
    datasets: [
      ${datasets.join("\n      ")}
    ],
    schedule: lavis.constant_lr(${JSON.stringify(schedule)}),
    optimizer: lavis.adamw({}),
    run: ${JSON.stringify(run)},
  },
  import.meta.url,
);
`;
}
