import type { ComponentValue } from "../card.ts";
import type { Dataset, FieldValue, ImageId, Row } from "../datasets/dataset.ts";
import { UserError } from "../errors.ts";
import type { TextProcessor } from "../processors/processor.ts";
import type { BadImage, BadImages } from "./bad-images.ts";
import { batchesPerPass, type Rows, rowsOf, type Sharing, unshared } from "./order.ts";
import { inProcessPool, type SamplePool, threadPool } from "./pool.ts";
import { inPasses, mixed, type Sequence, type Source, type Turn } from "./sequence.ts";

export interface LoaderOptions {
  readonly dataset: Dataset;
  /** The image processor; its `image_size` is the side of what it makes, in pixels. */
  readonly visProcessor: ComponentValue;
  /** Prepares `text_input`; texts stay as they are when absent. */
  readonly textProcessor?: TextProcessor;
  /** Samples of a batch, over all processes that share it. */
  readonly batchSize: number;
  /** Which rows of each batch are read here; all of them unless given. */
  readonly sharing?: Sharing;
  /** Threads that decode and process; 0 does it in this thread, when a batch is asked for. */
  readonly numWorkers: number;
  /** Batches made ahead by threads; 2 when absent. */
  readonly prefetch?: number;
  /**
   * Training shuffles each pass, drops its last, smaller batch, and replaces a bad image by the next good
   * sample of the pass. Otherwise samples come in order, all of them, and a bad image is left out.
   */
  readonly training: boolean;
  /** What the dataset consists of, one after the other, where training mixes it by shares. */
  readonly sources?: readonly Source[];
  readonly seed: number;
  /** Counts each bad image when the batch that it belongs to is delivered; a run's loaders may share it. */
  readonly badImages: BadImages;
}

/** A batch, or a process's part of one, in main memory, under LAVIS's keys. */
export interface HostBatch {
  /** The number of the batch, from the start of the run. */
  readonly number: number;
  /** Which of its rows these are; images that cannot be read are left out of them in an evaluation. */
  readonly rows: Rows;
  /** [B, 3, H, W]; the memory is used again when the next one is asked for. */
  readonly image: Float32Array;
  readonly imageShape: readonly [batch: number, channels: 3, height: number, width: number];
  /** B texts, processed; absent when a sample of the batch has none. */
  readonly text_input?: readonly string[];
  readonly image_id: readonly ImageId[];
  readonly instance_id: readonly string[];
  /** Where each sample stands in the dataset. */
  readonly indices: readonly number[];
  /** What samples carry besides, a value for each; those of which a sample of the batch has none are left out. */
  readonly fields: Readonly<Record<string, readonly FieldValue[]>>;
}

/** A batch as it comes from the pool, with what its images' reading showed. */
interface Loaded {
  readonly batch: HostBatch;
  readonly bad: readonly BadImage[];
}

/**
 * Makes batches of a dataset. Which samples a batch holds, in which order, and how they are augmented follows
 * from its number, the seed, and the data alone: not from the threads, nor from where the loader began.
 * Batch n is batch n mod `batchesPerPass` of pass ⌊n / batchesPerPass⌋; where sources are mixed by shares, each has passes
 * of its own.
 */
export class Loader {
  readonly batchesPerPass: number;
  /** Samples of a batch, over all processes that share it. */
  readonly batchSize: number;
  readonly #options: LoaderOptions;
  readonly #pool: SamplePool;
  /** Why a path is known to be bad: it is not read again. */
  readonly #reasons = new Map<string, string>();
  readonly #side: number;
  readonly #sharing: Sharing;
  readonly #sequence: Sequence;

  private constructor(options: LoaderOptions, pool: SamplePool, side: number) {
    const { dataset, batchSize, training, sources, seed } = options;
    this.batchesPerPass = batchesPerPass(dataset.length, batchSize, training);
    this.batchSize = batchSize;
    this.#options = options;
    this.#pool = pool;
    this.#side = side;
    this.#sharing = options.sharing ?? unshared;
    this.#sequence = sources
      ? mixed(sources, batchSize, seed)
      : inPasses(dataset, batchSize, { seed, training });
  }

  /** Starts the threads. @throws UserError when the processor's name or options are wrong. */
  static async open(options: LoaderOptions): Promise<Loader> {
    const { visProcessor, numWorkers, batchSize } = options;
    const side = visProcessor.options.image_size;
    if (typeof side !== "number") {
      throw new Error(`the image processor ${visProcessor.name} has no image_size`);
    }
    if (!Number.isInteger(batchSize) || batchSize < 1) throw new RangeError(`batch size ${batchSize}`);
    const pool =
      numWorkers === 0 ? await inProcessPool(visProcessor) : await threadPool(visProcessor, numWorkers);
    return new Loader(options, pool, side);
  }

  /**
   * Batches `first`, `first` + 1, … before `end` (training: without end; otherwise one pass), each in as many parts
   * as the sharing says, made ahead by the threads. A part has no samples where an evaluation's last batch has none
   * for this process, or none of its images can be read. Samples of earlier batches are not read. Leaving the
   * iteration stops the reading ahead.
   *
   * @throws UserError when more images are bad than `badImages` allows; Error when a thread crashes
   */
  async *batches({
    first = 0,
    end = this.#options.training ? Number.POSITIVE_INFINITY : this.batchesPerPass,
  }: {
    readonly first?: number;
    readonly end?: number;
  } = {}): AsyncGenerator<HostBatch, void, void> {
    if (this.batchesPerPass === 0) return;
    const ahead = this.#options.numWorkers === 0 ? 0 : Math.max(1, this.#options.prefetch ?? 2);
    // One buffer for each batch in the making, and one for the batch that the caller holds.
    const buffers = Array.from({ length: ahead + 1 }, () => this.#buffer());
    const stop = new AbortController();
    const pending: Promise<Loaded>[] = [];
    const { parts } = this.#sharing;
    // Counts parts.
    let next = first * parts;
    const start = (wanted: number): void => {
      while (next < end * parts && pending.length < wanted) {
        const loaded = this.#load(next, buffers[next % buffers.length]!, stop.signal);
        loaded.catch(() => undefined); // It is thrown when its turn comes, if it comes.
        pending.push(loaded);
        next++;
      }
    };
    try {
      for (;;) {
        start(Math.max(1, ahead));
        const head = pending.shift();
        if (!head) return;
        const { batch, bad } = await head;
        for (const one of bad) this.#options.badImages.add(one);
        start(ahead);
        yield batch;
      }
    } finally {
      stop.abort();
    }
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  #buffer(): SharedArrayBuffer {
    const { size, parts } = this.#sharing;
    const rows = Math.ceil(this.#options.batchSize / (size * parts));
    const floats = Math.min(rows, this.#options.dataset.length) * this.#sampleSize();
    return new SharedArrayBuffer(floats * Float32Array.BYTES_PER_ELEMENT);
  }

  #sampleSize(): number {
    return 3 * this.#side * this.#side;
  }

  /** Loads the part of a batch that has this number among all parts. */
  async #load(partNumber: number, buffer: SharedArrayBuffer, stop: AbortSignal): Promise<Loaded> {
    const { dataset, batchSize, training } = this.#options;
    const { parts } = this.#sharing;
    const number = Math.floor(partNumber / parts);
    const batchStart = (number % this.batchesPerPass) * batchSize;
    const { first, count } = rowsOf(batchSize, this.#sharing, partNumber % parts);
    const start = batchStart + first;
    // The last batch of an evaluation may end before these rows do, or before they begin.
    const size = Math.max(0, Math.min(count, dataset.length - start));
    const rows: Rows = { first, count: size };
    const badOf: BadImage[][] = Array.from({ length: size }, () => []);
    const indices = await Promise.all(
      Array.from({ length: size }, async (_, place) => {
        const turn = this.#sequence(number, first + place);
        const { order } = turn;
        const candidates = training ? order.length : 1;
        for (let skipped = 0; skipped < candidates; skipped++) {
          const index = order[(turn.place + skipped) % order.length]!;
          const reason = await this.#read(index, turn, { buffer, place, stop });
          if (reason === undefined) return index;
          const { image: path } = dataset.row(index);
          badOf[place]!.push({ path, origin: dataset.origin(index), reason });
          // More than the limit in one place: the batch will fail, so read no further.
          if (distinct(badOf[place]!) > this.#options.badImages.limit) return undefined;
        }
        if (training) throw noneReadable(turn.name, badOf[place]!);
        return undefined;
      }),
    );
    return { batch: this.#assemble({ number, rows }, buffer, indices), bad: badOf.flat() };
  }

  /** Reads a sample into its place in the buffer; returns why its image is bad, if it is. */
  async #read(
    index: number,
    { pass }: Turn,
    {
      buffer,
      place,
      stop,
    }: { readonly buffer: SharedArrayBuffer; readonly place: number; readonly stop: AbortSignal },
  ): Promise<string | undefined> {
    const { image: path } = this.#options.dataset.row(index);
    const known = this.#reasons.get(path);
    if (known !== undefined) return known;
    const size = this.#sampleSize();
    const key = [this.#options.seed, pass, index];
    const outcome = await this.#pool.run({ path, key, target: buffer, offset: place * size, size }, stop);
    if (!outcome) throw new Error("the iteration was left"); // Nobody waits for this batch any more.
    if (outcome.bad !== undefined) this.#reasons.set(path, outcome.bad);
    return outcome.bad;
  }

  /** The batch of the samples that could be read, moved together in the buffer. */
  #assemble(
    where: Pick<HostBatch, "number" | "rows">,
    buffer: SharedArrayBuffer,
    indices: readonly (number | undefined)[],
  ): HostBatch {
    const { dataset, textProcessor = (text: string) => text } = this.#options;
    const size = this.#sampleSize();
    const pixels = new Float32Array(buffer);
    const rows: Row[] = [];
    const read: number[] = [];
    for (const [place, index] of indices.entries()) {
      if (index === undefined) continue;
      if (rows.length < place) pixels.copyWithin(rows.length * size, place * size, (place + 1) * size);
      rows.push(dataset.row(index));
      read.push(index);
    }
    const texts = rows.flatMap(({ text_input }) =>
      text_input === undefined ? [] : textProcessor(text_input),
    );
    return {
      ...where,
      image: pixels.subarray(0, rows.length * size),
      imageShape: [rows.length, 3, this.#side, this.#side],
      ...(texts.length === rows.length && { text_input: texts }),
      image_id: rows.map(({ image_id }) => image_id),
      instance_id: rows.map(({ instance_id }) => instance_id),
      indices: read,
      fields: collateFields(rows),
    };
  }
}

/** The values of each field that all rows carry. */
function collateFields(rows: readonly Row[]): HostBatch["fields"] {
  const columns = Object.keys(rows[0]?.fields ?? {}).flatMap((name): [string, readonly FieldValue[]][] => {
    const values = rows.flatMap(({ fields }) => {
      const value = fields?.[name];
      return value === undefined ? [] : [value];
    });
    return values.length === rows.length ? [[name, values]] : [];
  });
  return Object.fromEntries(columns);
}

/** Training found no good sample to put in place of bad ones. */
function noneReadable(dataset: string, [first]: readonly BadImage[]): UserError {
  return new UserError(
    `no image of the dataset ${dataset} can be read; the first is ${first?.path}: ${first?.reason}`,
    "check the folder of images",
  );
}

function distinct(bad: readonly BadImage[]): number {
  return new Set(bad.map(({ path }) => path)).size;
}
