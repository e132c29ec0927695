import { files, researchData, xinstructData } from "./annotations.card.ts";

const karpathy = (split: string, md5: string) => ({
  ...files([`coco/annotations/coco_karpathy_${split}.json`, researchData(`coco_karpathy_${split}.json`)]),
  md5: [md5],
});

/** Karpathy's split of MS-COCO. */
export const cocoCaptions = {
  train: karpathy("train", "aa31ac474cf6250ebb81d18348a07ed8"),
  val: karpathy("val", "b273847456ef5580e33713b1f7de52a0"),
  test: karpathy("test", "3ff34b0ef2db02d01c37399f6a2a6cd1"),
};

/** Its captions (Karpathy and Fei-Fei 2015; LAVIS's files have a row for each in `train`). */
export const cocoCaptionSamples = { train: 566_747, val: 25_010, test: 25_010 };

const flickr = (split: string) =>
  files([`flickr30k/annotations/${split}.json`, researchData(`flickr30k_${split}.json`)]);

/** Karpathy's split of Flickr30k. */
export const flickrCaptions = { train: flickr("train"), val: flickr("val"), test: flickr("test") };

/** Its captions: five of each of 29,000, 1,014 and 1,000 images (Karpathy and Fei-Fei 2015). */
export const flickrCaptionSamples = { train: 145_000, val: 5070, test: 5000 };

const vsr = (file: string) => files([`vsr/annotations/${file}.jsonl`, xinstructData(`vsr/${file}.jsonl`)]);

/** Visual Spatial Reasoning, of which LAVIS makes captions and classes. */
export const vsrFiles = { train: vsr("train"), val: vsr("dev"), test: vsr("test") };
