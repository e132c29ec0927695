/**
 * What LAVIS's default configurations give datasets where the cards here differ: they evaluate without augmentation,
 * and word instructions for the medium that the dataset has. A converted recipe states LAVIS's value.
 */

import type { Card } from "../../../runtime/card.ts";
import { noTrivia, type YamlEntry, type YamlMap, type YamlNode } from "../yaml/tree.ts";

interface Difference {
  /** `vis_processor`, `eval`, `name`. */
  readonly path: readonly [string, string, string];
  readonly value: string;
  readonly why: string;
}

const augments: Difference = {
  path: ["vis_processor", "eval", "name"],
  value: "clip_image_train",
  why: "LAVIS augments this dataset's images in evaluation too",
};
const asImages: Difference = {
  path: ["text_processor", "train", "modality"],
  value: "image",
  why: "LAVIS words the instructions of this dataset's videos as about images",
};

const differences: Readonly<Record<string, Difference>> = {
  coin_caption_instruct: asImages,
  objaverse_mm_caption: augments,
  objaverse_mm_caption_instruct: augments,
  objaverse_mm_qa: augments,
  shapenet_mm_caption: augments,
  shapenet_mm_caption_instruct: augments,
  valor_mm_caption_instruct: asImages,
  vlep_caption_instruct: asImages,
};

/** A dataset's values, with those that only LAVIS's default configuration of it has. */
export function withLavisDefaults(values: YamlMap, { name }: Card, place: YamlEntry): YamlMap {
  const difference = Object.hasOwn(differences, name) ? differences[name] : undefined;
  return difference ? merged(values, difference.path, difference, place) : values;
}

/** The mapping with an entry at a path, unless something else than mappings stands on the way, or the entry does. */
function merged(
  values: YamlMap,
  [key, ...rest]: readonly string[],
  difference: Difference,
  place: YamlEntry,
): YamlMap {
  if (key === undefined) return values;
  const { keySpan: span } = place;
  const own = values.entries.find((entry) => entry.key === key);
  if (own) {
    if (own.value.kind !== "map") return values;
    const value = merged(own.value, rest, difference, place);
    return {
      ...values,
      entries: values.entries.map((entry) => (entry === own ? { ...own, value } : entry)),
    };
  }
  const empty: YamlMap = { kind: "map", entries: [], span };
  const scalar: YamlNode = { kind: "scalar", value: difference.value, text: difference.value, span };
  const value = rest.length > 0 ? merged(empty, rest, { ...difference, why: "" }, place) : scalar;
  const leading = difference.why === "" ? [] : [{ text: ` ${difference.why}`, isApart: false, offset: 0 }];
  const entry: YamlEntry = { key, keySpan: span, value, trivia: { ...noTrivia(), leading }, span };
  return { ...values, entries: [...values.entries, entry] };
}
