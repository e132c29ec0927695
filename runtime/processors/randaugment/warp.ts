import type { Image } from "../image.ts";

/** The grey that LAVIS fills with what comes from outside the image. */
const fill = 128;
/** Coordinates are kept in 1/1024 of a pixel, and rounded to 1/32 where pixels are blended. */
const coordinateBits = 10;
const blendBits = 5;
const blendSteps = 1 << blendBits;
/** What a sum of blended pixels is rounded with: their weights add up to 1 << (2 · blendBits). */
const oneHalf = 1 << (2 * blendBits - 1);

/** Rows of a 2×3 matrix: x' = a·x + b·y + c, y' = d·x + e·y + f. */
type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Moves row y to the right by factor·y (seen from the top left corner). Source: LAVIS processors/randaugment.py. */
export function shearX(image: Image, factor: number): Image {
  return warpAffine(image, [1, Math.fround(factor), 0, 0, 1, 0]);
}

/** Moves column x down by factor·x. */
export function shearY(image: Image, factor: number): Image {
  return warpAffine(image, [1, 0, 0, Math.fround(factor), 1, 0]);
}

/** Moves the image to the left by `offset` pixels. */
export function translateX(image: Image, offset: number): Image {
  return warpAffine(image, [1, 0, Math.fround(-offset), 0, 1, 0]);
}

/** Moves the image up by `offset` pixels. */
export function translateY(image: Image, offset: number): Image {
  return warpAffine(image, [1, 0, 0, 0, 1, Math.fround(-offset)]);
}

/** Rotates by `degrees` anticlockwise around (width/2, height/2), as cv2.getRotationMatrix2D places it. */
export function rotate(image: Image, degrees: number): Image {
  const angle = degrees * (Math.PI / 180);
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  const x = image.width / 2;
  const y = image.height / 2;
  return warpAffine(image, [
    cosine,
    sine,
    (1 - cosine) * x - sine * y,
    -sine,
    cosine,
    sine * x + (1 - cosine) * y,
  ]);
}

/**
 * Bilinear cv2.warpAffine of OpenCV 4 with a constant border, bit for bit: `forward` maps input to output
 * coordinates; it is inverted in float64, and each output pixel blends the four input pixels around its source.
 * Source: OpenCV 4.x, modules/imgproc/src/imgwarp.cpp, warpAffine and remapBilinear.
 */
function warpAffine(image: Image, forward: Affine): Image {
  const { width, height, data: source } = image;
  const [a, b, c, d, e, f] = invert(forward);
  const scale = 1 << coordinateBits;
  const shift = coordinateBits - blendBits;
  const half = scale / blendSteps / 2;
  const columnX = Int32Array.from({ length: width }, (_, x) => roundHalfEven(a * x * scale));
  const columnY = Int32Array.from({ length: width }, (_, x) => roundHalfEven(d * x * scale));
  const data = new Uint8Array(source.length);
  const below = width * 3;
  for (let y = 0, to = 0; y < height; y++) {
    const rowX = roundHalfEven((b * y + c) * scale) + half;
    const rowY = roundHalfEven((e * y + f) * scale) + half;
    for (let x = 0; x < width; x++, to += 3) {
      const fromX = (rowX + columnX[x]!) >> shift;
      const fromY = (rowY + columnY[x]!) >> shift;
      const left = fromX >> blendBits;
      const top = fromY >> blendBits;
      const right = fromX & (blendSteps - 1);
      const bottom = fromY & (blendSteps - 1);
      const topLeft = (blendSteps - right) * (blendSteps - bottom);
      const topRight = right * (blendSteps - bottom);
      const bottomLeft = (blendSteps - right) * bottom;
      const bottomRight = right * bottom;
      const at = (top * width + left) * 3;
      if (left >= 0 && left < width - 1 && top >= 0 && top < height - 1) {
        for (let channel = 0; channel < 3; channel++) {
          const corner = at + channel;
          const sum =
            source[corner]! * topLeft +
            source[corner + 3]! * topRight +
            source[corner + below]! * bottomLeft +
            source[corner + below + 3]! * bottomRight;
          data[to + channel] = (sum + oneHalf) >> (2 * blendBits);
        }
      } else {
        const insideLeft = left >= 0 && left < width;
        const insideRight = left >= -1 && left < width - 1;
        const insideTop = top >= 0 && top < height;
        const insideBottom = top >= -1 && top < height - 1;
        for (let channel = 0; channel < 3; channel++) {
          const corner = at + channel;
          const sum =
            (insideTop && insideLeft ? source[corner]! : fill) * topLeft +
            (insideTop && insideRight ? source[corner + 3]! : fill) * topRight +
            (insideBottom && insideLeft ? source[corner + below]! : fill) * bottomLeft +
            (insideBottom && insideRight ? source[corner + below + 3]! : fill) * bottomRight;
          data[to + channel] = (sum + oneHalf) >> (2 * blendBits);
        }
      }
    }
  }
  return { width, height, data };
}

function invert([a, b, c, d, e, f]: Affine): Affine {
  const scale = 1 / (a * e - b * d);
  const ia = e * scale;
  const ib = b * -scale;
  const id = d * -scale;
  const ie = a * scale;
  return [ia, ib, -ia * c - ib * f, id, ie, -id * c - ie * f];
}

/** The nearest integer; of two that are equally near, the even one. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return rest < 0.5 ? floor : floor + 1;
}
