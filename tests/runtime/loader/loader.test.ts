import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Dataset } from "../../../runtime/datasets/dataset.ts";
import { type BadImage, BadImages } from "../../../runtime/loader/bad-images.ts";
import { type HostBatch, Loader, type LoaderOptions } from "../../../runtime/loader/loader.ts";
import { workerEntry } from "../../../runtime/worker-entry.ts";
import { MEAN, makeDataset, pictureShown, STD } from "./images.ts";

const SIZE = 4;
const FLOATS = 3 * SIZE * SIZE;
const evaluation = { name: "blip_image_eval", options: { image_size: SIZE, mean: MEAN, std: STD } };
const training = { name: "blip_image_train", options: { image_size: SIZE, mean: MEAN, std: STD } };

let folder: string;
let colours: Dataset;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lavis-loader-"));
  colours = await makeDataset(join(folder, "colours"), 11);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const loaders: Loader[] = [];
afterEach(async () => {
  await Promise.all(loaders.splice(0).map((loader) => loader.close()));
});

async function open(given: Partial<LoaderOptions> = {}): Promise<Loader> {
  const loader = await Loader.open({
    dataset: colours,
    visProcessor: evaluation,
    batchSize: 4,
    numWorkers: 0,
    training: true,
    seed: 42,
    badImages: new BadImages(0),
    ...given,
  });
  loaders.push(loader);
  return loader;
}

/** All batches, with their images copied: the loader uses its memory again. */
async function collect(
  loader: Loader,
  range: { readonly first?: number; readonly end?: number } = {},
): Promise<readonly HostBatch[]> {
  const batches: HostBatch[] = [];
  for await (const batch of loader.batches(range)) batches.push({ ...batch, image: batch.image.slice() });
  return batches;
}

const instances = (batches: readonly HostBatch[]): readonly string[] =>
  batches.flatMap(({ instance_id }) => instance_id);

describe("a batch", () => {
  it("has the images, texts, and ids of its samples under LAVIS's keys", async () => {
    const loader = await open({ training: false, textProcessor: (text) => text.toLowerCase() });
    const [first] = await collect(loader);
    expect(first).toMatchObject({
      number: 0,
      imageShape: [4, 3, SIZE, SIZE],
      text_input: ["colour 0", "colour 1", "colour 2", "colour 3"],
      image_id: [1000, 1001, 1002, 1003],
      instance_id: ["0", "1", "2", "3"],
      indices: [0, 1, 2, 3],
    });
    expect(first?.image).toHaveLength(4 * FLOATS);
    expect([0, 1, 2, 3].map((place) => pictureShown(first!.image, place, FLOATS))).toEqual([0, 1, 2, 3]);
  });

  it("has the further fields that all of its samples carry", async () => {
    const scored: Dataset = {
      ...colours,
      row: (index) => ({
        ...colours.row(index),
        fields: { score: index / 2, tags: [`t${index}`], ...(index !== 5 && { some: true }) },
      }),
    };
    const batches = await collect(await open({ dataset: scored, training: false, numWorkers: 2 }));
    expect(batches.map(({ fields }) => fields.score)).toEqual([
      [0, 0.5, 1, 1.5],
      [2, 2.5, 3, 3.5],
      [4, 4.5, 5],
    ]);
    expect(batches[2]?.fields).toEqual({
      score: [4, 4.5, 5],
      tags: [["t8"], ["t9"], ["t10"]],
      some: [true, true, true],
    });
    expect(Object.keys(batches[1]?.fields ?? {})).toEqual(["score", "tags"]);
  });

  it("has no texts where a sample has none", async () => {
    const silent: Dataset = {
      ...colours,
      row: (index) => {
        const { text_input: _, ...row } = colours.row(index);
        return index === 2 ? row : colours.row(index);
      },
    };
    const batches = await collect(await open({ dataset: silent, training: false }));
    expect(batches.map(({ text_input }) => text_input?.length)).toEqual([undefined, 4, 3]);
  });
});

describe("training", () => {
  it("shuffles each pass anew and drops its last, smaller batch", async () => {
    const loader = await open();
    expect(loader.batchesPerPass).toBe(2);
    const ids = instances(await collect(loader, { end: 4 }));
    const passes = [ids.slice(0, 8), ids.slice(8)];
    for (const pass of passes) expect(new Set(pass).size).toBe(8);
    expect(passes[0]).not.toEqual(passes[1]);
  });

  it("gives no batch where there are fewer samples than one", async () => {
    expect(await collect(await open({ batchSize: 12 }))).toEqual([]);
  });
});

describe("evaluation", () => {
  it("gives every sample once, in order, the last batch smaller", async () => {
    const batches = await collect(await open({ training: false }));
    expect(batches.map(({ imageShape }) => imageShape[0])).toEqual([4, 4, 3]);
    expect(instances(batches)).toEqual(Array.from({ length: 11 }, (_, index) => String(index)));
  });
});

describe("what a batch holds follows from its number and the seed:", () => {
  it("the same images for any number of threads", async () => {
    const runs = await Promise.all(
      [0, 1, 3].map(async (numWorkers) =>
        collect(await open({ numWorkers, visProcessor: training }), { end: 5 }),
      ),
    );
    expect(runs[0]).toHaveLength(5);
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });

  it("other images for another seed", async () => {
    const one = await collect(await open({ visProcessor: training }), { end: 2 });
    const other = await collect(await open({ visProcessor: training, seed: 43 }), { end: 2 });
    expect(instances(other)).not.toEqual(instances(one));
  });

  it("a run that begins at batch k is the tail of the whole run", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ batchSize: fc.integer({ min: 1, max: 6 }), seed: fc.nat(), first: fc.nat(12) }),
        fc.constantFrom(0, 2),
        async ({ batchSize, seed, first }, prefetch) => {
          const given = { batchSize, seed, prefetch, visProcessor: training };
          const whole = await collect(await open(given), { end: 13 });
          const tail = await collect(await open(given), { first, end: 13 });
          expect(tail).toEqual(whole.slice(first));
        },
      ),
      { numRuns: 15 },
    );
  });

  it("a run that begins at batch k does not touch the samples before", async () => {
    const asked = new Set<string>();
    const watched: Dataset = {
      ...colours,
      row: (index) => {
        asked.add(String(index));
        return colours.row(index);
      },
    };
    const tail = await collect(await open({ dataset: watched }), { first: 1, end: 2 });
    expect([...asked].sort()).toEqual([...instances(tail)].sort());
  });

  it("a run that begins at batch k is the tail with threads too", async () => {
    const given = { numWorkers: 2, visProcessor: training };
    const whole = await collect(await open(given), { end: 7 });
    expect(await collect(await open(given), { first: 3, end: 7 })).toEqual(whole.slice(3));
  });
});

describe("a bad image", () => {
  let spoilt: Dataset;
  beforeAll(async () => {
    spoilt = await makeDataset(join(folder, "spoilt"), 11, new Set([2, 7]));
    unlinkSync(spoilt.row(7).image);
  });

  it.each([0, 2])("in training is replaced by the next good sample (%i threads)", async (numWorkers) => {
    const good = instances(await collect(await open(), { end: 6 }));
    const order = [...good];
    const seen: BadImage[] = [];
    const badImages = new BadImages(2, (bad) => seen.push(bad));
    const given = { dataset: spoilt, badImages };
    const loader = await open({ ...given, numWorkers });
    const batches = await collect(loader, { end: 6 });
    const ids = instances(batches);
    expect(ids).toHaveLength(order.length);
    for (const [place, id] of ids.entries()) {
      if (order[place] !== "2" && order[place] !== "7") expect(id).toBe(order[place]);
      expect(["2", "7"]).not.toContain(id);
      const batch = batches[Math.floor(place / 4)]!;
      expect(String(pictureShown(batch.image, place % 4, FLOATS))).toBe(id);
    }
    expect(seen.map(({ origin }) => origin).sort()).toEqual(["colours.json row 2", "colours.json row 7"]);
    expect(seen.find(({ path }) => path.endsWith("image_7.png"))?.reason).toBe("there is no such file");
    expect(badImages.found).toEqual(seen);
  });

  it("in evaluation is left out", async () => {
    const loader = await open({ dataset: spoilt, training: false, badImages: new BadImages(2) });
    const batches = await collect(loader);
    expect(instances(batches)).toEqual(["0", "1", "3", "4", "5", "6", "8", "9", "10"]);
    expect(batches.map(({ imageShape }) => imageShape[0])).toEqual([3, 3, 3]);
    const shown = batches.flatMap(({ image }) =>
      [0, 1, 2].map((place) => pictureShown(image, place, FLOATS)),
    );
    expect(shown).toEqual([0, 1, 3, 4, 5, 6, 8, 9, 10]);
    expect(batches.flatMap(({ indices }) => indices)).toEqual(shown);
  });

  it("is counted once, however many passes and loaders meet it", async () => {
    const badImages = new BadImages(2);
    const given = { dataset: spoilt, training: false, badImages };
    const loader = await open(given);
    await collect(loader);
    await collect(loader);
    await collect(await open(given));
    expect(badImages.found).toHaveLength(2);
  });

  it.each([0, 2])("more than allowed is an error that names them (%i threads)", async (numWorkers) => {
    const loader = await open({ dataset: spoilt, training: false, badImages: new BadImages(1), numWorkers });
    const delivered: string[] = [];
    const reading = (async () => {
      for await (const { instance_id } of loader.batches()) delivered.push(...instance_id);
    })();
    await expect(reading).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringMatching(
        /2 images cannot be read; max_bad_images allows 1:[\s\S]*image_2\.png \(colours\.json row 2\)[\s\S]*image_7\.png/,
      ),
    });
    expect(delivered).toEqual(["0", "1", "3"]);
  });

  it("after the other is an error, not an endless search, where no image is good", async () => {
    const ruined = await makeDataset(join(folder, "ruined"), 3, new Set([0, 1, 2]));
    const loader = await open({ dataset: ruined, batchSize: 2, badImages: new BadImages(100) });
    await expect(collect(loader, { end: 1 })).rejects.toThrow("no image of the dataset colours can be read");
  });
});

describe("a loader", () => {
  it("refuses a processor that does not exist, before it starts a thread", async () => {
    const visProcessor = { name: "blip_image_evil", options: { image_size: 4 } };
    await expect(open({ visProcessor, numWorkers: 2 })).rejects.toMatchObject({
      name: "UserError",
      hint: expect.stringContaining("blip_image_eval"),
    });
  });

  it("can be left in the middle and used again", async () => {
    const loader = await open({ numWorkers: 2 });
    const whole = await collect(loader, { end: 4 });
    for await (const batch of loader.batches()) if (batch.number === 1) break;
    expect(await collect(loader, { end: 4 })).toEqual(whole);
  });

  it("lets the process end when it is forgotten, also with batches made ahead", () => {
    const module = workerEntry(new URL("../../../runtime/loader/loader.ts", import.meta.url)).href;
    const row = { image: colours.row(0).image, image_id: 0, instance_id: "0", text_input: "x" };
    const script = `
      import { BadImages } from ${JSON.stringify(module.replace("loader.js", "bad-images.js"))};
      import { Loader } from ${JSON.stringify(module)};
      const dataset = { name: "d", split: "train", length: 8, row: () => (${JSON.stringify(row)}), origin: () => "" };
      const visProcessor = { name: "blip_image_eval", options: { image_size: 4 } };
      const loader = await Loader.open({ dataset, visProcessor, batchSize: 2, numWorkers: 2, training: true, seed: 1, badImages: new BadImages(0) });
      const batches = loader.batches();
      await batches.next();
      console.log("left");
    `;
    const file = join(folder, "forgotten.mjs");
    writeFileSync(file, script);
    const { stdout, status, stderr } = spawnSync(process.execPath, [file], {
      encoding: "utf8",
      timeout: 20_000,
    });
    expect({ stdout, status, stderr }).toEqual({ stdout: "left\n", status: 0, stderr: "" });
  });
});

describe("processes that share batches", () => {
  const sharings = [
    ["two processes", 2, 1],
    ["three processes of unequal shares", 3, 1],
    ["two processes in two parts each", 2, 2],
  ] as const;

  it.each(sharings)(
    "as %s read the samples of one process, each once, with the same draws",
    async (_, size, parts) => {
      for (const isTraining of [true, false]) {
        const given = { training: isTraining, visProcessor: isTraining ? training : evaluation };
        const range = isTraining ? { end: 4 } : {};
        const whole = await collect(await open(given), range);
        const ofRanks = await Promise.all(
          Array.from({ length: size }, async (_, rank) =>
            collect(await open({ ...given, sharing: { rank, size, parts } }), range),
          ),
        );
        for (const { number, instance_id, image } of whole) {
          const pieces = ofRanks.flatMap((batches) => batches.filter((batch) => batch.number === number));
          expect(pieces).toHaveLength(size * parts);
          expect(instances(pieces)).toEqual(instance_id);
          expect(pieces.flatMap((piece) => [...piece.image])).toEqual([...image]);
          for (const { rows, instance_id: own } of pieces) expect(rows.count).toBe(own.length);
        }
      }
    },
  );

  it("take part in an evaluation's last batch with no samples where there are not enough", async () => {
    const parts = await collect(await open({ training: false, sharing: { rank: 3, size: 4, parts: 1 } }));
    // Eleven samples in batches of four: the last has three.
    expect(parts.map(({ instance_id }) => instance_id)).toEqual([["3"], ["7"], []]);
    expect(parts.at(-1)).toMatchObject({ rows: { count: 0 }, imageShape: [0, 3, SIZE, SIZE] });
  });
});
