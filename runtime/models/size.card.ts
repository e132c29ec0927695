/**
 * What is known of a model without building it: the tensors of its checkpoints, and what training keeps of a sample.
 */

/** A tensor of a model's checkpoints. */
export interface TensorSize {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its other names in checkpoints: a tied weight has several. */
  readonly aliases?: readonly string[];
  /** Whether it is kept in checkpoints without being a parameter. */
  readonly isBuffer?: true;
  /** Whether weights of another shape are made to fit, as position embeddings are by interpolation. */
  readonly isResized?: true;
}

/** What the backward pass needs of one sample, in elements. */
export interface Kept {
  /** Outputs of products and what is computed of them, which mixed precision stores in half the bytes. */
  readonly products: number;
  /** What stays float32 in mixed precision: the inputs of norms, scores of words. */
  readonly precise: number;
  /** What mixed precision keeps beside them, in half the bytes: inputs that it converted. */
  readonly converted: number;
  /** Weights of attention, for engines that keep them. */
  readonly attention: number;
  /** Whether attention drops weights out. */
  readonly dropsAttention: boolean;
}

/** A part of a model. */
export interface ModelPart {
  readonly name: string;
  readonly tensors: readonly TensorSize[];
  /** Whether training changes its parameters. */
  readonly isTrained: boolean;
  readonly kept: Kept;
  /** What of `kept` exists only while its gradient is computed, as for layers that are computed again. */
  readonly recomputed: Kept;
  /** The weights of one layer's attention, in elements of a sample; 0 without attention. */
  readonly attentionOfLayer: number;
}

/** A model's parts, in the order of the forward pass. */
export type ModelSize = readonly ModelPart[];

/** Nothing that the backward pass needs. */
export const nothingKept: Kept = {
  products: 0,
  precise: 0,
  converted: 0,
  attention: 0,
  dropsAttention: false,
};

/** `count` times what is kept. */
export const times = (count: number, kept: Kept): Kept => ({
  products: count * kept.products,
  precise: count * kept.precise,
  converted: count * kept.converted,
  attention: count * kept.attention,
  dropsAttention: kept.dropsAttention,
});

/** What both keep. */
export const plus = (a: Kept, b: Kept): Kept => ({
  products: a.products + b.products,
  precise: a.precise + b.precise,
  converted: a.converted + b.converted,
  attention: a.attention + b.attention,
  dropsAttention: a.dropsAttention || b.dropsAttention,
});

/** A part that stays as it is, through which the gradients of others pass. */
export const untrained = (part: ModelPart): ModelPart => ({ ...part, isTrained: false });

/** A part that stays as it is, before any that is trained: nothing of it is needed for gradients. */
export const withoutGradient = (part: ModelPart): ModelPart => ({
  ...untrained(part),
  kept: nothingKept,
  recomputed: nothingKept,
  attentionOfLayer: 0,
});

/** The elements of a tensor. */
export const elementsOf = ({ shape }: Pick<TensorSize, "shape">): number =>
  shape.reduce((product, length) => product * length, 1);

/** The parameters of a part: its tensors' elements without buffers. */
export const parametersOf = ({ tensors }: Pick<ModelPart, "tensors">): number =>
  tensors.reduce((sum, tensor) => sum + (tensor.isBuffer ? 0 : elementsOf(tensor)), 0);

/** The tensors of a linear layer. */
export const linearTensors = (name: string, from: number, to: number): readonly TensorSize[] => [
  { name: `${name}.weight`, shape: [to, from] },
  { name: `${name}.bias`, shape: [to] },
];

/** The tensors of a layer norm. */
export const normTensors = (name: string, width: number): readonly TensorSize[] => [
  { name: `${name}.weight`, shape: [width] },
  { name: `${name}.bias`, shape: [width] },
];
