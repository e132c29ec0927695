import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OptionsOf } from "../../../runtime/card.ts";
import type { coco_caption } from "../../../runtime/datasets/coco-caption.card.ts";
import { openCocoCaption } from "../../../runtime/datasets/coco-caption.ts";
import { concatDatasets, type Dataset } from "../../../runtime/datasets/dataset.ts";
import { openEmojiCaption } from "../../../runtime/datasets/emoji-caption.ts";
import { type FileServer, fileHandler, serve } from "./file-server.ts";

let folder: string;
let images: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lavis-captions-"));
  images = join(folder, "images");
  mkdirSync(join(images, "val2014"), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Options = OptionsOf<typeof coco_caption>;
type Annotations = Options["build_info"]["annotations"];

/** Writes an annotation file and the images that it names; returns its path. */
function write(name: string, content: unknown, present: readonly string[] = []): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  for (const image of present) writeFileSync(join(images, image), "");
  return path;
}

function optionsOf(annotations: Annotations): Options {
  return {
    data_type: "images",
    vis_processor: { train: null, eval: null },
    text_processor: { train: null, eval: null },
    build_info: { images, annotations, token: null },
    ratio: null,
  };
}

async function open(split: string, storage: string): Promise<Dataset> {
  const options = optionsOf({ [split]: { url: null, md5: null, storage } });
  const opened = await openCocoCaption(options, [split], {
    name: "mine",
    use: split === "train" ? "training" : "evaluation",
  });
  return opened.get(split)!;
}

describe("a caption dataset", () => {
  it("has a training sample per caption", async () => {
    const rows = [
      { image: "a.jpg", caption: "a dog", image_id: "coco_7" },
      { image: "a.jpg", caption: "a small dog", image_id: "coco_7" },
    ];
    const train = await open("train", write("train.json", rows, ["a.jpg"]));
    expect(train.length).toBe(2);
    expect(train.row(1)).toEqual({
      image: join(images, "a.jpg"),
      text_input: "a small dog",
      image_id: "coco_7",
      instance_id: "1",
    });
    expect(train.references).toBeUndefined();
  });

  it("has an evaluation sample per image, with COCO's id from the file name, and references", async () => {
    const image = "val2014/COCO_val2014_000000391895.jpg";
    const val = await open("val", write("val.json", [{ image, caption: ["a man", "a rider"] }], [image]));
    expect(val.row(0)).toEqual({ image: join(images, image), image_id: 391895, instance_id: "0" });
    expect(val.references?.()).toEqual(new Map([[391895, ["a man", "a rider"]]]));
  });

  it("numbers the images when a name has no number", async () => {
    const rows = [
      { image: "dog_12.png", caption: ["a"] },
      { image: "cat.png", caption: ["b"] },
    ];
    const val = await open("val", write("val.json", rows, ["dog_12.png"]));
    expect([val.row(0).image_id, val.row(1).image_id]).toEqual([0, 1]);
  });

  it("numbers the images when two names end in one number", async () => {
    const rows = [
      { image: "dog_1.png", caption: ["a"] },
      { image: "cat_1.png", caption: ["b"] },
    ];
    const val = await open("val", write("val.json", rows, ["dog_1.png"]));
    expect([...val.references!()]).toEqual([
      [0, ["a"]],
      [1, ["b"]],
    ]);
  });

  it("reads JSON lines", async () => {
    const text = '{"image": "a.jpg", "caption": "x"}\n\n{"image": "a.jpg", "caption": "y"}\n';
    const train = await open("train", write("train.jsonl", text, ["a.jpg"]));
    expect([train.row(0).text_input, train.row(1).text_input]).toEqual(["x", "y"]);
  });

  it("reads COCO's own form", async () => {
    const coco = {
      images: [
        { id: 5, file_name: "a.jpg" },
        { id: 6, file_name: "not-annotated.jpg" },
      ],
      annotations: [
        { id: 1, image_id: 5, caption: "one" },
        { id: 2, image_id: 5, caption: "two" },
      ],
    };
    const path = write("captions.json", coco, ["a.jpg"]);
    expect((await open("train", path)).length).toBe(2);
    const val = await open("val", path);
    expect(val.length).toBe(1);
    expect([...val.references!()]).toEqual([[5, ["one", "two"]]]);
  });

  it("downloads the asked split only, and checks it", async () => {
    const body = Buffer.from(JSON.stringify([{ image: "a.jpg", caption: "x" }]));
    writeFileSync(join(images, "a.jpg"), "");
    const server: FileServer = await serve(fileHandler({ body }));
    const md5 = createHash("md5").update(body).digest("hex");
    const at = (split: string, sum: string) => ({
      [split]: { url: `${server.url}/${split}`, md5: sum, storage: join(folder, `${split}.json`) },
    });
    const seen: string[] = [];
    try {
      const options = optionsOf({ ...at("train", md5), ...at("val", "0".repeat(32)) });
      const context = {
        name: "mine",
        use: "training",
        onDownload: (file: string) => seen.push(file),
      } as const;
      const opened = await openCocoCaption(options, ["train"], context);
      expect(opened.get("train")?.length).toBe(1);
      expect(server.requests).toEqual(["GET /train"]);
      expect(seen).toContain(join(folder, "train.json"));
      await expect(openCocoCaption(options, ["val"], context)).rejects.toThrow("the file has md5");
    } finally {
      await server.close();
    }
  });
});

describe("a fault in a caption dataset is a user's error that says where:", () => {
  const cases: [string, unknown, RegExp][] = [
    [
      "a row without image",
      [{ caption: "x", image: "a.jpg" }, { caption: "x" }],
      /row 1 has no field "image"/,
    ],
    ["a row without caption", [{ image: "a.jpg" }], /row 0 has no field "caption"/],
    [
      "a caption that is no text",
      [{ image: "a.jpg", caption: [1] }],
      /row 0: field "caption" must be .* not \[1\]/,
    ],
    ["an id that is no id", [{ image: "a.jpg", caption: "x", image_id: {} }], /row 0: field "image_id"/],
    ["a row that is no object", [3], /row 0 must be an object with fields, not 3/],
    ["a file that is no list", { rows: [] }, /not in COCO's form/],
    ["no row", [], /has no row/],
    ["no JSON", "[{", /train\.json is not JSON/],
    ["an image that is not there", [{ image: "gone.jpg", caption: "x" }], /gone\.jpg of .*train\.json row 0/],
  ];
  it.each(cases)("%s", async (_, content, message) => {
    const opening = open("train", write("train.json", content, ["a.jpg"]));
    await expect(opening).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringMatching(message),
    });
  });

  it("a split that is not described", async () => {
    const options = optionsOf({ train: { url: null, md5: null, storage: "x.json" } });
    await expect(openCocoCaption(options, ["val"], { name: "mine", use: "evaluation" })).rejects.toThrow(
      "dataset mine has no split val; its annotations name train",
    );
  });

  it("an emoji data set that is not built", async () => {
    const options = optionsOf({ train: { url: null, md5: null, storage: join(folder, "no.json") } });
    await expect(
      openEmojiCaption(options, ["train"], { name: "emoji", use: "training" }),
    ).rejects.toMatchObject({
      hint: expect.stringContaining("lavisc data build emoji"),
    });
  });

  it("a folder of images that is not there", async () => {
    const storage = write("train.json", [{ image: "a.jpg", caption: "x" }]);
    rmSync(images, { recursive: true });
    await expect(open("train", storage)).rejects.toThrow(`the folder of images ${images} is not there`);
  });
});

describe("datasets one after the other", () => {
  it("are one, with ids of their own and instance ids of the whole", async () => {
    const first = await open(
      "train",
      write("one.json", [{ image: "a.jpg", caption: "x", image_id: 1 }], ["a.jpg"]),
    );
    const second = await open("train", write("two.json", [{ image: "a.jpg", caption: "y", image_id: 2 }]));
    const both = concatDatasets([first, second]);
    expect(both.length).toBe(2);
    expect(both.row(1)).toMatchObject({ text_input: "y", image_id: 2, instance_id: "1" });
    expect(both.origin(1)).toBe(`${join(folder, "two.json")} row 0`);
    expect(() => both.row(2)).toThrow("sample 2 of 2 in mine + mine");
  });

  it("refuse references where two of them have an image of one id", async () => {
    const one = await open("val", write("one.json", [{ image: "a_1.jpg", caption: ["x"] }], ["a_1.jpg"]));
    const other = await open("val", write("two.json", [{ image: "b_2.jpg", caption: ["y"] }], ["b_2.jpg"]));
    expect(concatDatasets([one, other]).references?.()).toEqual(
      new Map([
        [1, ["x"]],
        [2, ["y"]],
      ]),
    );
    expect(() => concatDatasets([one, one]).references?.()).toThrow("both have an image 1");
  });
});
