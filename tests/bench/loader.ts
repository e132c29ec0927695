// `npm run bench:loader`: images a second that the loader makes for training, and PyTorch's DataLoader with
// torchvision, in turns, both with two workers, on photos and on the emoji if they are built.
// Arguments: rounds (default 5), images of each kind (default 1000). Run `npm run build` first: the worker threads
// are the built ones. Nothing else should run.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { cacheDir } from "../../runtime/cache.ts";
import type { Dataset } from "../../runtime/datasets/dataset.ts";
import { BadImages } from "../../runtime/loader/bad-images.ts";
import { Loader } from "../../runtime/loader/loader.ts";
import { keyedRandom } from "../../runtime/processors/random.ts";
import { benchFile, type Contender, median, pythonWithTorch, start } from "./contender.ts";

/** One way through all images. */
interface Pass {
  readonly seconds: number;
  readonly images: number;
}
type Reader = Contender<{ readonly version: string }, Pass>;

const [rounds = 5, count = 1000] = process.argv.slice(2).map(Number);
const batch = 32;
const workers = 2;
const distinctPhotos = 300;
const mean = [0.48145466, 0.4578275, 0.40821073];
const std = [0.26862954, 0.26130258, 0.27577711];

/** A photo-like JPEG of 640×480 pixels: gradients, waves, and noise, quality 90. */
async function writePhoto(path: string, number: number): Promise<void> {
  const [width, height] = [640, 480];
  const random = keyedRandom(number);
  const channels = Array.from({ length: 3 }, () => ({
    across: random.uniform() * 120,
    down: random.uniform() * 120,
    wave: random.uniform() * 0.1,
  }));
  const data = new Uint8ClampedArray(width * height * 3);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (const { across, down, wave } of channels)
        data[at++] =
          20 +
          (across * x) / width +
          (down * y) / height +
          20 * Math.sin(wave * (x + y)) +
          24 * random.uniform();
  await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toFile(path);
}

function datasetOf(paths: readonly string[]): Dataset {
  return {
    name: "bench",
    split: "train",
    length: paths.length,
    row: (index) => ({
      image: paths[index] ?? "",
      text_input: "",
      image_id: index,
      instance_id: String(index),
    }),
    origin: (index) => `path ${index}`,
  };
}

async function ours(paths: readonly string[], imageSize: number, randaugment: string): Promise<Reader> {
  const loader = await Loader.open({
    dataset: datasetOf(paths),
    visProcessor: {
      name: "blip_image_train",
      options: { image_size: imageSize, mean, std, min_scale: 0.5, max_scale: 1, randaugment },
    },
    batchSize: batch,
    numWorkers: workers,
    training: true,
    seed: 1,
    badImages: new BadImages(0),
  });
  let first = 0;
  return {
    name: `lavis, randaugment = ${randaugment}`,
    ready: { version: `Node.js ${process.versions.node}, sharp ${sharp.versions.sharp}` },
    async step() {
      const began = performance.now();
      const end = first + loader.batchesPerPass;
      let images = 0;
      for await (const { instance_id } of loader.batches({ first, end })) images += instance_id.length;
      first = end;
      return { seconds: (performance.now() - began) / 1000, images };
    },
    close: () => loader.close(),
  };
}

async function compare(title: string, paths: readonly string[], imageSize: number): Promise<void> {
  const list = join(folder, "paths.txt");
  writeFileSync(list, paths.join("\n"));
  const config = JSON.stringify({ list, imageSize, batch, workers });
  const readers = [
    python &&
      (await start<Reader["ready"], Pass>("torchvision", python, [
        benchFile("torchvision_loader.py"),
        config,
      ])),
    await ours(paths, imageSize, "off"),
    await ours(paths, imageSize, "original"),
  ].filter((reader) => reader !== undefined && reader !== "") as Reader[];

  const speeds = new Map<Reader, number[]>(readers.map((reader) => [reader, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [reader, found] of speeds) {
      const { seconds, images } = await reader.step();
      // The first round starts workers and fills caches.
      if (round >= 0) found.push(images / seconds);
    }
  }
  for (const reader of readers) await reader.close();

  console.log(
    `\n${title} to ${imageSize}×${imageSize}: ${paths.length} images, batches of ${batch}, ${workers} workers, median of ${rounds} alternating rounds`,
  );
  const [reference] = speeds.values();
  for (const [reader, found] of speeds) {
    // Of each round by itself, as the machine's other work changes from round to round.
    const ratio = median(found.map((speed, round) => speed / (reference?.[round] ?? speed)));
    console.log(
      [
        reader.name.padEnd(26),
        `${median(found).toFixed(0).padStart(6)} images/s`,
        `${ratio.toFixed(2).padStart(6)}×`,
        reader.ready.version,
      ].join("  "),
    );
  }
}

const python = pythonWithTorch();
const folder = mkdtempSync(join(tmpdir(), "lavis-bench-loader-"));
try {
  const emoji = cacheDir("data", "emoji", "images");
  if (existsSync(emoji)) {
    const all = readdirSync(emoji, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".jpg"))
      .sort();
    const every = Math.max(1, Math.floor(all.length / count));
    const chosen = all.filter((_, index) => index % every === 0).slice(0, count);
    await compare(
      "Emoji of 128×128",
      chosen.map((name) => join(emoji, name)),
      64,
    );
  } else {
    console.log("the emoji are not built here (lavisc data build emoji): their rows are missing");
  }
  const photos = Array.from({ length: distinctPhotos }, (_, number) => join(folder, `${number}.jpg`));
  for (const [number, path] of photos.entries()) await writePhoto(path, number);
  const repeated = Array.from({ length: count }, (_, index) => photos[index % photos.length] ?? "");
  await compare("Photos of 640×480", repeated, 384);
} finally {
  rmSync(folder, { recursive: true });
}
