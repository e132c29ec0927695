import { block, component, mapOf, number, oneOf, path, string, url } from "../card.ts";

/** One annotation file of a dataset. */
export interface Annotations {
  readonly url: string | null;
  readonly md5: string | null;
  readonly storage: string;
}

const processor = <K extends "vis_processor" | "text_processor">(kind: K, what: string) =>
  block(
    {
      train: component(kind, {
        doc: `Prepares ${what} for training.`,
        nullable: true,
        default: { value: null },
      }),
      eval: component(kind, {
        doc: `Prepares ${what} for validation and test.`,
        nullable: true,
        default: { value: null },
      }),
    },
    { doc: `How ${what} become the model's input.` },
  );

const annotations = block(
  {
    url: url({
      doc: "Where to download the file from, if it is not there.",
      nullable: true,
      default: { value: null },
    }),
    md5: string({
      doc: "MD5 of the file, checked after a download.",
      nullable: true,
      default: { value: null },
    }),
    storage: path({ doc: "Where the file is." }),
  },
  { doc: "The annotation file of a split.", shorthand: "storage" },
);

/** The options of a dataset of images with texts, given where its files are by default. */
export function imageTextOptions(files: {
  readonly images: string;
  readonly annotations: Readonly<Record<string, Annotations>>;
}) {
  return {
    data_type: oneOf(["images"], {
      doc: "What the samples show.",
      default: { value: "images" },
    }),
    vis_processor: processor("vis_processor", "images"),
    text_processor: processor("text_processor", "texts"),
    build_info: block(
      {
        images: path({
          doc: "Folder that the images' names in the annotations are relative to.",
          default: { value: files.images },
        }),
        annotations: mapOf(annotations, {
          doc: "The annotation file of each split, by the split's name.",
          default: { value: files.annotations },
        }),
      },
      { doc: "Where the dataset's files are." },
    ),
    ratio: number({
      doc: "Share of this dataset in training batches where a recipe has several datasets.",
      range: { above: 0 },
      nullable: true,
      default: { value: null },
      only: { value: null, because: "datasets are mixed in proportion to their size in this version" },
    }),
  } as const;
}
