import { blipCaptionSize, type CaptionSizes } from "../../runtime/models/blip/caption.size.card.ts";
import { elementsOf, type ModelSize, parametersOf } from "../../runtime/models/size.card.ts";
import { find, isNone, textOf } from "../check/rule.ts";
import type { PartialRecipe, ResolvedSection } from "../resolve/resolved.ts";
import { type Known, mapKnown, unknown } from "./known.ts";
import { optionsOf } from "./values.ts";

/** The tokens of bert-base-uncased. */
const uncasedTokens = 30_522;

/** The tokens that the file of a vocabulary has; undefined where it cannot be read. */
export type ReadVocabulary = (path: string) => readonly string[] | undefined;

type SizeOf = (model: ResolvedSection, readVocabulary: ReadVocabulary) => Known<ModelSize>;

const captionKeys = [
  "image_size",
  "patch_size",
  "vit_embed_dim",
  "vit_depth",
  "vit_num_heads",
  "vit_grad_ckpt",
  "vit_ckpt_layer",
  "text_hidden_size",
  "text_num_layers",
  "text_num_heads",
  "text_intermediate_size",
  "max_position_embeddings",
  "attention_probs_dropout_prob",
  "max_txt_len",
  "freeze",
] as const satisfies readonly (keyof CaptionSizes)[];

/** What computes the size of a model from its options, by its name. */
const sizes: Readonly<Record<string, SizeOf>> = {
  blip_caption: (model, readVocabulary) =>
    mapKnown(vocabularyOf(model, readVocabulary, ["[DEC]", "[ENC]"]), (vocabulary) =>
      mapKnown(optionsOf<CaptionSizes>(model, "model", captionKeys), (options) =>
        blipCaptionSize(options, vocabulary),
      ),
    ),
};

/** The models whose size is known. */
export const sizedModels: readonly string[] = Object.keys(sizes);

/** The size of a recipe's model. */
export function sizeOf({ model }: PartialRecipe, readVocabulary: ReadVocabulary): Known<ModelSize> {
  if (model === undefined) return unknown("the recipe has no model");
  const { name, implemented } = model.card;
  if (implemented === false)
    return unknown(`this version of the runtime does not have the model ${name}, nor its size`);
  return (
    sizes[name]?.(model, readVocabulary) ?? unknown(`the size of ${name} is not known before it is built`)
  );
}

/** The tokens that a model with a WordPiece vocabulary knows, those that it appends included. */
function vocabularyOf(
  model: ResolvedSection,
  readVocabulary: ReadVocabulary,
  appended: readonly string[],
): Known<number> {
  const file = find(model, "vocab_file");
  if (file === undefined || isNone(file)) return uncasedTokens + appended.length;
  const path = textOf(file);
  const tokens = path === undefined ? undefined : readVocabulary(path);
  if (tokens === undefined)
    return unknown(`the vocabulary ${path ?? "of the run"} is not there to be counted`);
  const known = new Set(tokens);
  return tokens.length + appended.filter((token) => !known.has(token)).length;
}

/** How many parameters a part of a model has. */
export interface PartCount {
  readonly name: string;
  readonly parameters: number;
  readonly trained: number;
}

export interface ParameterCount {
  readonly parts: readonly PartCount[];
  readonly total: number;
  readonly trained: number;
}

/** The parameters of a model, by part. */
export function countParameters(size: ModelSize): ParameterCount {
  const parts = size.map((part): PartCount => {
    const parameters = parametersOf(part);
    return { name: part.name, parameters, trained: part.isTrained ? parameters : 0 };
  });
  const sum = (of: (part: PartCount) => number) => parts.reduce((total, part) => total + of(part), 0);
  return { parts, total: sum(({ parameters }) => parameters), trained: sum(({ trained }) => trained) };
}

/** Elements of a model's checkpoint, buffers included. */
export const storedElements = (size: ModelSize): number =>
  size.flatMap(({ tensors }) => tensors).reduce((sum, tensor) => sum + elementsOf(tensor), 0);
