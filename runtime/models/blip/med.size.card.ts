import {
  type Kept,
  linearTensors,
  type ModelPart,
  normTensors,
  nothingKept,
  type TensorSize,
  times,
} from "../size.card.ts";

/** The options of a BERT that set its size. */
export interface TextSizes {
  readonly text_hidden_size: number;
  readonly text_num_layers: number;
  readonly text_num_heads: number;
  readonly text_intermediate_size: number;
  readonly max_position_embeddings: number;
  readonly attention_probs_dropout_prob: number;
}

/** What a BERT reads in training. */
export interface TextInputs {
  /** Tokens of a text, at most. */
  readonly tokens: number;
  /** The states that it attends to: how many, and how wide. */
  readonly memory: number;
  readonly memoryWidth: number;
  /** Tokens that it knows, those that the model adds included. */
  readonly vocabulary: number;
}

/** The embeddings of `med.ts`; `tied` names what else is the words' matrix. */
export function embeddingsPart(
  prefix: string,
  { text_hidden_size: width, max_position_embeddings: positions }: TextSizes,
  { tokens, vocabulary }: TextInputs,
  tied: readonly string[],
): ModelPart {
  return {
    name: "word and position embeddings",
    isTrained: true,
    tensors: [
      { name: `${prefix}word_embeddings.weight`, shape: [vocabulary, width], aliases: tied },
      { name: `${prefix}position_embeddings.weight`, shape: [positions, width] },
      ...normTensors(`${prefix}LayerNorm`, width),
      { name: `${prefix}position_ids`, shape: [1, positions], isBuffer: true },
    ],
    kept: { ...nothingKept, precise: 2 * tokens * width },
    recomputed: nothingKept,
    attentionOfLayer: 0,
  };
}

/** The layers of `med-layer.ts`, with cross-attention. */
export function layersPart(name: string, prefix: string, sizes: TextSizes, inputs: TextInputs): ModelPart {
  const { text_num_layers: depth } = sizes;
  const layer = keptOfLayer(sizes, inputs);
  return {
    name,
    isTrained: true,
    tensors: Array.from({ length: depth }, (_, i) =>
      layerTensors(`${prefix}${i}.`, sizes, inputs.memoryWidth),
    ).flat(),
    kept: times(depth, layer),
    recomputed: nothingKept,
    attentionOfLayer: layer.attention,
  };
}

/** The language-modelling head of `med-lm.ts`; its matrix is that of the words. */
export function headPart(
  prefix: string,
  { text_hidden_size: width }: TextSizes,
  inputs: TextInputs,
): ModelPart {
  const { tokens, vocabulary } = inputs;
  return {
    name: "head that scores words",
    isTrained: true,
    tensors: [
      { name: `${prefix}bias`, shape: [vocabulary], aliases: [`${prefix}decoder.bias`] },
      ...linearTensors(`${prefix}transform.dense`, width, width),
      ...normTensors(`${prefix}transform.LayerNorm`, width),
    ],
    // Scores of each token but the first: as computed, as logarithms, and their gradient.
    kept: { ...nothingKept, products: 4 * tokens * width, precise: 3 * (tokens - 1) * vocabulary },
    recomputed: nothingKept,
    attentionOfLayer: 0,
  };
}

function layerTensors(prefix: string, sizes: TextSizes, memoryWidth: number): readonly TensorSize[] {
  const { text_hidden_size: width, text_intermediate_size: intermediate } = sizes;
  const attention = (name: string, from: number) => [
    ...linearTensors(`${name}.self.query`, width, width),
    ...linearTensors(`${name}.self.key`, from, width),
    ...linearTensors(`${name}.self.value`, from, width),
    ...outputTensors(`${name}.output`, width, width),
  ];
  return [
    ...attention(`${prefix}attention`, width),
    ...attention(`${prefix}crossattention`, memoryWidth),
    ...linearTensors(`${prefix}intermediate.dense`, width, intermediate),
    ...outputTensors(`${prefix}output`, intermediate, width),
  ];
}

const outputTensors = (name: string, from: number, to: number): readonly TensorSize[] => [
  ...linearTensors(`${name}.dense`, from, to),
  ...normTensors(`${name}.LayerNorm`, to),
];

/**
 * What a layer keeps. Of each token, in widths: three norms' inputs and outputs; queries of both attentions, keys and
 * values of its own, and what both give; and the feed-forward layer before and after its GELU. Of each state that it
 * attends to: its key and its value, and in mixed precision the state as each of them took it.
 */
function keptOfLayer(sizes: TextSizes, { tokens, memory, memoryWidth }: TextInputs): Kept {
  const { text_hidden_size: width, text_intermediate_size: intermediate, text_num_heads: heads } = sizes;
  return {
    products: tokens * (9 * width + 2 * intermediate) + memory * 2 * width,
    precise: tokens * 3 * width,
    // Each product converts its own input: that of queries, keys and values is there three times.
    converted: tokens * 4 * width + memory * 2 * memoryWidth,
    attention: heads * tokens * (tokens + memory),
    dropsAttention: sizes.attention_probs_dropout_prob > 0,
  };
}
