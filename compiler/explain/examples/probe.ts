import type { ExamplesOf } from "../../diagnostics/example.ts";
import type { ProbeMessages } from "../../probe/messages.ts";

const weights = (file: string) =>
  `model blip_caption.tiny { load_pretrained = true, pretrained = "${file}" }`;

/** LV60xx: what `lavisc check --probe` finds. What is there on the machine stands in comments. */
export const probeExamples: ExamplesOf<ProbeMessages> = {
  LV6001: {
    invalid: '// there is vocab.txt\nmodel blip_caption.tiny { vocab_file = "vocap.txt" }',
    valid: '// there is vocab.txt\nmodel blip_caption.tiny { vocab_file = "vocab.txt" }',
    given: { path: "/vocap.txt", key: "vocab_file" },
  },
  LV6002: {
    invalid: '// there is images/\nmodel blip_caption.tiny { vocab_file = "images" }',
    valid: '// there is vocab.txt\nmodel blip_caption.tiny { vocab_file = "vocab.txt" }',
    given: { path: "/images", found: "folder", key: "vocab_file", expected: "file" },
  },
  LV6003: {
    invalid:
      '// train.json has the MD5 0cc175b9c0f1b6a831c399e269772661\ndataset emoji_caption { build_info { annotations { train { storage = "train.json", md5 = "92eb5ffee6ae2fec3ad71c777531578f" } } } }',
    valid:
      '// train.json has the MD5 0cc175b9c0f1b6a831c399e269772661\ndataset emoji_caption { build_info { annotations { train { storage = "train.json", md5 = "0cc175b9c0f1b6a831c399e269772661" } } } }',
    given: {
      path: "/train.json",
      found: "0cc175b9c0f1b6a831c399e269772661",
      expected: "92eb5ffee6ae2fec3ad71c777531578f",
    },
  },
  LV6004: {
    invalid: `// cut.safetensors ends in the middle of a tensor\n${weights("cut.safetensors")}`,
    valid: `// the file was fetched again\n${weights("tiny.safetensors")}`,
    given: { path: "/cut.safetensors", problem: "it was cut off" },
  },
  LV6005: {
    invalid: `// other.safetensors holds a model for speech\n${weights("other.safetensors")}`,
    valid: `// tiny.safetensors holds this model\n${weights("tiny.safetensors")}`,
    given: { path: "/other.safetensors", model: "blip_caption" },
  },
  LV6006: {
    invalid: `// wide.safetensors is of a vision transformer of another width\n${weights("wide.safetensors")}`,
    valid: `// tiny.safetensors holds this model\n${weights("tiny.safetensors")}`,
    given: {
      count: 1,
      path: "/wide.safetensors",
      first: "visual_encoder.norm.weight [384], the model's is [192]",
    },
  },
  LV6007: {
    invalid: `// encoder.safetensors holds the vision transformer alone\n${weights("encoder.safetensors")}`,
    valid: `// tiny.safetensors holds the whole model\n${weights("tiny.safetensors")}`,
    given: {
      path: "/encoder.safetensors",
      count: 113,
      first:
        "text_decoder.bert.embeddings.word_embeddings.weight; text_decoder.bert.embeddings.position_embeddings.weight; text_decoder.bert.embeddings.LayerNorm.weight; …",
    },
  },
  LV6008: {
    invalid: '// the disk of /small has 1 MB left\nrun { device = cpu, output_dir = "/small/out" }',
    valid: '// the disk of /large has 1 TB left\nrun { device = cpu, output_dir = "/large/out" }',
    given: { needed: "487 MB", folder: "/small/out", free: "1.0 MB" },
  },
  LV6009: {
    invalid: '// /locked may only be read\nrun { device = cpu, output_dir = "/locked/out" }',
    valid: '// /large may be written to\nrun { device = cpu, output_dir = "/large/out" }',
    given: { folder: "/locked/out", problem: "it may only be read" },
  },
  LV6010: {
    invalid: "// no engine here computes on a GPU\nrun { device = cuda }",
    valid: "// torch computes on the processor\nrun { device = cpu }",
    given: { problem: "no engine that works here computes on `cuda`" },
  },
};
