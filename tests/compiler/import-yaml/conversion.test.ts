import { describe, expect, it } from "vitest";
import { plainValue } from "../../../compiler/index.ts";
import { configuration, importText, linesWith } from "./imported.ts";

describe("a configuration becomes a recipe", () => {
  it("with its sections, the options where they belong, and no more than was written", () => {
    expect(importText(configuration(), "blip/caption-coco.v2.yaml").text).toMatchInlineSnapshot(`
      "lavis 1

      /// Trains as LAVIS does with this configuration.
      recipe caption_coco_v2 {
        task captioning {
          num_beams = 5 // LAVIS has it where a file does not say
          max_len = 30 // LAVIS has it where a file does not say
          min_len = 1 // LAVIS has it where a file does not say
          repetition_penalty = 1.15 // LAVIS has it where a file does not say
          length_penalty = 0 // LAVIS has it where a file does not say
        }

        model blip_caption.base_coco { load_finetuned = false }

        dataset coco_caption {
          vis_processor {
            train = blip_image_train
            eval = blip_image_eval
          }
          text_processor {
            train = blip_caption(prompt = "a picture of ")
            eval = blip_caption
          }
        }

        schedule linear_warmup_cosine_lr {
          init_lr = 1e-5
          min_lr = 0
          max_epoch = 5
        }

        run {
          batch_size_train = 32
          batch_size_eval = 64
          num_workers = 4
          seed = 42
          output_dir = "output/BLIP/Caption_coco"
          evaluate = false
          device = cuda
          train_splits = [train]
          valid_splits = [val]
          test_splits = [test]
        }
      }
      "
    `);
  });

  it("named after the file, by a valid name", () => {
    const nameOf = (path: string) => /^recipe (\w+) \{/m.exec(importText(configuration(), path).text)?.[1];
    expect(nameOf("finetune-db-dog.yaml")).toBe("finetune_db_dog");
    expect(nameOf("audio video copy.yaml")).toBe("audio_video_copy");
    expect(nameOf("3d.yaml")).toBe("recipe_3d");
    expect(nameOf("import.yaml")).toBe("recipe_import");
    expect(nameOf("größe.yaml")).toBe("gro_e");
    expect(nameOf("~.yaml")).toBe("imported");
  });
});

/** An option with its value, also from a block on one line. */
const optionIn = (text: string, key: string): string | undefined =>
  new RegExp(`\\b${key} = .*?(?= \\}$| //|$)`, "m").exec(text)?.[0];

describe("values", () => {
  it.each([
    ["num_workers: 0x10", "num_workers = 16"],
    ["num_workers: 1_000", "num_workers = 1_000"],
    ["num_workers: 010", "num_workers = 8"],
    ['num_workers: "4"', "num_workers = 4"],
    ["seed: 2e3", "seed = 2e3"],
    ["save_freq: -1", "save_freq = 0"],
    ['save_freq: "-1"', "save_freq = 0"],
    ["save_freq: 1", "save_freq = 1"],
    ["sample_id_key: 0x1F", 'sample_id_key = "31"'],
    ["caption_key: 1_000", 'caption_key = "1000"'],
    ["img_ids: [010, 7, a7]", 'img_ids = ["8", "7", "a7"]'],
    ["save_last: on", "save_last = true"],
    ["resume_ckpt_path: null", "resume_ckpt_path = none"],
    ['resume_ckpt_path: ""', "resume_ckpt_path = none"],
    ["resume_ckpt_path: a/b c.pth", 'resume_ckpt_path = "a/b c.pth"'],
    ["test_splits: [val, test, a-b]", 'test_splits = [val, test, "a-b"]'],
    ["test_splits: val", "test_splits = [val]"],
    ["repetition_penalty: 1.", "repetition_penalty = 1"],
    ["repetition_penalty: .5", "repetition_penalty = 0.5"],
    ["length_penalty: -1.", "length_penalty = -1"],
  ])("%s becomes %s", (yaml, line) => {
    const [key = ""] = yaml.split(":");
    const base = configuration().replace(new RegExp(`^  ${key}: .*\n`, "m"), "");
    expect(optionIn(importText(`${base}  ${yaml}\n`).text, key)).toBe(line);
  });

  it.each(['a "quoted" \\ text', "two\nlines\ttabbed", "costs $5 and {x}", "émoji 🙂", "\u0007"])(
    "the text %j stays what it is",
    (text) => {
      const yaml = configuration({ model: `  prompt: ${JSON.stringify(text)}\n` });
      const { check } = importText(yaml);
      const prompt = check.partial[0]?.model?.options.get("prompt");
      expect(prompt && plainValue(prompt)).toBe(text);
    },
  );

  it("what has the wrong type is written as it is, for the check to say so", () => {
    const { text, check } = importText(configuration({ model: "  image_size: large\n" }));
    expect(linesWith(text, "image_size")).toEqual(['image_size = "large"']);
    expect(check.diagnostics.map(({ message }) => message)).toEqual([
      '`image_size` must be an integer from 0 on, not the string "large"',
    ]);
  });

  it("an escaped reference is a text", () => {
    const { check } = importText(configuration({ model: `  prompt: a \\\${x}\n` }));
    const prompt = check.partial[0]?.model?.options.get("prompt");
    expect(prompt && plainValue(prompt)).toBe(`a \${x}`);
  });

  it("references take the value of what they name, in the file or in LAVIS's defaults", () => {
    const model = `  max_txt_len: \${run.num_workers}\n  prompt: a \${.model_type} of \${model.image_size}\n`;
    const { text } = importText(configuration({ model }));
    expect(linesWith(text, "max_txt_len")).toEqual(["max_txt_len = 4"]);
    expect(linesWith(text, "prompt = ")[0]).toBe('prompt = "a base_coco of 384"');
  });

  it("references to the environment become parameters", () => {
    const model = `  image_size: \${oc.env:SIZE,384}\n  finetuned: \${oc.env:DATA}/x.pth\n`;
    const { text } = importText(configuration({ model, run: `  unknown: \${oc.env:OTHER}\n` }));
    expect(linesWith(text, "param ")).toEqual([
      'param size: count = env("SIZE", 384)',
      'param data: string = env("DATA")',
    ]);
    expect(linesWith(text, "image_size")).toEqual(["image_size = size"]);
    expect(linesWith(text, "finetuned = ")).toContain(`finetuned = "\${data}/x.pth"`);
  });
});

describe("datasets", () => {
  const dataset = (lines: string) => importText(configuration({ dataset: lines }));

  it("take their files from LAVIS's cache where the paths are relative", () => {
    const { text } = dataset("    build_info:\n      images:\n        storage: coco/images/\n");
    expect(optionIn(text, "images")).toBe('images = "cache:data/coco/images"');
  });

  it("lose the default's checksum with the default's file", () => {
    const files = (url: string) =>
      `    build_info:\n      annotations:\n        val:\n          url: ${url}\n          storage: a.json\n`;
    expect(linesWith(dataset(files("https://example.org/a.json")).text, "md5")).toEqual(["md5 = none"]);
    const known =
      "https://storage.googleapis.com/sfr-vision-language-research/datasets/coco_karpathy_val.json";
    expect(linesWith(dataset(files(known)).text, "md5")).toEqual([]);
  });

  it("copy no local file, but say so", () => {
    const { text } = dataset(
      "    build_info:\n      annotations:\n        val: {url: /data/a.json, storage: b.json}\n        test: {url: /c.json, storage: /c.json}\n",
    );
    expect(linesWith(text, "FIXME")).toEqual([
      "// FIXME(import): LAVIS copies this file to `storage`; put it there, or name it as `storage`",
    ]);
    expect(linesWith(text, "/data/a.json")).toEqual(["//  url: /data/a.json"]);
    expect(linesWith(text, "url = ")).toEqual(["url = none", "url = none"]);
  });

  it("keep the options of processors as arguments, with their comments", () => {
    const yaml = configuration().replace(
      "        name: blip_image_train\n",
      "        name: blip_image_train # crops\n        # large\n        image_size: 480 # px\n        min_scale: 0.2\n        sharp: 3\n",
    );
    const { text } = importText(yaml);
    expect(
      text,
    ).toContain(`      // FIXME(import): nothing reads \`sharp\` in vis_processor \`blip_image_train\`
      //  sharp: 3
      train = blip_image_train(
        // large
        image_size = 480, // px
        min_scale = 0.2
      ) // crops
`);
  });

  it("keep what LAVIS's default says of a processor, also where the file names it anew, or does not", () => {
    const processors = (train: string) =>
      importText(
        configuration().replace(
          /datasets:[\s\S]*run:/,
          `datasets:\n  msrvtt_caption_instruct:\n    vis_processor:\n      train:\n        ${train}\nrun:`,
        ),
      ).text;
    const own = processors("name: alpro_video_train\n        n_frms: 9");
    expect(optionIn(own, "train")).toContain("n_frms = 9");
    expect(optionIn(own, "train")).toContain("min_scale = 0.9");
    expect(optionIn(processors("n_frms: 9"), "train")).toBe(optionIn(own, "train"));
  });

  it("put no prompt before texts that an evaluation reads, where the model has one", () => {
    const evaluation = (prompt: string) =>
      optionIn(
        importText(`model:
  arch: blip2_t5
  model_type: pretrain_flant5xl
  prompt: ${prompt}
datasets:
  coco_vqa:
    text_processor:
      eval:
        name: blip_caption
run:
  task: vqa
  evaluate: True
`).text,
        "eval",
      );
    expect(evaluation('"Question: {} Answer:"')).toBe('eval = blip_caption(prompt = "")');
    expect(evaluation('""')).toBe("eval = blip_caption");
  });

  it("take their ratios from runner_iter, which alone mixes by them", () => {
    const ratios = "  train_dataset_ratios: {coco_caption: 0.5} # halves\n  max_iters: 10\n";
    const mixed = importText(configuration({ run: `${ratios}  runner: runner_iter\n` })).text;
    expect(linesWith(mixed, "ratio = ")).toEqual(["ratio = 0.5 // halves"]);
    expect(linesWith(mixed, "max_")).toContain("max_iters = 10");
    expect(linesWith(mixed, "FIXME")).toEqual([
      "// FIXME(import): only runner_base reads `max_epoch`, and this is runner_iter",
    ]);
    const plain = importText(configuration({ run: ratios })).text;
    expect(linesWith(plain, "ratio = ")).toEqual([]);
    expect(linesWith(plain, "FIXME")).toHaveLength(2);
  });
});

describe("what LAVIS does where a file says nothing is written out, if the documentation says otherwise", () => {
  it("splits that are not named are none", () => {
    const { text } = importText(configuration().replace(/ {2}(valid|test)_splits.*\n/g, ""));
    expect(linesWith(text, "_splits = []")).toEqual([
      "valid_splits = [] // LAVIS validates on no split that is not named",
      "test_splits = [] // LAVIS tests on no split that is not named",
    ]);
  });

  it("captions are searched for as its code does", () => {
    const { text } = importText(configuration({ run: "  num_beams: 3\n" }));
    expect(linesWith(text, "LAVIS has it where a file does not say")).toEqual([
      "max_len = 30 // LAVIS has it where a file does not say",
      "min_len = 1 // LAVIS has it where a file does not say",
      "repetition_penalty = 1.15 // LAVIS has it where a file does not say",
      "length_penalty = 0 // LAVIS has it where a file does not say",
    ]);
  });

  it("a model's own way to be trained is its configurations', and no default", () => {
    const nlvr = (evaluate: string, run = "") =>
      importText(
        `model: {arch: albef_nlvr, model_type: nlvr}\ndatasets: {nlvr: {}}\n` +
          `run:\n  task: multimodal_classification\n  evaluate: ${evaluate}\n  init_lr: 3e-5\n${run}`,
      ).text;
    expect(linesWith(nlvr("False"), " // LAVIS ").filter((line) => !/_splits|finetuned/.test(line))).toEqual([
      "warmup_steps = 0 // LAVIS has it where a file does not say",
      "warmup_lr = 3e-5 // LAVIS starts from `init_lr` unless told",
      "weight_decay = 0.05 // LAVIS has it where a file does not say",
    ]);
    expect(linesWith(nlvr("True"), "w").join()).not.toMatch(/warmup_(?:lr|steps)|weight_decay/);
    const said = nlvr("False", "  warmup_steps: 9\n  warmup_lr: 1e-6\n  weight_decay: 0.1\n");
    expect(linesWith(said, "does not say").concat(linesWith(said, "unless told"))).toEqual([]);
    expect(linesWith(said, "warmup_lr")).toEqual(["warmup_lr = 1e-6"]);
  });

  it("a task does not say whether weights are loaded: the model's default does", () => {
    const { text } = importText(
      "model: {arch: blip2, model_type: pretrain}\ndatasets: {coco_caption: {}}\nrun: {task: image_text_pretrain}\n",
    );
    expect(linesWith(text, "load_pretrained")).toEqual([
      "load_pretrained = true // LAVIS's default for this model",
    ]);
  });

  it("training starts from fine-tuned weights", () => {
    const base = configuration().replace("  load_finetuned: False\n", "");
    expect(linesWith(importText(base).text, "load_finetuned")).toEqual([
      "load_finetuned = true // LAVIS does, unless it is told not to",
    ]);
    const evaluation = base.replace("evaluate: False", "evaluate: True");
    expect(linesWith(importText(evaluation).text, "load_finetuned")).toEqual([]);
  });
});

describe("what has no counterpart stays as a comment", () => {
  it.each([
    ["a slip of the fingers", "max_epochs: 3", "nothing reads `max_epochs` here; did you mean `max_epoch`?"],
    ["another task's option", "k_test: 128", "this task reads no `k_test`, but `retrieval` would"],
    [
      "another schedule's option",
      "lr_decay_rate: 0.9",
      "this schedule reads no `lr_decay_rate`, but `linear_warmup_step_lr` would",
    ],
    [
      "what only draws captions, which LAVIS's never does",
      "top_p: 0.5",
      "`top_p` does nothing while `use_nucleus_sampling` is false",
    ],
    [
      "what would draw captions",
      "use_nucleus_sampling: True",
      "LAVIS's captioning reads no `use_nucleus_sampling` and always searches with beams",
    ],
    ["a value that is none", "val_freq: null", "`val_freq` is left out: it is null"],
    ["a mapping for one value", "seed: {a: 1}", "`seed` is left out: it is a mapping"],
    ["a list for one value", "amp: [a, b]", "`amp` is left out: it is a list"],
  ])("%s", (_, yaml, why) => {
    const [key = ""] = yaml.split(":");
    const base = configuration().replace(new RegExp(`^  ${key}: .*\n`, "m"), "");
    const { text } = importText(`${base}  ${yaml}\n`);
    expect(linesWith(text, "FIXME")[0]).toContain(`// FIXME(import): ${why}`);
    expect(text).toContain(`//  ${yaml}\n`);
  });

  it("what draws captions does, and the search stays as it is said", () => {
    const run = "  use_nucleus_sampling: True\n  top_p: 0.5\n  temperature: 0.7\n  num_beams: 4\n";
    const { text, check } = importText(configuration({ run }));
    expect(linesWith(text, "FIXME")).toHaveLength(3);
    expect(linesWith(text, "num_beams")).toEqual(["num_beams = 4"]);
    expect(check.diagnostics).toEqual([]);
    const task = check.partial[0]?.task;
    const resolved = (key: string) => {
      const value = task?.options.get(key);
      return value && plainValue(value);
    };
    // What LAVIS's code hands to a search, which reads neither of the last two.
    expect(["use_nucleus_sampling", "num_beams", "top_p", "temperature"].map(resolved)).toEqual([
      false,
      4,
      0.9,
      1,
    ]);
  });

  it("whole sections, with their lines", () => {
    const { text } = importText(`${configuration()}extra:\n  a: 1 # one\n\n  b:\n    - 2\n`);
    expect(text).toContain("  //  extra:\n  //    a: 1 # one\n  //\n  //    b:\n  //      - 2\n");
  });
});

describe("comments", () => {
  it("stay where they stood", () => {
    const yaml = `# Copyright (c) 2022
# All rights reserved.

${configuration()
  .replace("  task: captioning", "  # what to do\n  task: captioning # caption it")
  .replace("  num_workers: 4", "\n  # loading\n  #   in threads\n\n  ## two\n  num_workers: 4 # not 8")
  .replace("  coco_caption:", "  coco_caption: # the builder")
  .replace("\nrun:", "    # build_info:\n    #   images: x\n\nrun: # how")}  # end of run
# end of file
`;
    expect(importText(yaml).text).toMatchInlineSnapshot(`
      "// Copyright (c) 2022
      // All rights reserved.

      lavis 1

      /// Trains as LAVIS does with this configuration.
      recipe recipe_recipe {
        // what to do
        task captioning { // caption it
          num_beams = 5 // LAVIS has it where a file does not say
          max_len = 30 // LAVIS has it where a file does not say
          min_len = 1 // LAVIS has it where a file does not say
          repetition_penalty = 1.15 // LAVIS has it where a file does not say
          length_penalty = 0 // LAVIS has it where a file does not say
        }

        model blip_caption.base_coco { load_finetuned = false }

        dataset coco_caption { // the builder
          vis_processor {
            train = blip_image_train
            eval = blip_image_eval
          }
          text_processor {
            train = blip_caption(prompt = "a picture of ")
            eval = blip_caption
          }
          // build_info:
          //   images: x
        }

        schedule linear_warmup_cosine_lr {
          init_lr = 1e-5
          min_lr = 0
          max_epoch = 5
        }

        run { // how
          batch_size_train = 32
          batch_size_eval = 64

          // loading
          //   in threads

          // # two
          num_workers = 4 // not 8
          seed = 42
          output_dir = "output/BLIP/Caption_coco"
          evaluate = false
          device = cuda
          train_splits = [train]
          valid_splits = [val]
          test_splits = [test]
          // end of run
        }
        // end of file
      }
      "
    `);
  });

  it("stay with their block where they open or end it, with a list among whose elements they stand, and beside a merge", () => {
    const yaml = `shared: &shared
  seed: 7
${configuration()
  .replace("model:\n", "model:\n      # opens the model\n")
  .replace("datasets:\n", "datasets:\n    # opens the datasets\n")
  .replace("\nrun:\n", "  # ends the datasets\n\nrun:\n")
  .replace("  seed: 42\n", "  # brings the seed\n  <<: *shared # in\n")
  .replace("test_splits: [test]", "test_splits: # all\n  - val # one\n  # second\n  - test # two")}`;
    const { text } = importText(yaml);
    expect(text).toContain("  // opens the model\n  model blip_caption.base_coco");
    expect(text).toContain("  // opens the datasets\n  dataset coco_caption {");
    expect(text).toContain("  }\n  // ends the datasets\n\n  schedule");
    expect(text).toContain("    // one\n    // second\n    // two\n    test_splits = [val, test] // all\n");
    expect(linesWith(text, "// in")).toHaveLength(1);
    expect(linesWith(text, "brings the seed")).toHaveLength(1);
  });
});
