import { UserError } from "../errors.ts";
import type { Written } from "./file.ts";

/** Everything besides weights and optimizer that a run needs to go on exactly where it stopped. */
export interface TrainState {
  /** The package's version that wrote it. */
  readonly lavisVersion: string;
  readonly engine: { readonly name: string; readonly device: string; readonly threads: number };
  /** Hash of the resolved recipe, to tell a run continued from one changed. */
  readonly recipeHash: string;
  readonly position: {
    /** 0-based epoch that the next step belongs to. */
    readonly epoch: number;
    /** Optimizer steps done in that epoch, and in the run. */
    readonly stepInEpoch: number;
    readonly step: number;
    /** Samples of that epoch's order already taken from the loader. */
    readonly samplesTaken: number;
  };
  /**
   * The batch that processes shared out, and how much of it one takes at most (`run.batch_size_train`); null in
   * checkpoints of before there were several.
   */
  readonly batch: { readonly samples: number; readonly perProcess: number } | null;
  /** Words of the random key from which later steps fold theirs. */
  readonly randomKey: readonly number[];
  /** The best validation so far; null before the first. */
  readonly best: { readonly metric: string; readonly value: number; readonly epoch: number } | null;
  /** The loss scale of float16 (optim/loss-scaler.ts); null without one, as in checkpoints of before there was. */
  readonly lossScaler: {
    readonly scale: number;
    readonly goodSteps: number;
    readonly skippedSteps: number;
  } | null;
}

/** `state.json` of a checkpoint. */
export interface CheckpointManifest {
  readonly format: 1;
  readonly state: TrainState;
  /** Each file beside it, by name. */
  readonly files: Readonly<Record<string, Written>>;
}

/**
 * Reads a manifest's text.
 * @throws UserError when it is not JSON, of another format, or lacks or misstates a field (which).
 */
export function parseManifest(
  text: string,
  path: string,
  requiredFiles: readonly string[],
): CheckpointManifest {
  const invalid = (what: string): never => {
    throw new UserError(
      `${path} is not a valid checkpoint manifest: ${what}`,
      "Resume from another checkpoint.",
    );
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    invalid((error as Error).message);
  }
  const manifest = new Fields(json, "", invalid);
  if (manifest.number("format") !== 1)
    throw new UserError(
      `${path} has format ${manifest.number("format")}; this version reads format 1`,
      "Update lavis.",
    );
  const state = manifest.inner("state");
  const engine = state.inner("engine");
  const position = state.inner("position");
  const best = state.value("best") === null ? null : state.inner("best");
  /** A part that older checkpoints lack. */
  const optional = (name: string): Fields | null =>
    state.names().includes(name) && state.value(name) !== null ? state.inner(name) : null;
  const lossScaler = optional("lossScaler");
  const batch = optional("batch");
  const files = manifest.inner("files");
  for (const name of requiredFiles) files.inner(name);
  return {
    format: 1,
    state: {
      lavisVersion: state.string("lavisVersion"),
      engine: {
        name: engine.string("name"),
        device: engine.string("device"),
        threads: engine.number("threads"),
      },
      recipeHash: state.string("recipeHash"),
      position: {
        epoch: position.number("epoch"),
        stepInEpoch: position.number("stepInEpoch"),
        step: position.number("step"),
        samplesTaken: position.number("samplesTaken"),
      },
      batch: batch && { samples: batch.number("samples"), perProcess: batch.number("perProcess") },
      randomKey: state.numbers("randomKey"),
      best: best && {
        metric: best.string("metric"),
        value: best.number("value"),
        epoch: best.number("epoch"),
      },
      lossScaler: lossScaler && {
        scale: lossScaler.number("scale"),
        goodSteps: lossScaler.number("goodSteps"),
        skippedSteps: lossScaler.number("skippedSteps"),
      },
    },
    files: Object.fromEntries(
      files.names().map((name) => {
        if (name.includes("/") || name.includes("\\"))
          return invalid(`files names ${name}, which is no plain name`);
        const file = files.inner(name);
        return [name, { bytes: file.number("bytes"), sha256: file.string("sha256") }];
      }),
    ),
  };
}

/** A JSON object whose fields are checked as they are taken. */
class Fields {
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #invalid: (what: string) => never;

  constructor(value: unknown, path: string, invalid: (what: string) => never) {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      invalid(`${path || "it"} is no object`);
    this.#object = value as Readonly<Record<string, unknown>>;
    this.#path = path;
    this.#invalid = invalid;
  }

  names(): string[] {
    return Object.keys(this.#object);
  }

  value(name: string): unknown {
    return Object.hasOwn(this.#object, name)
      ? this.#object[name]
      : this.#invalid(`${this.#at(name)} is missing`);
  }

  inner(name: string): Fields {
    return new Fields(this.value(name), this.#at(name), this.#invalid);
  }

  string(name: string): string {
    const value = this.value(name);
    return typeof value === "string" ? value : this.#invalid(`${this.#at(name)} is no text`);
  }

  number(name: string): number {
    const value = this.value(name);
    return typeof value === "number" ? value : this.#invalid(`${this.#at(name)} is no number`);
  }

  numbers(name: string): number[] {
    const value = this.value(name);
    return Array.isArray(value) && value.every((item) => typeof item === "number")
      ? value
      : this.#invalid(`${this.#at(name)} is no list of numbers`);
  }

  #at(name: string): string {
    return this.#path ? `${this.#path}.${name}` : name;
  }
}
