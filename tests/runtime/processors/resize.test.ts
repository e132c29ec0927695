import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crop, type Image } from "../../../runtime/processors/image.ts";
import { bicubicResizer, resizeBicubic } from "../../../runtime/processors/resize/resize.ts";
import { bicubicWeights, fractionBits } from "../../../runtime/processors/resize/weights.ts";

/** Pillow's two passes as its source states them, a number at a time. */
function resizePlainly(image: Image, width: number, height: number): Image {
  return resizeAxis(resizeAxis(image, width, "x"), height, "y");
}

function resizeAxis(image: Image, size: number, axis: "x" | "y"): Image {
  const from = axis === "x" ? image.width : image.height;
  if (from === size) return image;
  const width = axis === "x" ? size : image.width;
  const height = axis === "x" ? image.height : size;
  const { first, values, stride } = bicubicWeights(from, size);
  const data = Uint8ClampedArray.from({ length: width * height * 3 }, (_, at) => {
    const [channel, x, y] = [at % 3, Math.floor(at / 3) % width, Math.floor(at / (3 * width))];
    const out = axis === "x" ? x : y;
    let sum = 1 << (fractionBits - 1);
    for (let tap = 0; tap < stride; tap++) {
      const place = (first[out] ?? 0) + tap;
      const pixel = axis === "x" ? y * image.width + place : place * image.width + x;
      sum += (values[out * stride + tap] ?? 0) * (image.data[pixel * 3 + channel] ?? 0);
    }
    return sum >> fractionBits;
  });
  return { width, height, data: new Uint8Array(data.buffer) };
}

const side = fc.integer({ min: 1, max: 60 });
/** Random bytes, or nothing but black and white, which leave 0..255 the furthest in between. */
const anyImage = fc.tuple(side, side, fc.boolean()).chain(([width, height, extreme]) => {
  const length = { minLength: width * height * 3, maxLength: width * height * 3 };
  return fc
    .uint8Array(length)
    .map((data): Image => ({ width, height, data: extreme ? data.map((byte) => -(byte & 1)) : data }));
});

describe("resizing", () => {
  it("sums as Pillow does, up and down, along one axis or both", () => {
    const resize = bicubicResizer();
    fc.assert(
      fc.property(anyImage, side, side, (image, width, height) => {
        const box = { left: 0, top: 0, width: image.width, height: image.height };
        for (const [w, h] of [
          [width, height],
          [image.width, height],
          [width, image.height],
        ] as const)
          expect(resize(image, box, w, h)).toEqual(resizePlainly(image, w, h));
      }),
    );
  });

  it("shrinks by much, with more taps than the target has pixels", () => {
    const width = 500;
    const data = Uint8Array.from({ length: width * 3 * 3 }, (_, at) => Math.imul(at, 2654435761) >>> 24);
    const image = { width, height: 3, data };
    expect(resizeBicubic(image, 2, 40)).toEqual(resizePlainly(image, 2, 40));
  });

  it("of a box is resizing what was cropped, in a memory that larger and smaller images have used", () => {
    const resize = bicubicResizer();
    const boxed = anyImage.chain((image) =>
      fc
        .tuple(fc.integer({ min: 0, max: image.width - 1 }), fc.integer({ min: 0, max: image.height - 1 }))
        .chain(([left, top]) =>
          fc.record({
            image: fc.constant(image),
            left: fc.constant(left),
            top: fc.constant(top),
            width: fc.integer({ min: 1, max: image.width - left }),
            height: fc.integer({ min: 1, max: image.height - top }),
          }),
        ),
    );
    fc.assert(
      fc.property(boxed, side, side, ({ image, ...box }, width, height) => {
        expect(resize(image, box, width, height)).toEqual(resizePlainly(crop(image, box), width, height));
      }),
    );
  });

  it("keeps its results when it is used again", () => {
    const resize = bicubicResizer();
    const box = { left: 0, top: 0, width: 4, height: 4 };
    const grey = (value: number): Image => ({ width: 4, height: 4, data: new Uint8Array(48).fill(value) });
    const first = resize(grey(100), box, 2, 2);
    resize(grey(200), box, 2, 2);
    expect([...first.data]).toEqual(new Array(12).fill(100));
  });

  it("takes no box that leaves the image", () => {
    const image = { width: 2, height: 2, data: new Uint8Array(12) };
    const box = { left: 1, top: 0, width: 2, height: 1 };
    expect(() => bicubicResizer()(image, box, 3, 3)).toThrow(/2×1 at \(1, 0\)/);
  });
});
