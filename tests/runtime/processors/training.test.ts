import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blipImageTrain, drawTraining } from "../../../runtime/processors/blip-image-train.ts";
import { crop, type Image, mirror } from "../../../runtime/processors/image.ts";
import {
  type AugmentationPlan,
  augment,
  drawAugmentations,
} from "../../../runtime/processors/randaugment/randaugment.ts";
import { below, between, keyedRandom } from "../../../runtime/processors/random.ts";
import { drawCrop } from "../../../runtime/processors/random-resized-crop.ts";
import { resizeBicubic } from "../../../runtime/processors/resize/resize.ts";

const side = fc.integer({ min: 1, max: 40 });
const anyImage = fc
  .tuple(side, side)
  .chain(([width, height]) =>
    fc
      .uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 })
      .map((data): Image => ({ width, height, data })),
  );
const options = {
  image_size: 24,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  min_scale: 0.5,
  max_scale: 1,
  randaugment: "original",
} as const;

describe("keyed draws", () => {
  const stream = (...key: number[]): number[] => {
    const random = keyedRandom(...key);
    return Array.from({ length: 8 }, () => random.uniform());
  };

  it("are the same for the same key on every machine", () => {
    expect(stream(42, 0, 7)).toEqual(stream(42, 0, 7));
    expect(stream(42, 0, 7).slice(0, 3)).toMatchInlineSnapshot(`
      [
        0.3537702872417867,
        0.23751388094387949,
        0.36593929096125066,
      ]
    `);
  });

  it("differ where the key differs anywhere, also beyond 32 bits, in order, and in length", () => {
    const keys = [[1], [1, 0], [0, 1], [0, 0, 1], [2 ** 32 + 1], [-1], [], [0]];
    expect(new Set(keys.map((key) => stream(...key).join())).size).toBe(keys.length);
  });

  it("are uniform for neighbouring keys: first draws fill ten bins evenly", () => {
    const bins = new Array<number>(10).fill(0);
    for (let index = 0; index < 10_000; index++) {
      const bin = below(keyedRandom(42, 3, index), 10);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    // Chi-squared with 9 degrees of freedom is below 27.9 in 999 of 1000 cases.
    expect(bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(27.9);
  });

  it("refuse a key that is no integer", () => {
    expect(() => keyedRandom(0.5)).toThrow(/0\.5 is not an integer/);
  });
});

describe("random resized crop", () => {
  it("lies inside the image, whatever its shape", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 900 }),
        fc.integer({ min: 1, max: 900 }),
        (seed, width, height) => {
          const box = drawCrop(keyedRandom(seed), { width, height }, [0.5, 1]);
          expect(Math.min(box.left, box.top)).toBeGreaterThanOrEqual(0);
          expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(1);
          expect(box.left + box.width).toBeLessThanOrEqual(width);
          expect(box.top + box.height).toBeLessThanOrEqual(height);
        },
      ),
    );
  });

  it("covers the asked share of the area, with a ratio in 3/4..4/3", () => {
    const image = { width: 1000, height: 1000 };
    for (let seed = 0; seed < 500; seed++) {
      const { width, height } = drawCrop(keyedRandom(seed), image, [0.2, 0.4]);
      expect((width * height) / 1e6).toBeGreaterThan(0.199);
      expect((width * height) / 1e6).toBeLessThan(0.401);
      expect(width / height).toBeGreaterThan(0.745);
      expect(width / height).toBeLessThan(1.34);
    }
  });

  it.each([
    ["wide", { width: 1000, height: 30 }, { left: 480, top: 0, width: 40, height: 30 }],
    ["high", { width: 30, height: 1000 }, { left: 0, top: 480, width: 30, height: 40 }],
  ])("takes the middle of an image that is too %s", (_, image, box) => {
    expect(drawCrop(keyedRandom(1), image, [1, 1])).toEqual(box);
  });
});

describe("blip_image_train", () => {
  it("depends on the image and the key alone", () => {
    const process = blipImageTrain(options);
    fc.assert(
      fc.property(anyImage, fc.integer(), (image, seed) => {
        const before = image.data.slice();
        const first = process(image, keyedRandom(seed));
        expect(first).toHaveLength(3 * options.image_size ** 2);
        expect(process(image, keyedRandom(seed))).toEqual(first);
        expect(image.data).toEqual(before);
      }),
    );
  });

  it("flips half of the images, and leaves RandAugment out where told", () => {
    const draws = Array.from({ length: 2000 }, (_, index) =>
      drawTraining({ width: 64, height: 64 }, keyedRandom(7, index), { ...options, randaugment: "off" }),
    );
    const flips = draws.filter(({ flip }) => flip).length;
    expect(Math.abs(flips - 1000)).toBeLessThan(120);
    expect(draws.every(({ augmentations }) => augmentations.length === 0)).toBe(true);
  });
});

describe("RandAugment's draws", () => {
  const plan: AugmentationPlan = {
    count: 2,
    level: 5,
    names: ["Identity", "Rotate", "ShearX", "TranslateY", "Brightness", "Sharpness"],
    arithmetic: "original",
  };
  const draw = (changed: Partial<AugmentationPlan> = {}) =>
    Array.from({ length: 4000 }, (_, index) =>
      drawAugmentations(keyedRandom(1, index), { ...plan, ...changed }),
    );
  const strengths = (name: string, changed?: Partial<AugmentationPlan>) =>
    [
      ...new Set(
        draw(changed)
          .flat()
          .filter((one) => one.name === name)
          .map(({ strength }) => strength),
      ),
    ].sort((a, b) => a - b);

  it("apply each of the two operations with a chance of one half", () => {
    const counts = [0, 1, 2].map((count) => draw().filter(({ length }) => length === count).length / 4000);
    expect(counts[0]).toBeCloseTo(0.25, 1);
    expect(counts[1]).toBeCloseTo(0.5, 1);
    expect(counts[2]).toBeCloseTo(0.25, 1);
  });

  it("have LAVIS's strengths at level 5", () => {
    expect(strengths("Rotate")).toEqual([-15, 15]);
    expect(strengths("ShearX")).toEqual([-0.15, 0.15]);
    expect(strengths("TranslateY")).toEqual([-5, 5]);
    expect(strengths("Brightness")).toEqual([1]);
    expect(strengths("Identity")).toEqual([0]);
  });

  it("move brightness and sharpness to either side of 1 when mended", () => {
    expect(strengths("Brightness", { arithmetic: "mended" })).toEqual([0.55, 1.45]);
    expect(strengths("Sharpness", { arithmetic: "mended" })).toEqual([0.55, 1.45]);
  });
});

describe("RandAugment's operations", () => {
  const flat = (value: number): Image => ({ width: 4, height: 4, data: new Uint8Array(48).fill(value) });
  const ramp: Image = { width: 4, height: 2, data: Uint8Array.from({ length: 24 }, (_, at) => 100 + at) };

  it("whiten a channel without black with AutoContrast as LAVIS does, and stretch it when mended", () => {
    const stretch = [{ name: "AutoContrast", strength: 0 }] as const;
    expect(new Set(augment(ramp, stretch, "original").data)).toEqual(new Set([255]));
    const mended = augment(ramp, stretch, "mended").data;
    expect([mended.at(0), mended.at(-1)]).toEqual([0, 255]);
    expect(augment(flat(90), stretch, "original").data).toEqual(flat(90).data);
  });

  it("clip sharpened pixels when mended, where LAVIS's wrap around", () => {
    const dot = flat(10);
    dot.data.fill(255, 15, 18);
    const sharpen = [{ name: "Sharpness", strength: 1.9 }] as const;
    expect(augment(dot, sharpen, "mended").data[15]).toBe(255);
    expect(augment(dot, sharpen, "original").data[15]).toBeLessThan(255);
  });

  it("keep two bits of every byte with Posterize", () => {
    const out = augment(ramp, [{ name: "Posterize", strength: 2 }], "original").data;
    expect(new Set(out)).toEqual(new Set([64]));
  });

  it("leave an image alone at zero degrees, zero pixels, zero shear", () => {
    fc.assert(
      fc.property(anyImage, (image) => {
        for (const name of ["Rotate", "ShearX", "ShearY", "TranslateX", "TranslateY"] as const)
          expect(augment(image, [{ name, strength: 0 }], "original").data).toEqual(image.data);
      }),
    );
  });

  it("work on images of any size, a single pixel too, without touching their input", () => {
    const names = [
      "AutoContrast",
      "Equalize",
      "Rotate",
      "Color",
      "Contrast",
      "Brightness",
      "Sharpness",
      "ShearX",
    ] as const;
    fc.assert(
      fc.property(
        anyImage,
        fc.constantFrom(...names),
        fc.constantFrom(0, 0.3, 1.9),
        (image, name, strength) => {
          const before = image.data.slice();
          const out = augment(image, [{ name, strength }], "mended");
          expect([out.width, out.height, out.data.length]).toEqual([
            image.width,
            image.height,
            image.data.length,
          ]);
          expect(image.data).toEqual(before);
        },
      ),
    );
  });
});

describe("pixels", () => {
  it("mirrored twice are themselves", () => {
    fc.assert(
      fc.property(anyImage, (image) => {
        expect(mirror(mirror(image))).toEqual(image);
      }),
    );
  });

  it("are not cropped beyond the image", () => {
    const image = { width: 2, height: 2, data: new Uint8Array(12) };
    expect(() => crop(image, { left: 1, top: 0, width: 2, height: 1 })).toThrow(/2×1 at \(1, 0\)/);
    expect(() => crop(image, { left: 0, top: 0, width: 0, height: 1 })).toThrow(RangeError);
  });

  it("of one colour keep it when they are resized", () => {
    fc.assert(
      fc.property(side, side, side, side, fc.nat(255), (width, height, newWidth, newHeight, value) => {
        const image = { width, height, data: new Uint8Array(width * height * 3).fill(value) };
        expect(new Set(resizeBicubic(image, newWidth, newHeight).data)).toEqual(new Set([value]));
      }),
    );
  });

  it("are not resized to nothing", () => {
    const image = { width: 1, height: 1, data: new Uint8Array(3) };
    expect(() => resizeBicubic(image, 0, 4)).toThrow(/0×4/);
  });

  it("between draws stay between their bounds", () => {
    const random = keyedRandom(3);
    for (let draw = 0; draw < 1000; draw++) {
      const value = between(random, 2, 3);
      expect(value >= 2 && value < 3).toBe(true);
    }
  });
});
