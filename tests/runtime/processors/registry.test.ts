import { describe, expect, it } from "vitest";
import { UserError } from "../../../runtime/errors.ts";
import { keyedRandom } from "../../../runtime/processors/random.ts";
import { openTextProcessor, openVisionProcessor } from "../../../runtime/processors/registry.ts";

const grey = { width: 20, height: 10, data: new Uint8Array(600).fill(128) };

describe("processors by name", () => {
  it.each(["blip_image_train", "blip_image_eval"])(
    "%s is built of plain options, with its defaults",
    async (name) => {
      const process = await openVisionProcessor({ name, options: { image_size: 16 } });
      expect(process(grey, keyedRandom(1))).toHaveLength(3 * 16 * 16);
    },
  );

  it("are suggested where the name is misspelt, and listed where nothing is near", async () => {
    const misspelt = openVisionProcessor({ name: "blip_image_evla", options: {} });
    await expect(misspelt).rejects.toMatchObject({ hint: "Did you mean blip_image_eval?" });
    // A name of another kind is none of this one.
    const other = openTextProcessor({ name: "blip_image_eval", options: {} });
    await expect(other).rejects.toMatchObject({ hint: "There are blip_caption." });
    await expect(openTextProcessor({ name: "toString", options: {} })).rejects.toThrow(UserError);
  });

  it.each([
    ["an unknown option", { image_size: 16, size: 3 }, /no option size/],
    ["a missing one", {}, /image_size must be given/],
    ["one out of range", { image_size: 0 }, /image_size is 0/],
    ["a mean of the wrong length", { image_size: 16, mean: [0.5] }, /mean has 1 numbers/],
    ["a deviation of zero", { image_size: 16, std: [1, 0, 1] }, /std is \[1, 0, 1\]/],
    ["scales in the wrong order", { image_size: 16, min_scale: 0.9, max_scale: 0.2 }, /above max_scale/],
  ])("refuse %s", async (_, options, message) => {
    const error = await openVisionProcessor({ name: "blip_image_train", options }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
  });
});
