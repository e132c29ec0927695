import { block, listOf, path, secret, string, url } from "../../card.ts";

const urlDoc = "Where to download the file from, if it is not there.";
const md5Doc = "MD5 of the file, checked after a download.";

/** One annotation file of a dataset. */
export interface Annotations {
  readonly url: string | null;
  readonly md5: string | null;
  readonly storage: string;
}

/** What opens the downloads of a dataset. */
export const token = secret({
  doc: 'A secret that the servers of the files want to be shown: `secret hub = env("HUB_TOKEN")`, `token = hub`.',
  nullable: true,
  default: { value: null },
});

/** The annotation file of a split. */
export const annotationFile = block(
  {
    url: url({ doc: urlDoc, nullable: true, default: { value: null } }),
    md5: string({ doc: md5Doc, nullable: true, default: { value: null } }),
    storage: path({ doc: "Where the file is." }),
  },
  { doc: "The annotation file of a split.", shorthand: "storage" },
);

/** The annotation files of a split, in LAVIS's order: annotations first, then lists of answers and ground truth. */
export interface AnnotationFiles {
  readonly url: readonly string[] | null;
  readonly md5: readonly string[] | null;
  readonly storage: readonly string[];
}

export const annotationFiles = block(
  {
    url: listOf(url({ doc: urlDoc }), {
      doc: "Where to download each file from, in the order of `storage`, if it is not there.",
      single: true,
      nullable: true,
      default: { value: null },
    }),
    md5: listOf(string({ doc: md5Doc }), {
      doc: "MD5 of each file, in the order of `storage`, checked after a download.",
      single: true,
      nullable: true,
      default: { value: null },
    }),
    storage: listOf(path({ doc: "A file." }), {
      doc: "Where the files are: the annotations, then what belongs to them (answers to choose from, ground truth).",
      single: true,
    }),
  },
  { doc: "The annotation files of a split.", shorthand: "storage" },
);

/** Files below the data cache with where they come from: `[storage, url]` each; a url of none must be put in place. */
export function files(...pairs: readonly (readonly [storage: string, url?: string])[]): AnnotationFiles {
  const urls = pairs.flatMap(([, url]) => url ?? []);
  return {
    url: urls.length === pairs.length ? urls : null,
    md5: null,
    storage: pairs.map(([storage]) => `cache:data/${storage}`),
  };
}

/** Where LAVIS publishes annotations: its own, those beside its first release, and those of X-InstructBLIP. */
export const lavisData = (file: string) =>
  `https://storage.googleapis.com/sfr-vision-language-research/LAVIS/datasets/${file}`;
export const researchData = (file: string) =>
  `https://storage.googleapis.com/sfr-vision-language-research/datasets/${file}`;
export const xinstructData = (file: string) =>
  `https://storage.googleapis.com/sfr-xinstructblip-data-research/data/${file}`;
