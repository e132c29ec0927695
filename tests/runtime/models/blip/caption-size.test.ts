import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OptionsOf } from "../../../../runtime/card.ts";
import { openSafetensors } from "../../../../runtime/checkpoint/safetensors.ts";
import { openEngine } from "../../../../runtime/engine/open.ts";
import type { blip_caption } from "../../../../runtime/models/blip/caption.card.ts";
import { blipCaptionSize, type CaptionSizes } from "../../../../runtime/models/blip/caption.size.card.ts";
import { type BlipCaption, createBlipCaption } from "../../../../runtime/models/blip/caption.ts";
import type { MedConfig } from "../../../../runtime/models/blip/med-config.ts";
import type { VisionConfig } from "../../../../runtime/models/blip/vit.ts";
import { elementsOf, type ModelSize, parametersOf } from "../../../../runtime/models/size.card.ts";
import { disposeModule, namedParameters, namedTensors } from "../../../../runtime/nn/module.ts";
import { type Engine, KeyStream, key } from "../../../../runtime/tensor/index.ts";
import { goldenJson, goldenPath } from "../../../golden.ts";
import { tiny } from "./sizes.ts";

let engine: Engine;
beforeAll(async () => {
  ({ engine } = await openEngine("wasm", { threads: 1 }));
});
afterAll(() => engine.dispose());

const tensorsOf = (size: ModelSize) => size.flatMap(({ tensors }) => tensors);
const total = (size: ModelSize) => size.reduce((sum, part) => sum + parametersOf(part), 0);

/** Names with shapes, under each name that a tensor has, in the order of names. */
const described = (size: ModelSize) =>
  tensorsOf(size)
    .flatMap(({ name, shape, aliases = [] }) => [name, ...aliases].map((one) => [one, [...shape]] as const))
    .sort(([a], [b]) => (a < b ? -1 : 1));

/** The variant `base_coco`, of which docs/performance.md measures the same at 224 px. */
const base: CaptionSizes = {
  ...tiny,
  image_size: 384,
  patch_size: 16,
  vit_embed_dim: 768,
  vit_depth: 12,
  vit_num_heads: 12,
  text_hidden_size: 768,
  text_num_layers: 12,
  text_num_heads: 12,
  text_intermediate_size: 3072,
  max_position_embeddings: 512,
};

/** The real model, built with these sizes and a vocabulary of `words` tokens more than BERT's own five. */
async function built(sizes: CaptionSizes, words: number): Promise<BlipCaption> {
  const folder = mkdtempSync(join(tmpdir(), "lavis-size-"));
  const file = join(folder, "vocab.txt");
  const tokens = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    ...Array.from({ length: words }, (_, i) => `w${i}`),
  ];
  writeFileSync(file, `${tokens.join("\n")}\n`);
  try {
    const options: OptionsOf<typeof blip_caption> = {
      ...sizes,
      vit_type: "tiny",
      vit_drop_path_rate: 0,
      hidden_dropout_prob: 0.1,
      prompt: "",
      vocab_file: file,
      weights_token: null,
      load_pretrained: false,
      pretrained: null,
      load_finetuned: false,
      finetuned: null,
    };
    return await createBlipCaption({ engine, keys: new KeyStream(key(0)) }, options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the size of blip_caption", () => {
  it.each([
    ["the card's tiny", tiny],
    [
      "widths that all differ",
      {
        ...tiny,
        image_size: 48,
        patch_size: 12,
        vit_embed_dim: 40,
        vit_depth: 3,
        vit_num_heads: 4,
        text_hidden_size: 24,
        text_num_layers: 2,
        text_num_heads: 2,
        text_intermediate_size: 56,
        max_position_embeddings: 44,
      },
    ],
  ])("is that of the model that is built: %s", async (_, sizes) => {
    const model = await built(sizes, 20);
    const size = blipCaptionSize(sizes, 27);
    const tensors = [...namedTensors(model)].map(([name, { shape }]) => [name, [...shape]] as const);
    expect(described(size)).toEqual(tensors.sort(([a], [b]) => (a < b ? -1 : 1)));
    const parameters = [...namedParameters(model).values()].reduce((sum, one) => sum + one.size, 0);
    expect(total(size)).toBe(parameters);
    disposeModule(model);
  });

  it.each(["visual_encoder", "text_decoder"] as const)(
    "trains all of the model but its frozen %s",
    async (freeze) => {
      const model = await built({ ...tiny, freeze }, 20);
      const size = blipCaptionSize({ ...tiny, freeze }, 27);
      const parameters = [...namedParameters(model).values()].reduce((sum, one) => sum + one.size, 0);
      expect(total(size.filter(({ isTrained }) => isTrained))).toBe(parameters);
      expect(total(size)).toBe(total(blipCaptionSize(tiny, 27)));
      disposeModule(model);
    },
  );

  it("is that of LAVIS's own checkpoint", () => {
    const { vit, bert } = goldenJson<{ vit: VisionConfig; bert: MedConfig }>("blip_caption", "config.json");
    const size = blipCaptionSize(
      {
        ...tiny,
        image_size: vit.img_size,
        patch_size: vit.patch_size,
        vit_embed_dim: vit.embed_dim,
        vit_depth: vit.depth,
        vit_num_heads: vit.num_heads,
        text_hidden_size: bert.hidden_size,
        text_num_layers: bert.num_hidden_layers,
        text_num_heads: bert.num_attention_heads,
        text_intermediate_size: bert.intermediate_size,
        max_position_embeddings: bert.max_position_embeddings,
      },
      bert.vocab_size,
    );
    const weights = openSafetensors(goldenPath("blip_caption", "weights.safetensors"));
    const names = new Map(described(size));
    try {
      for (const [name, { shape }] of weights.tensors)
        expect([name, names.get(name)]).toEqual([name, [...shape]]);
      for (const { name, aliases = [] } of tensorsOf(size))
        expect([name, [name, ...aliases].some((one) => weights.tensors.has(one))]).toEqual([name, true]);
    } finally {
      weights.close();
    }
  });

  it("is that of BLIP base, which was counted in the model as built: 224.0 M at 384 px, 223.7 M at 224 px", () => {
    expect(total(blipCaptionSize(base, 30_524))).toBe(223_971_644);
    expect(total(blipCaptionSize({ ...base, image_size: 224 }, 30_524))).toBe(223_679_804);
  });

  it("counts buffers as stored, not as parameters", () => {
    const size = blipCaptionSize(tiny, 100);
    const stored = tensorsOf(size).reduce((sum, tensor) => sum + elementsOf(tensor), 0);
    expect(stored - total(size)).toBe(tiny.max_position_embeddings);
  });
});

describe("what blip_caption keeps for gradients", () => {
  const vision = (sizes: CaptionSizes) => {
    const [first] = blipCaptionSize(sizes, 100);
    if (first === undefined) throw new Error("a model has parts");
    return first;
  };

  it("is nothing of a vision transformer that is frozen, and all of a text decoder that gradients pass through", () => {
    const kept = (sizes: CaptionSizes) => blipCaptionSize(sizes, 100).map((part) => part.kept.products);
    const [, ...text] = kept(tiny);
    expect(kept({ ...tiny, freeze: "visual_encoder" })).toEqual([0, ...text]);
    expect(kept({ ...tiny, freeze: "text_decoder" })).toEqual(kept(tiny));
  });

  it("is less where blocks are computed again, of which one is there at a time", () => {
    const all = vision(tiny);
    const half = vision({ ...tiny, vit_grad_ckpt: true, vit_ckpt_layer: 2 });
    const none = vision({ ...tiny, vit_grad_ckpt: true, vit_ckpt_layer: 4 });
    expect(all.recomputed.products).toBe(0);
    expect(half.recomputed).toEqual(none.recomputed);
    expect(all.kept.products - half.kept.products).toBe(half.kept.products - none.kept.products);
    expect(all.kept.products - half.kept.products).toBe(2 * half.recomputed.products);
    // No more blocks are computed again than there are, and none without the switch.
    expect(vision({ ...tiny, vit_grad_ckpt: true, vit_ckpt_layer: 99 })).toEqual(none);
    expect(vision({ ...tiny, vit_ckpt_layer: 4 })).toEqual(all);
  });
});
