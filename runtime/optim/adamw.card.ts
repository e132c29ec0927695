import { defineCard, number, ratio } from "../card.ts";

/** AdamW (Loshchilov and Hutter 2019) with LAVIS's parameter groups (models/base_model.py). */
export const adamw = defineCard({
  kind: "optimizer",
  name: "adamw",
  doc: "Adam with decoupled weight decay. Biases, norms and other vectors are not decayed.",
  options: {
    weight_decay: number({
      doc: "Weight decay, times the learning rate, of matrices and larger tensors.",
      range: { min: 0 },
      default: { value: 0.05 },
    }),
    beta1: ratio({
      doc: "Decay of the running mean of gradients.",
      range: { below: 1 },
      default: { value: 0.9 },
    }),
    beta2: ratio({
      doc: "Decay of the running mean of squared gradients.",
      range: { below: 1 },
      default: { value: 0.999 },
    }),
    eps: number({
      doc: "Added to the denominator.",
      range: { above: 0 },
      default: { value: 1e-8 },
    }),
    lr_layer_decay: ratio({
      doc: "Factor of the learning rate from one layer of the vision transformer to the one before it; 1 treats all alike.",
      range: { above: 0 },
      default: { value: 1 },
    }),
    grad_clip_norm: number({
      doc: "Gradients are scaled down to this global norm where they exceed it; none leaves them.",
      range: { above: 0 },
      nullable: true,
      default: { value: null },
    }),
  },
});
