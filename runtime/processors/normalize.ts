import { UserError } from "../errors.ts";
import type { Image } from "./image.ts";

/**
 * Makes the last step of image processors: bytes to 0..1, less `mean`, by `std` (a number each for red, green,
 * blue), channels first: float32 [3, height, width]. Every step rounds to float32, as torchvision's ToTensor
 * and Normalize do. @throws UserError when `mean` or `std` are not three numbers, or a `std` is 0.
 */
export function normalizer(mean: readonly number[], std: readonly number[]): (image: Image) => Float32Array {
  for (const [name, numbers] of Object.entries({ mean, std }))
    if (numbers.length !== 3)
      throw new UserError(
        `${name} has ${numbers.length} numbers: [${numbers.join(", ")}]`,
        "Give three: for red, green, and blue.",
      );
  if (std.includes(0))
    throw new UserError(`std is [${std.join(", ")}]`, "It divides, so it cannot have a 0.");
  const tables = mean.map((shift, channel) =>
    Float32Array.from(
      { length: 256 },
      (_, value) => Math.fround(Math.fround(value / 255) - Math.fround(shift)) / Math.fround(std[channel]!),
    ),
  );
  return ({ width, height, data }) => {
    const pixels = width * height;
    const out = new Float32Array(3 * pixels);
    for (const [channel, table] of tables.entries()) {
      const start = channel * pixels;
      for (let pixel = 0; pixel < pixels; pixel++) out[start + pixel] = table[data[pixel * 3 + channel]!]!;
    }
    return out;
  };
}
