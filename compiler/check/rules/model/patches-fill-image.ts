import type { PartialRecipe } from "../../../resolve/resolved.ts";
import { type Found, find, numberOf, type Rule } from "../../rule.ts";

/** LV3011: the image is cut into whole patches, of the size that an option or the model's card gives. */
export const patchesFillImage: Rule = ({ model }, report) => {
  for (const { image, patch } of imagesOf(model)) {
    const size = numberOf(image);
    const side = numberOf(patch) ?? model?.card.patchSize;
    if (!image || size === undefined || side === undefined || size % side === 0) continue;
    const below = Math.floor(size / side) * side;
    const near = [below, below + side].filter((one) => one > 0).map((one) => `${one}px`);
    const notes = [`Near it: ${near.join(", ")}.`];
    report("LV3011", { size, patch: side }, patch ? [image, patch] : [image], { notes });
  }
};

interface Image {
  readonly image: Found | undefined;
  readonly patch: Found | undefined;
}

/** The image sizes of a model: its own, and those of its encoders that have a block of options. */
function imagesOf(model: PartialRecipe["model"]): readonly Image[] {
  const blocks = [...(model?.options ?? [])].flatMap(([key, value]) => (value.kind === "block" ? [key] : []));
  return [[], ...blocks.map((key) => [key])].map((path) => ({
    image: find(model, ...path, "image_size"),
    patch: find(model, ...path, "patch_size"),
  }));
}
