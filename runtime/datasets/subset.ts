import type { Dataset, ImageId } from "./dataset.ts";

/** The samples of a dataset that show one of the images, in the dataset's order; `ids` are compared as texts. */
export function ofImages(dataset: Dataset, ids: readonly string[]): Dataset {
  const wanted = new Set(ids);
  const indices = Array.from({ length: dataset.length }, (_, index) => index).filter((index) =>
    wanted.has(String(dataset.row(index).image_id)),
  );
  const indexOf = (place: number): number => {
    const index = indices[place];
    if (index === undefined)
      throw new RangeError(`sample ${place} of ${indices.length} chosen in ${dataset.name}`);
    return index;
  };
  const references = dataset.references?.bind(dataset);
  return {
    name: dataset.name,
    split: dataset.split,
    length: indices.length,
    row: (place) => dataset.row(indexOf(place)),
    origin: (place) => dataset.origin(indexOf(place)),
    ...(references && {
      references: () =>
        new Map<ImageId, readonly string[]>([...references()].filter(([id]) => wanted.has(String(id)))),
    }),
  };
}
