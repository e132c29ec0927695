import { bool, checkpoint, secret } from "../../card.ts";

/** Where LAVIS publishes weights: its own, and those of the papers of BLIP and ALBEF. */
export const lavisWeights = (file: string) =>
  `https://storage.googleapis.com/sfr-vision-language-research/LAVIS/models/${file}`;
export const blipWeights = (file: string) =>
  `https://storage.googleapis.com/sfr-vision-language-research/BLIP/models/${file}`;
export const albefWeights = (file: string) =>
  `https://storage.googleapis.com/sfr-pcl-data-research/ALBEF/${file}`;

/** Which weights a model starts from (LAVIS models/base_model.py, load_checkpoint_from_config). */
export const weightOptions = {
  load_pretrained: bool({
    doc: "Start from the weights that `pretrained` names.",
    default: { value: true },
  }),
  pretrained: checkpoint({
    doc: "Weights to fine-tune from: safetensors or a PyTorch .pth, a path or a URL.",
    nullable: true,
    default: { value: null },
  }),
  load_finetuned: bool({
    doc: "Start from the weights that `finetuned` names, instead of `pretrained`. True where `run.evaluate` is.",
    default: { follows: "run.evaluate" },
  }),
  finetuned: checkpoint({
    doc: "Weights that already do the task: safetensors or a PyTorch .pth, a path or a URL.",
    nullable: true,
    default: { value: null },
  }),
  weights_token: secret({
    doc: 'A secret that the server of the weights wants to be shown: `secret hub = env("HUB_TOKEN")`, `weights_token = hub`.',
    nullable: true,
    default: { value: null },
  }),
} as const;
