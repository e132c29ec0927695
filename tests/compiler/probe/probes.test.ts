import { describe, expect, it } from "vitest";
import { exampleOf } from "../../../compiler/explain/index.ts";
import { probeMessages, type World } from "../../../compiler/probe/index.ts";
import type { ProbeCode } from "../../../compiler/probe/messages.ts";
import { UserError } from "../../../runtime/errors.ts";
import { said, shownOf } from "../explain/shown.ts";
import { type Parts, recipe } from "../marked.ts";
import { findings, probed, tinyTensors } from "./world.ts";

const md5 = "0cc175b9c0f1b6a831c399e269772661";
const withWeights = (file: string) =>
  recipe({ model: `model blip_caption.tiny { load_pretrained = true, pretrained = «"${file}"» }` });

it("finds nothing in a world that has everything", async () => {
  expect(await findings(recipe())).toEqual([]);
});

describe("files", () => {
  it("are missing: the finding stands at the value", async () => {
    const { found, spans } = await probed(
      recipe({ model: 'model blip_caption.tiny { vocab_file = «"missing.txt"» }' }),
    );
    expect(found.map(({ message }) => message)).toEqual(["/missing.txt is not there"]);
    expect(found[0]).toMatchObject({ code: "LV6001", severity: "error", span: spans[0] });
    expect(found[0]?.notes).toContain("Put it there, or name its place as `vocab_file`.");
  });

  it("that a default names are found at the section, with what names them and how to get them", async () => {
    const gone = { kindOf: (path: string) => (path.includes("emoji") ? undefined : "folder") } as const;
    const { found, spans } = await probed(recipe({ dataset: "«dataset emoji_caption»" }), gone);
    expect(found.map(({ message }) => message)).toEqual([
      "/cache/data/emoji/images is not there",
      "/cache/data/emoji/annotations/emoji_caption_karpathy_train.json is not there",
      "/cache/data/emoji/annotations/emoji_caption_karpathy_val.json is not there",
      "/cache/data/emoji/annotations/emoji_caption_karpathy_test.json is not there",
    ]);
    expect(found[0]?.span).toEqual(spans[0]);
    expect(found[0]?.notes).toContain("`lavisc data build emoji` makes it.");
    expect(found[0]?.notes.join(" ")).toContain("comes from: default of dataset emoji_caption");
  });

  it("of splits that the run does not open need not be there", async () => {
    const dataset =
      'dataset emoji_caption { build_info { annotations { train = "missing.json", test = "missing-too.json" } } }';
    const run = (options: string) => recipe({ dataset, run: `run { device = cpu, ${options} }` });
    expect(await findings(run("test_splits = []"))).toEqual(["LV6001 /missing.json is not there"]);
    expect(await findings(run("test_splits = [test]"))).toEqual([
      "LV6001 /missing.json is not there",
      "LV6001 /missing-too.json is not there",
    ]);
  });

  it("may be missing where the run downloads them", async () => {
    const nothing = { kindOf: (path: string) => (path.endsWith(".json") ? undefined : "folder") } as const;
    expect(await findings(recipe({ dataset: "dataset coco_caption" }), nothing)).toEqual([]);
  });

  it("may be folders where files are meant, and the other way round", async () => {
    expect(
      await findings(
        recipe({
          model: 'model blip_caption.tiny { vocab_file = "folder" }',
          dataset: 'dataset emoji_caption { build_info { images = "images.zip" } }',
        }),
      ),
    ).toEqual([
      "LV6002 /folder is a folder, but `vocab_file` names a file",
      "LV6002 /images.zip is a file, but `images` names a folder",
    ]);
  });
});

describe("data of a format", () => {
  const from = (format: string, train: string) =>
    recipe({
      dataset: `dataset mine from ${format} { annotations { train = ${train} } }`,
      run: "run { device = cpu, valid_splits = [], test_splits = [] }",
    });

  it("is in files, which some formats may have in folders", async () => {
    expect(await findings(from("parquet", '["a.parquet", "parts"]'))).toEqual([]);
    expect(await findings(from("jsonl", '["a.jsonl", "missing"]'))).toEqual(["LV6001 /missing is not there"]);
    expect(await findings(from("jsonl", '["a.jsonl", "parts"]'))).toEqual([
      "LV6002 /parts is a folder, but `train` names a file",
    ]);
  });

  it("is in folders, where the format has no files of its own", async () => {
    expect(await findings(from("image_folder", '"train"'))).toEqual([]);
    expect(await findings(from("image_folder", '"train.zip"'))).toEqual([
      "LV6002 /train.zip is a file, but `train` names a folder",
    ]);
  });

  it("may be numbered, of which the first and the last are looked for", async () => {
    const lastIsGone: Partial<World> = {
      kindOf: (path) => (path.endsWith("015.tar") ? undefined : "file"),
    };
    const shards = from("webdataset", '"train-{000..015}.tar"');
    expect(await findings(shards)).toEqual([]);
    expect(await findings(shards, lastIsGone)).toEqual(["LV6001 /train-015.tar is not there"]);
    const twice = from("webdataset", '"part-{0..1}/train-{000..015}.tar"');
    expect(await findings(twice, lastIsGone)).toEqual(["LV6001 /part-1/train-015.tar is not there"]);
  });
});

describe("paths of a component of the user's own", () => {
  const own = (annotations: string) => `import type { Dataset, Path } from "lavis/runtime";
/** @provides image, text_input, image_id, instance_id */
export const create = (_: { root: Path; annotations: ${annotations} }): Map<string, Dataset> => new Map();
`;
  const text = recipe({
    dataset:
      'dataset mine from "./mine.ts" { root = "photos", annotations { list = "missing.txt", train = "t.txt", val = "v.txt", test = "missing" } }',
    run: "run { device = cpu, test_splits = [] }",
  });
  const found = (annotations: string) => findings(text, {}, { "/mine.ts": own(annotations) });

  it("are looked for where their keys are fixed, whatever the run's splits are", async () => {
    const keys = "{ list: Path; train: Path; val: Path; test: Path }";
    expect(await found(keys)).toEqual(["LV6001 /missing.txt is not there", "LV6001 /missing is not there"]);
  });

  it("are looked for where they are of a split of the run, and may be files or folders", async () => {
    expect(await found("Record<string, Path>")).toEqual([]);
  });
});

describe("checksums", () => {
  const train = (sum: string) =>
    recipe({
      dataset: `dataset emoji_caption { build_info { annotations { train { storage = "t.json", md5 = «"${sum}"» } } } }`,
    });

  it("are compared, in any letter case", async () => {
    expect(await findings(train(md5))).toEqual([]);
    expect(await findings(train(md5.toUpperCase()))).toEqual([]);
  });

  it("that are wrong are found at `md5`", async () => {
    const { found, spans } = await probed(train("92eb5ffee6ae2fec3ad71c777531578f"));
    expect(found.map(({ message }) => message)).toEqual([
      `/t.json has the MD5 ${md5}, but the recipe expects 92eb5ffee6ae2fec3ad71c777531578f`,
    ]);
    expect(found[0]?.span).toEqual(spans[0]);
  });

  it("that a card gives are compared as well", async () => {
    const codes = (await probed(recipe({ dataset: "dataset coco_caption" }))).found.map(({ code }) => code);
    expect(codes).toEqual(["LV6003", "LV6003", "LV6003"]);
  });

  it("of a file that cannot be read cannot be had", async () => {
    const md5OfNothing = async () => {
      throw new Error("EACCES: permission denied");
    };
    expect(await findings(train(md5), { md5: md5OfNothing })).toEqual([
      "LV6004 /t.json cannot be read: EACCES: permission denied",
    ]);
  });
});

describe("weights", () => {
  const tensors = (change: (shapes: Map<string, { readonly shape: readonly number[] }>) => void) => {
    const shapes = new Map(tinyTensors);
    change(shapes);
    return { tensors: () => shapes };
  };

  it("fit where names and shapes are the model's, whatever else is in the file", async () => {
    const more = tensors((shapes) => shapes.set("text_encoder.pooler.weight", { shape: [2, 2] }));
    expect(await findings(withWeights("tiny.safetensors"), more)).toEqual([]);
  });

  it("that are missing are found once", async () => {
    expect(await findings(withWeights("missing.pth"))).toEqual(["LV6001 /missing.pth is not there"]);
  });

  it("that cannot be read say why, with the reader's own advice", async () => {
    const damaged = {
      tensors: () => {
        throw new UserError(
          "the header describes 90 bytes, the file has 80: it was cut off",
          "Fetch it again.",
        );
      },
    };
    const { found, spans } = await probed(withWeights("cut.safetensors"), damaged);
    expect(found.map(({ code, message }) => `${code} ${message}`)).toEqual([
      "LV6004 /cut.safetensors cannot be read: the header describes 90 bytes, the file has 80: it was cut off",
    ]);
    expect(found[0]?.notes).toContain("Fetch it again.");
    expect(found[0]?.span).toEqual(spans[0]);
  });

  it("of another model have none of its tensors", async () => {
    const foreign = { tensors: () => new Map([["encoder.weight", { shape: [3, 3] }]]) };
    expect(await findings(withWeights("other.safetensors"), foreign)).toEqual([
      "LV6005 none of the tensors of /other.safetensors is one of the model's",
    ]);
  });

  it("of another shape are named with both shapes", async () => {
    const wide = tensors((shapes) => {
      shapes.set("visual_encoder.norm.weight", { shape: [256] });
      shapes.set("visual_encoder.norm.bias", { shape: [1, 192] });
    });
    expect(await findings(withWeights("wide.safetensors"), wide)).toEqual([
      "LV6006 2 of the tensors of /wide.safetensors have another shape than the model's: visual_encoder.norm.weight [256], the model's is [192]; visual_encoder.norm.bias [1, 192], the model's is [192]",
    ]);
  });

  it("of images of another size fit, as their positions are interpolated; of another width they do not", async () => {
    const positions = (shape: readonly number[]) =>
      tensors((shapes) => shapes.set("visual_encoder.pos_embed", { shape }));
    expect(await findings(withWeights("large.safetensors"), positions([1, 577, 192]))).toEqual([]);
    expect(await findings(withWeights("large.safetensors"), positions([1, 577, 768]))).toHaveLength(1);
  });

  it("may have a tied weight under either of its names, and lack buffers", async () => {
    const tied = tensors((shapes) => {
      const words = shapes.get("text_decoder.bert.embeddings.word_embeddings.weight");
      shapes.delete("text_decoder.bert.embeddings.word_embeddings.weight");
      shapes.delete("text_decoder.bert.embeddings.position_ids");
      if (words) shapes.set("text_decoder.cls.predictions.decoder.weight", words);
    });
    expect(await findings(withWeights("tied.safetensors"), tied)).toEqual([]);
  });

  it("that lack a part are a warning: the rest starts at random", async () => {
    const encoder = tensors((shapes) => {
      for (const name of shapes.keys()) if (name.startsWith("text_decoder.cls")) shapes.delete(name);
    });
    const { found } = await probed(withWeights("encoder.safetensors"), encoder);
    expect(found.map(({ severity, message }) => `${severity} ${message}`)).toEqual([
      "warning /encoder.safetensors lacks 5 of the model's tensors: text_decoder.cls.predictions.bias; text_decoder.cls.predictions.transform.dense.weight; text_decoder.cls.predictions.transform.dense.bias; …",
    ]);
  });

  it("that are not loaded, or are fetched by the run, are not looked at", async () => {
    const never: Partial<World> = {
      tensors: () => {
        throw new Error("nobody should ask");
      },
    };
    const model = (options: string) => recipe({ model: `model blip_caption.tiny { ${options} }` });
    expect(await findings(model('load_pretrained = false, pretrained = "missing.pth"'), never)).toEqual([]);
    const url = "https://example.org/weights.pth";
    expect(await findings(model(`load_pretrained = true, pretrained = "${url}"`), never)).toEqual([]);
  });

  it("of a checkpoint to go on from are looked at instead", async () => {
    const resumed = (place: string) =>
      recipe({ run: `run { device = cpu, resume_ckpt_path = «"${place}"» }` });
    expect(await findings(resumed("output/r/latest"))).toEqual([]);
    expect(await findings(resumed("output/missing"))).toEqual(["LV6001 /output/missing is not there"]);
    const damaged = {
      tensorsOfCheckpoint: () => {
        throw new UserError("state.json is not JSON");
      },
    };
    const { found, spans } = await probed(resumed("output/r/latest"), damaged);
    expect(found.map(({ message }) => message)).toEqual([
      "/output/r/latest cannot be read: state.json is not JSON",
    ]);
    expect(found[0]?.span).toEqual(spans[0]);
  });

  it("are only read of a model whose tensors are not known before it is built", async () => {
    const model =
      'model blip_caption.tiny { pretrained = "w.pth", load_pretrained = true, vocab_file = "v.txt" }';
    const foreign = { tensors: () => new Map() };
    expect(await findings(recipe({ model }), foreign)).toEqual([]);
    expect(await findings(recipe({ model }), { ...foreign, vocabulary: () => ["a"] })).toHaveLength(1);
  });
});

describe("the disk", () => {
  const disk = (free: number) => ({ disk: async () => ({ folder: "/output", free }) });

  it("must hold the checkpoints that a training keeps", async () => {
    const { found } = await probed(recipe(), disk(1e6));
    expect(found.map(({ code, message }) => `${code} ${message}`)).toEqual([
      expect.stringMatching(/^LV6008 checkpoints need \d+ MB of disk, but \/output has 1\.0 MB left$/),
    ]);
    expect(found[0]?.notes.join(" ")).toMatch(
      /are kept, of \d+(\.\d)? MB each, and one more is being written/,
    );
  });

  it("is not asked for room by a recipe that only evaluates", async () => {
    const model = 'model blip_caption.tiny { finetuned = "tiny.safetensors" }';
    expect(await findings(recipe({ model, run: "run { device = cpu, evaluate = true }" }), disk(0))).toEqual(
      [],
    );
  });

  it("must be one that can be written to", async () => {
    const locked = { whyNotWritable: () => "EACCES: permission denied" };
    expect(await findings(recipe(), { ...locked, ...disk(0) })).toEqual([
      "LV6009 nothing can be written to /output: EACCES: permission denied",
    ]);
  });
});

describe("the device", () => {
  const run = (options: string) => recipe({ run: `run { ${options} }` });
  const gpu: Partial<World> = {
    engines: async () => [
      { name: "torch", isUsable: false, reason: "not installed; run: lavisc engine install torch" },
      { name: "tfjs-node-gpu", isUsable: true, devices: ["cuda"] },
      { name: "wasm", isUsable: true, devices: ["cpu"] },
    ],
  };

  it("is not there where no engine that works computes on it", async () => {
    expect(await findings(run("device = cuda"))).toEqual([
      "LV6010 no engine that works here computes on `cuda`",
    ]);
    expect(await findings(run("device = cuda"), gpu)).toEqual([]);
  });

  it("must do mixed precision where it is asked for", async () => {
    expect(await findings(run("device = cuda, amp = true"), gpu)).toEqual([
      "LV6010 no engine that works here computes on `cuda` in mixed precision",
    ]);
  });

  it("needs the engine that the recipe names, which says why it does not work", async () => {
    const { found, spans } = await probed(run("device = cpu, engine = «torch»"), gpu);
    expect(found.map(({ message }) => message)).toEqual([
      "the engine `torch` does not work here: not installed; run: lavisc engine install torch",
    ]);
    expect(found[0]?.span).toEqual(spans[0]);
    expect(await findings(run("device = cuda, engine = torch"))).toEqual([
      "LV6010 the engine `torch` sees no `cuda` here",
    ]);
    expect(await findings(run("device = cpu, engine = wasm"), gpu)).toEqual([]);
  });
});

/** The worlds that the examples speak of. */
const worlds: Readonly<Record<string, Partial<World>>> = {
  LV6001: { kindOf: (path) => (path === "/vocap.txt" ? undefined : path.includes(".") ? "file" : "folder") },
  LV6002: {},
  LV6003: {},
  LV6004: {
    tensors: (path) => {
      if (path.includes("cut")) throw new UserError("it was cut off");
      return tinyTensors;
    },
  },
  LV6005: { tensors: (path) => (path.includes("other") ? new Map([["a", { shape: [1] }]]) : tinyTensors) },
  LV6006: {
    tensors: (path) =>
      path.includes("wide")
        ? new Map([...tinyTensors, ["visual_encoder.norm.weight", { shape: [384] }]])
        : tinyTensors,
  },
  LV6007: {
    tensors: (path) =>
      path.includes("encoder")
        ? new Map([...tinyTensors].filter(([name]) => name.startsWith("visual_encoder")))
        : tinyTensors,
  },
  LV6008: { disk: async (folder) => ({ folder, free: folder.startsWith("/small") ? 1e6 : 1e12 }) },
  LV6009: { whyNotWritable: (folder) => (folder.startsWith("/locked") ? "it may only be read" : undefined) },
  LV6010: {},
};

describe.each(Object.keys(probeMessages) as ProbeCode[])("%s", (code) => {
  const example = exampleOf(code);
  const text = (snippet: string) => {
    const section = /^(task|model|dataset|run)\b/m.exec(snippet)?.[1] as keyof Parts;
    return recipe({ [section]: snippet.replace(/^\/\/.*\n/, "") });
  };

  it("is given by its example, and not by the corrected one", async () => {
    const wrong = await probed(text(example.invalid), worlds[code]);
    expect(wrong.checked).toEqual([]);
    expect(wrong.found.map((one) => one.code)).toEqual([code]);
    expect(said(wrong.found, code)).toEqual([shownOf(code)]);
    const right = await probed(text(example.valid), worlds[code]);
    expect([...right.checked, ...right.found]).toEqual([]);
  });
});
