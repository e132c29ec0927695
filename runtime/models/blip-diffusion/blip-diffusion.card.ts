import { bool, count, defineCard, oneOf, path, string } from "../../card.ts";
import { lavisWeights, weightOptions } from "../options/weights.card.ts";

const weights = (file: string) => ({
  load_finetuned: false,
  pretrained: lavisWeights(`BLIP-Diffusion/${file}.tar.gz`),
});
const controlled = (by: string, file: string) => ({
  ...weights(file),
  controlnet_pretrained_model_name_or_path: `lllyasviel/sd-controlnet-${by}`,
});

/** LAVIS models/blip_diffusion_models/blip_diffusion.py. */
export const blip_diffusion = defineCard({
  kind: "model",
  name: "blip_diffusion",
  implemented: false,
  doc: "BLIP-Diffusion: Stable Diffusion guided by what BLIP-2 sees of a subject (Li et al. 2023).",
  options: {
    ...weightOptions,
    vit_model: oneOf(["clip_L", "eva_clip_g", "eva2_clip_L"], {
      doc: "The vision transformer that looks at the subject.",
      default: { value: "clip_L" },
    }),
    qformer_num_query_token: count({
      doc: "Learned queries of the Q-Former: how many embeddings it makes of the subject.",
      range: { min: 1 },
      default: { value: 16 },
    }),
    qformer_cross_attention_freq: count({
      doc: "One in how many layers of the Q-Former attends to the image.",
      range: { min: 1 },
      default: { value: 1 },
    }),
    qformer_pretrained_path: path({
      doc: "Weights of the Q-Former alone, loaded before the others.",
      nullable: true,
      default: { value: null },
    }),
    qformer_train: bool({
      doc: "Train the Q-Former too; false computes the subject's embeddings once.",
      default: { value: false },
    }),
    sd_train_text_encoder: bool({
      doc: "Train Stable Diffusion's text encoder too.",
      default: { value: false },
    }),
    sd_pretrained_model_name_or_path: string({
      doc: "Stable Diffusion's name, or a folder that holds it.",
      default: { value: "runwayml/stable-diffusion-v1-5" },
    }),
    controlnet_pretrained_model_name_or_path: string({
      doc: "The ControlNet's name, or a folder that holds it; none draws freely.",
      nullable: true,
      default: { value: null },
    }),
    vae_half_precision: bool({
      doc: "Keep the autoencoder's weights in float16.",
      default: { value: false },
    }),
  },
  patchSize: 14,
  variants: {
    base: { doc: "Stable Diffusion 1.5 alone.", options: weights("blip-diffusion") },
    canny: { doc: "With a ControlNet that follows edges.", options: controlled("canny", "blip-diffusion") },
    depth: {
      doc: "With a ControlNet that follows depth.",
      options: controlled("depth", "blip-diffusion-openimage"),
    },
    hed: {
      doc: "With a ControlNet that follows soft edges.",
      options: controlled("hed", "blip-diffusion-openimage"),
    },
  },
  tasks: ["text_to_image_generation"],
  reads: ["inp_image", "tgt_image", "text_input", "subject_text"],
});
