import { find, numberOf, type Rule } from "../../rule.ts";

/** LV3011: the image is cut into whole patches. */
export const patchesFillImage: Rule = ({ model }, report) => {
  const image = find(model, "image_size");
  const patch = find(model, "patch_size");
  const [size, side] = [numberOf(image), numberOf(patch)];
  if (!image || !patch || size === undefined || side === undefined || size % side === 0) return;
  const below = Math.floor(size / side) * side;
  const near = [below, below + side].filter((one) => one > 0).map((one) => `${one}px`);
  report("LV3011", { size, patch: side }, [image, patch], { notes: [`Near it: ${near.join(", ")}.`] });
};
