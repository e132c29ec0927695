import type { Collectives } from "../distributed/collectives.ts";
import { UserError } from "../errors.ts";

/** An image that could not be read. */
export interface BadImage {
  readonly path: string;
  /** The annotation row that names it. */
  readonly origin: string;
  readonly reason: string;
}

/** Bad images shown in the error that ends a run. */
const SHOWN = 5;

/** Counts the distinct images of a run that could not be read, and ends it when there are too many. */
export class BadImages {
  /** One more than this is an error. */
  readonly limit: number;
  readonly #found = new Map<string, BadImage>();
  /** Those that other processes have not been told of. */
  #untold: BadImage[] = [];
  readonly #onBadImage: ((bad: BadImage) => void) | undefined;

  /** @param onBadImage told once of each */
  constructor(limit: number, onBadImage?: (bad: BadImage) => void) {
    this.limit = limit;
    this.#onBadImage = onBadImage;
  }

  get found(): readonly BadImage[] {
    return [...this.#found.values()];
  }

  /** Counts `bad`, unless it was. @throws UserError when that is one more than the limit. */
  add(bad: BadImage): void {
    if (this.#found.has(bad.path)) return;
    this.#untold.push(bad);
    this.#count(bad);
  }

  /**
   * Counts what the processes that share the data have found since the last call, which all make together.
   * @throws UserError in each when that is more than the limit
   */
  exchange(processes: Pick<Collectives, "size" | "gatherObjects">): void {
    if (processes.size === 1) return;
    const untold = this.#untold;
    this.#untold = [];
    for (const bad of processes.gatherObjects(untold, "bad images").flat()) {
      if (!this.#found.has(bad.path)) this.#count(bad);
    }
  }

  #count(bad: BadImage): void {
    this.#found.set(bad.path, bad);
    this.#onBadImage?.(bad);
    if (this.#found.size > this.limit) throw this.#tooMany();
  }

  #tooMany(): UserError {
    const { size } = this.#found;
    const lines = this.found
      .slice(0, SHOWN)
      .map(({ path, origin, reason }) => `  ${path} (${origin}): ${reason}`);
    if (size > SHOWN) lines.push(`  and ${size - SHOWN} more`);
    return new UserError(
      `${size} images cannot be read; max_bad_images allows ${this.limit}:\n${lines.join("\n")}`,
      "replace the files, take them out of the annotations, or raise run.max_bad_images",
    );
  }
}
