import type { Image } from "./image.ts";
import type { Random } from "./random.ts";

/**
 * Turns a decoded image into what a model takes: float32, [3, height, width] in row-major order, normalised.
 * A pure function of the image and what is drawn from `random`, so it can run in any thread, in any order.
 */
export type VisionProcessor = (image: Image, random: Random) => Float32Array;

/** Turns a raw caption or question into what the tokenizer gets. */
export type TextProcessor = (text: string) => string;
