import type { Image } from "./image.ts";
import type { Random } from "./random.ts";

/**
 * Turns a decoded image into what a model takes: float32, [3, height, width] in row-major order, normalised.
 * The result follows from the image and what is drawn from `random` alone, so this can run in any thread, in any
 * order. It is written to `out` and returned; `out` is a new array if not given.
 * @throws RangeError when `out` is not as long as the result.
 */
export type VisionProcessor = (image: Image, random: Random, out?: Float32Array) => Float32Array;

/** Turns a raw caption or question into what the tokenizer gets. */
export type TextProcessor = (text: string) => string;
