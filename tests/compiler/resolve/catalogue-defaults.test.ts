import { describe, expect, it } from "vitest";
import { plainOptions } from "../../../compiler/resolve/resolved.ts";
import { checkText, type Parts, recipe } from "../marked.ts";

const partial = (parts: Parts) => checkText(recipe(parts)).partial[0];
const model = (parts: Parts) => plainOptions(partial(parts)?.model?.options ?? new Map());
const datasets = (parts: Parts) => partial(parts)?.datasets.map(({ options }) => plainOptions(options)) ?? [];

describe("a model's variant", () => {
  it("gives defaults to options in blocks, each of which a recipe may replace", () => {
    const { timesformer } = model({ model: "model alpro_qa.msvd { timesformer { image_size = 112px } }" });
    expect(timesformer).toMatchObject({ n_frms: 16, image_size: 112, use_grad_ckpt: true, ckpt_layer: 12 });
  });

  it("lets processors follow them", () => {
    const [videos] = datasets({ model: "model alpro_qa.msvd", dataset: "dataset msvd_qa" });
    expect(videos?.vis_processor).toMatchObject({
      train: { name: "alpro_video_train", options: { n_frms: 16, image_size: 224 } },
    });
  });

  it("keeps a prompt that is no start of captions to itself", () => {
    const [coco] = datasets({
      model: "model blip2_t5.caption_coco_flant5xl",
      dataset: "dataset coco_caption { text_processor { train = blip_caption() } }",
    });
    expect(coco?.text_processor).toMatchObject({ train: { options: { prompt: "" } } });
  });
});

describe("a dataset's own processors", () => {
  const parts = {
    model: "model blip2_vicuna_instruct.vicuna7b",
    dataset: "dataset coco_caption\n  dataset coco_caption_instruct",
  };

  it("come before the model's, and are not those of another dataset", () => {
    expect(datasets(parts).map(({ vis_processor }) => vis_processor)).toMatchObject([
      { train: { name: "blip2_image_train" } },
      { train: { name: "clip_image_train" } },
    ]);
  });

  it("make images of the model's size", () => {
    const [, instructed] = datasets({
      ...parts,
      model: "model blip2_vicuna_instruct.vicuna7b { image_size = 364px }",
    });
    expect(instructed?.vis_processor).toMatchObject({ train: { options: { image_size: 364 } } });
  });
});

describe("annotation files", () => {
  const annotations = (dataset: string) => {
    const [one] = datasets({ dataset: `dataset ${dataset}` });
    return one?.build_info as Readonly<
      Record<string, Readonly<Record<string, { storage: unknown; url: unknown }>>>
    >;
  };

  it("depend on LAVIS's `type` of a dataset, its own one", () => {
    const file = (path: string) => [`cache:data/gqa/annotations/${path}_balanced_questions.json`];
    expect(annotations("gqa").annotations?.val?.storage).toEqual(file("val"));
    expect(annotations("gqa { type = balanced_testdev }").annotations?.val?.storage).toEqual(file("testdev"));
    expect(Object.keys(annotations("coco_vqa { type = eval }").annotations ?? {})).toEqual(["val"]);
    expect(annotations("coco_vqa { type = eval }\n  dataset gqa").annotations?.train).toBeUndefined();
  });

  it("are several, or one that needs no brackets", () => {
    const one = annotations('coco_vqa { build_info { annotations { train = "/a.json" } } }');
    expect(one.annotations?.train).toMatchObject({ storage: ["/a.json"], url: null });
    const two = annotations('coco_vqa { build_info { annotations { train = ["/a.json", "/b.json"] } } }');
    expect(two.annotations?.train).toMatchObject({ storage: ["/a.json", "/b.json"], url: null });
  });

  it("that number the answers come with their address, but for a file of the user's", () => {
    expect(annotations("msvd_qa").ans2label?.url).toMatch(/train_ans2label\.json$/);
    expect(annotations('msvd_qa { build_info { ans2label = "/mine.json" } }').ans2label).toEqual({
      url: null,
      md5: null,
      storage: "/mine.json",
    });
  });
});
