import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { concatDatasets, type Dataset } from "../../../runtime/datasets/dataset.ts";
import { BadImages } from "../../../runtime/loader/bad-images.ts";
import { type HostBatch, Loader, type LoaderOptions } from "../../../runtime/loader/loader.ts";
import { MEAN, makeDataset, pictureShown, STD } from "./images.ts";

const SIZE = 4;
const FLOATS = 3 * SIZE * SIZE;
const options = { image_size: SIZE, mean: MEAN, std: STD };
const plain = { name: "blip_image_eval", options };
const augmented = { name: "blip_image_train", options };
const few = 3;
const many = 8;

let folder: string;
let both: Dataset;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lavis-mixing-"));
  both = concatDatasets([
    await makeDataset(join(folder, "few"), few),
    await makeDataset(join(folder, "many"), many),
  ]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const loaders: Loader[] = [];
afterEach(async () => {
  await Promise.all(loaders.splice(0).map((loader) => loader.close()));
});

/** Batches of four: three of the few, one of the many, unless a test says otherwise. */
async function batchesOf(
  given: Partial<LoaderOptions>,
  range: { readonly first?: number; readonly end: number },
): Promise<readonly HostBatch[]> {
  const loader = await Loader.open({
    dataset: both,
    sources: [
      { name: "few", samples: few, share: 0.75 },
      { name: "many", samples: many, share: 0.25 },
    ],
    visProcessor: plain,
    batchSize: 4,
    numWorkers: 0,
    training: true,
    seed: 42,
    badImages: new BadImages(0),
    ...given,
  });
  loaders.push(loader);
  const batches: HostBatch[] = [];
  for await (const batch of loader.batches(range)) batches.push({ ...batch, image: batch.image.slice() });
  return batches;
}

const isOfFew = (instance: string): boolean => Number(instance) < few;

describe("a batch of datasets that are mixed by shares", () => {
  it("has samples of each by its share, with their images", async () => {
    const batches = await batchesOf({}, { end: 8 });
    expect(batches).toHaveLength(8);
    for (const { instance_id, image } of batches) {
      expect(instance_id.filter(isOfFew)).toHaveLength(3);
      for (const [place, instance] of instance_id.entries()) {
        const picture = isOfFew(instance) ? Number(instance) : Number(instance) - few;
        expect(pictureShown(image, place, FLOATS)).toBe(picture);
      }
    }
    // Eight samples of the many: each once.
    const ofMany = batches.flatMap(({ instance_id }) => instance_id.filter((one) => !isOfFew(one)));
    expect(new Set(ofMany).size).toBe(many);
  });

  it("augments a sample anew each time that it comes", async () => {
    const batches = await batchesOf({ visProcessor: augmented, batchSize: 8 }, { end: 1 });
    const [batch] = batches;
    const shown = batch?.instance_id.map((instance, place) => ({
      instance,
      pixels: batch.image.slice(place * FLOATS, (place + 1) * FLOATS).join(),
    }));
    const ofFirst = shown?.filter(({ instance }) => instance === "0") ?? [];
    expect(ofFirst.length).toBeGreaterThan(1);
    expect(new Set(ofFirst.map(({ pixels }) => pixels)).size).toBe(ofFirst.length);
  });

  it("is the same for any number of threads, and wherever the loader began", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ batchSize: fc.integer({ min: 1, max: 6 }), seed: fc.nat(), first: fc.nat(12) }),
        fc.constantFrom(0, 2),
        async ({ batchSize, seed, first }, numWorkers) => {
          const given = { batchSize, seed, visProcessor: augmented };
          const whole = await batchesOf(given, { end: 13 });
          expect(await batchesOf({ ...given, numWorkers }, { first, end: 13 })).toEqual(whole.slice(first));
        },
      ),
      { numRuns: 12 },
    );
  });

  it("is shared out among processes and parts without a rest or an overlap", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 2 }),
        async (size, parts) => {
          const given = { batchSize: 8, visProcessor: augmented };
          const whole = await batchesOf(given, { end: 3 });
          const shares = await Promise.all(
            Array.from({ length: size }, (_, rank) =>
              batchesOf({ ...given, sharing: { rank, size, parts } }, { end: 3 }),
            ),
          );
          for (const { number, instance_id, image } of whole) {
            const pieces = shares.flatMap((share) => share.filter((piece) => piece.number === number));
            expect(pieces.flatMap((piece) => piece.instance_id)).toEqual(instance_id);
            expect(pieces.flatMap((piece) => [...piece.image])).toEqual([...image]);
          }
        },
      ),
      { numRuns: 8 },
    );
  });
});

describe("a bad image among datasets that are mixed by shares", () => {
  const spoilt = async (name: string, bad: ReadonlySet<number>) =>
    concatDatasets([
      await makeDataset(join(folder, name), few, bad),
      await makeDataset(join(folder, "many"), many),
    ]);

  it("is replaced by a sample of its own dataset", async () => {
    const dataset = await spoilt("spoilt", new Set([1]));
    const batches = await batchesOf({ dataset, badImages: new BadImages(1) }, { end: 8 });
    for (const { instance_id } of batches) {
      expect(instance_id).not.toContain("1");
      expect(instance_id.filter(isOfFew)).toHaveLength(3);
    }
  });

  it("ends the run where the dataset has no other, and names that dataset", async () => {
    const dataset = await spoilt("none", new Set([0, 1, 2]));
    await expect(batchesOf({ dataset, badImages: new BadImages(10) }, { end: 1 })).rejects.toThrow(
      /no image of the dataset few can be read; the first is .*image_[012]\.png/,
    );
  });
});
