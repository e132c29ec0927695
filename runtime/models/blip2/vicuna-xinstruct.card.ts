import { bool, checkpoint, count, defineCard, listOf, oneOf, ratio, string } from "../../card.ts";
import { weightOptions } from "../options/weights.card.ts";
import { blip2PatchSize, blip2Weights, instructionOptions } from "./blip2-options.card.ts";
import { type Modality, modalities, modalityOptions } from "./modality-options.card.ts";

const flag = (doc: string, value: boolean) => bool({ doc, default: { value } });
const text = (doc: string, value = "") => string({ doc, default: { value } });

const published = "https://storage.googleapis.com/sfr-xinstructblip-data-research";

/** The parts of a modality as they were published. */
function publishedParts(modality: Modality, file: string) {
  return {
    [`pretrained_${modality}_qformer`]: `${published}/${file}.pth`,
    [`load_attention_${modality}_qformer`]: true,
    [`load_ln_type_${modality}`]: modality,
    [`load_qformer_type_${modality}`]: modality,
    [`load_projection_type_${modality}`]: modality,
  };
}

const variant = (folder: string, audio: string) => ({
  load_finetuned: false,
  pretrained: blip2Weights("blip2_pretrained"),
  modalities,
  ...publishedParts("image", `${folder}/image_qformer`),
  ...publishedParts("pc", `${folder}/pc_qformer`),
  ...publishedParts("video", `${folder}/video_qformer`),
  ...publishedParts("audio", `${folder}/${audio}`),
});

/** LAVIS models/blip2_models/blip2_vicuna_xinstruct.py. */
export const blip2_vicuna_xinstruct = defineCard({
  kind: "model",
  name: "blip2_vicuna_xinstruct",
  implemented: false,
  doc: "X-InstructBLIP: Vicuna with a Q-Former for each of images, videos, sounds and clouds of points (Panagopoulou et al. 2023).",
  options: {
    ...weightOptions,
    stage1_url_or_filename: checkpoint({
      doc: "Weights of BLIP-2's first stage that are loaded before the others; a path or a URL.",
      nullable: true,
      default: { value: null },
    }),
    modalities: listOf(oneOf(modalities, { doc: "A modality." }), {
      doc: "What the model can read; only these get an encoder.",
      single: true,
      default: { value: ["image"] },
    }),
    llm_model: text(
      "The language model: a folder that holds Vicuna, whose weights everybody must obtain for themselves.",
      "llm/vicuna-7b",
    ),
    num_query_token: count({
      doc: "Learned queries of each Q-Former: how many embeddings it makes of an input.",
      range: { min: 1 },
      default: { value: 32 },
    }),
    ...instructionOptions,
    llm_text_input: flag("Let the language model read the instruction.", true),
    num_few_shot_examples: count({
      doc: "Examples that may stand before the instruction.",
      default: { value: 0 },
    }),
    few_shot_prob: ratio({ doc: "Chance that examples stand there in training.", default: { value: 0 } }),
    prefix: text("Put before each instruction for the language model."),
    postfix: text("Put behind each instruction for the language model."),
    use_cues: flag("Name the modality before its embeddings.", true),
    use_caption: flag("Give the language model captions of the inputs as well.", false),
    use_describe: flag("Let the model describe each input first, and read its own description.", false),
    enumerate_inputs: flag("Number the inputs where there are several.", false),
    add_space: flag("Put a space between parts of the instruction.", true),
    remove_start: flag("Leave the token of a text's start out of what the language model reads.", false),
    clean_tokenization: flag("Clean spaces up in generated text.", false),
    joint_video_audio: flag("Interleave the embeddings of a video's frames and its sound.", false),
    special_qformer_input_prompt: text(
      "What the Q-Former reads instead of the instruction; empty gives it the instruction.",
    ),
    format_candidates_prompt: text(
      "How a candidate answer is written for ranking, where `{}` stands for it.",
      "{}",
    ),
    predict_with_gen: flag("Classify by generating an answer, rather than by ranking the candidates.", false),
    projection_only: flag("Map every modality by a projection alone, without a Q-Former.", false),
    proj_dim: count({
      doc: "Inner width of those projections; 1 makes them linear.",
      range: { min: 1 },
      default: { value: 1 },
    }),
    lora: flag(
      "Train low-rank adapters of the language model as well (rank 8, on queries and values).",
      false,
    ),
    lora_model: checkpoint({
      doc: "Weights of such adapters.",
      nullable: true,
      default: { value: null },
    }),
    shared_qformer: flag("Use one Q-Former for all modalities.", false),
    pretrained_shared_qformer: checkpoint({
      doc: "Weights of the shared Q-Former: a path or a URL.",
      nullable: true,
      default: { value: null },
    }),
    load_attention_shared_qformer: flag("Take its cross-attention from there as well.", false),
    load_qformer_type_shared: text("The modality whose Q-Former is taken as the shared one."),
    load_projection_shared: flag("Take its projection into the language model from there as well.", false),
    load_projection_type_shared: text("The modality whose projection is taken for the shared one."),
    shared_qformer_num_features: count({
      doc: "Width of the features that the shared Q-Former attends to.",
      range: { min: 1 },
      default: { value: 512 },
    }),
    ...modalityOptions("image"),
    ...modalityOptions("pc"),
    ...modalityOptions("video"),
    ...modalityOptions("audio"),
  },
  patchSize: blip2PatchSize,
  variants: {
    vicuna7b: {
      doc: "Vicuna of 7 billion parameters, with the published Q-Formers of all four modalities.",
      options: {
        ...variant("model/xinstructblip_checkpoints/vicuna7b", "audio_qformer_improved"),
        prefix: "USER: ",
        postfix: "\nASSISTANT:",
        clean_tokenization: true,
        stage1_url_or_filename: blip2Weights("blip2_pretrained"),
      },
    },
    vicuna13b: {
      doc: "Vicuna of 13 billion parameters, with the published Q-Formers of all four modalities.",
      options: {
        ...variant("models/xinstructblip_checkpoints/vicuna13b", "audio_qformer"),
        llm_model: "llm/vicuna-13b",
        modalities: ["image", "video", "audio", "pc"],
      },
    },
  },
  tasks: ["captioning", "vqa", "gqa", "aok_vqa", "multimodal_classification", "discrn_qa"],
  reads: [["image", "video", "audio", "pc"], "text_input", "text_output"],
});
