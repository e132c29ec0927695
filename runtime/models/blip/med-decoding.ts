import type { Decoder, TokenScores } from "../../generate/decoder.ts";
import type { Forward } from "../../nn/module.ts";
import { evaluation } from "../../nn/stochastic.ts";
import { gather, logSoftmax, narrow, read, reshape, scope, type Tensor, tensor } from "../../tensor/index.ts";
import type { Memory } from "./med-attention.ts";
import type { LayerMemory } from "./med-layer.ts";
import type { MedLmDecoder } from "./med-lm.ts";

/**
 * Writing with a BERT decoder about encoded images. Keys and values are computed once: of an image for all its
 * rows, of a token for all later ones. Use it inside a `scope`, which frees them, and under `noGrad`.
 */
export class MedDecoding implements Decoder {
  readonly numImages: number;
  readonly vocabularySize: number;
  readonly #model: MedLmDecoder;
  readonly #states: Tensor;
  readonly #at: Forward = evaluation();
  #memories: readonly LayerMemory[] = [];
  #numRows = 0;
  #numLive: number;

  /** `states`: the images' [B, N, encoder_width]. */
  constructor(model: MedLmDecoder, states: Tensor) {
    this.numImages = states.shape[0] as number;
    this.vocabularySize = model.cls.predictions.bias.size;
    this.#model = model;
    this.#states = states;
    this.#numLive = this.numImages;
  }

  start(prompt: readonly number[], scores: TokenScores): Float32Array {
    for (const memory of this.#memories) dispose(memory.past, memory.cross);
    this.#memories = this.#model.bert.encoder.layer.map((layer) => {
      return { past: undefined, cross: layer.crossMemoryOf(this.#states) };
    });
    this.#numRows = this.numImages;
    this.#numLive = this.numImages;
    return this.#feed(Array.from({ length: this.numImages }, () => prompt).flat(), scores);
  }

  advance(parents: readonly number[], tokens: readonly number[], scores: TokenScores): Float32Array {
    this.#reorder(parents);
    return this.#feed(tokens, scores);
  }

  /** Makes row r of the memories what row `parents[r]` was. */
  #reorder(parents: readonly number[]): void {
    const rowsPerImage = this.#numRows / this.#numLive;
    const images = [...new Set(parents.map((row) => Math.floor(row / rowsPerImage)))];
    const samePast = parents.length === this.#numRows && parents.every((parent, row) => parent === row);
    const sameImages = images.length === this.#numLive;
    this.#memories = this.#memories.map((memory) => ({
      past: samePast ? memory.past : moved(memory.past, parents),
      cross: sameImages ? memory.cross : moved(memory.cross, images),
    }));
    this.#numRows = parents.length;
    this.#numLive = images.length;
  }

  /** Appends tokens, equally many to each row; returns the scores of what follows, [R, V]. */
  #feed(tokens: readonly number[], scores: TokenScores): Float32Array {
    const { engine } = this.#states;
    const length = tokens.length / this.#numRows;
    const before = this.#memories;
    const step = scope(engine, () => {
      const ids = tensor(engine, Int32Array.from(tokens), [this.#numRows, length]);
      const { hidden, past } = this.#model.bert.decode(ids, before, this.#at);
      const last = reshape(narrow(hidden, 1, length - 1, 1), [this.#numRows, -1]); // [R, D]
      const logits = this.#model.logits(last); // [R, V]
      return { scores: scores === "logits" ? logits : logSoftmax(logits), past };
    });
    this.#memories = before.map(({ past, cross }, layer) => {
      dispose(past);
      return { past: step.past[layer], cross };
    });
    const values = read(step.scores);
    step.scores.dispose();
    return values as Float32Array;
  }
}

/** The rows of a memory that `rows` names, in its place: the old one is freed. */
function moved(memory: Memory | undefined, rows: readonly number[]): Memory | undefined {
  if (!memory) return undefined;
  const indices = tensor(memory.key.engine, Int32Array.from(rows), [rows.length]);
  const next = { key: gather(memory.key, indices, 0), value: gather(memory.value, indices, 0) };
  indices.dispose();
  dispose(memory);
  return next;
}

function dispose(...memories: readonly (Memory | undefined)[]): void {
  for (const memory of memories) {
    memory?.key.dispose();
    memory?.value.dispose();
  }
}
