import type { FieldValue } from "../datasets/dataset.ts";
import type { Collectives } from "../distributed/collectives.ts";
import type { Forward, Module } from "../nn/module.ts";
import type { Key, Tensor } from "../tensor/index.ts";

/** A batch of samples under LAVIS's names; `image` and `text_input` have as many samples. */
export interface Batch {
  /** [B, 3, H, W], normalised pixels. */
  readonly image: Tensor;
  /** Captions; only training reads them. */
  readonly text_input?: readonly string[];
  readonly image_id?: readonly (string | number)[];
  readonly instance_id?: readonly string[];
  /** What the samples carry besides, a value for each; `fieldOf` reads it. */
  readonly fields?: Readonly<Record<string, readonly FieldValue[]>>;
}

/** How far training is: losses that ramp up over epochs read it. */
export interface TrainPosition {
  readonly epoch: number;
  /** Steps done in this epoch. */
  readonly step: number;
  readonly stepsPerEpoch: number;
}

/** What a forward pass in training gets besides its batch. */
export interface TrainForward extends TrainPosition, Forward {
  /** The processes that hold a part of the batch each; absent where this one holds all of it. */
  readonly processes?: Collectives;
}

/** Scalars: the one to train on, and those it is made of (LAVIS's names). */
export interface Losses {
  readonly loss: Tensor;
  readonly [part: `loss_${string}`]: Tensor;
  /**
   * How many terms the losses are the mean of, such as tokens; the samples of the batch where absent. Parts of a
   * batch count by it, so that the loss of a batch does not depend on how it is shared out.
   */
  readonly terms?: number;
}

/** The layers of a model for layer-wise learning rates; 0 is nearest to the input. */
export interface LayerNumbering {
  readonly numLayers: number;
  /** The layer of a parameter, 0 … numLayers; undefined for one that always learns at the full rate. */
  layerOf(parameterName: string): number | undefined;
}

/** A weight as a file of weights has it. */
export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A model that can be trained. */
export interface Model extends Module {
  readonly layerNumbering: LayerNumbering;
  /** @throws UserError when the batch lacks a field or does not fit the model. */
  forward(batch: Batch, at: TrainForward): Losses;
  /** The weight `name` of a model of another size made to fit this one; undefined when it cannot be. */
  resizeWeight(name: string, weight: Weight): Weight | undefined;
}

/** How captions are written. Lengths are in tokens and count the prompt. */
export interface CaptioningOptions {
  /** 1 takes the likeliest token each time. */
  readonly num_beams: number;
  readonly max_length: number;
  readonly min_length: number;
  readonly repetition_penalty: number;
  readonly length_penalty: number;
  /** Captions per image; 1 unless given. Without sampling they are all the same, as in LAVIS. */
  readonly num_captions?: number;
  /** Draw tokens instead of searching (nucleus sampling); `num_beams` is not used then. */
  readonly sampling?: CaptionSampling;
}

export interface CaptionSampling {
  /** One for each image of the batch: what is drawn for an image follows from its own. */
  readonly keys: readonly Key[];
  /** 1 unless given. */
  readonly temperature?: number;
  /** Only the k likeliest tokens; 50 unless given, as transformers has it; 0 for all. */
  readonly top_k?: number;
  /** Only the likeliest tokens that hold this much of the probability; 0.9 unless given. */
  readonly top_p?: number;
}

/** A model that writes captions. */
export interface Captioner extends Model {
  /** The captions of the images, without the prompt; those of one image together. */
  generate(batch: Batch, options: CaptioningOptions): string[];
}
