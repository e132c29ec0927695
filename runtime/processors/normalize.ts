import { UserError } from "../errors.ts";
import type { Image } from "./image.ts";

/**
 * Makes the last step of image processors: bytes to 0..1, less `mean`, by `std` (a number each for red, green,
 * blue), channels first: float32 [3, height, width]. Every step rounds to float32, as torchvision's ToTensor
 * and Normalize do. The step writes to `out`, a new array if not given, and throws RangeError when it is not as
 * long as the result. @throws UserError when `mean` or `std` are not three numbers, or a `std` is 0.
 */
export function normalizer(
  mean: readonly number[],
  std: readonly number[],
): (image: Image, out?: Float32Array) => Float32Array {
  for (const [name, numbers] of Object.entries({ mean, std }))
    if (numbers.length !== 3)
      throw new UserError(
        `${name} has ${numbers.length} numbers: [${numbers.join(", ")}]`,
        "Give three: for red, green, and blue.",
      );
  if (std.includes(0))
    throw new UserError(`std is [${std.join(", ")}]`, "It divides, so it cannot have a 0.");
  const [red, green, blue] = [0, 1, 2].map((channel) => {
    const shift = Math.fround(mean[channel]!);
    const scale = Math.fround(std[channel]!);
    return Float32Array.from(
      { length: 256 },
      (_, value) => Math.fround(Math.fround(value / 255) - shift) / scale,
    );
  }) as [Float32Array, Float32Array, Float32Array];
  return ({ width, height, data }, out = new Float32Array(3 * width * height)) => {
    const pixels = width * height;
    if (out.length !== 3 * pixels)
      throw new RangeError(`normalize: ${width}×${height} pixels do not fill ${out.length} numbers`);
    for (let pixel = 0, at = 0; pixel < pixels; pixel++, at += 3) {
      out[pixel] = red[data[at]!]!;
      out[pixels + pixel] = green[data[at + 1]!]!;
      out[2 * pixels + pixel] = blue[data[at + 2]!]!;
    }
    return out;
  };
}
