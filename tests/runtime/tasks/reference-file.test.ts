import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Dataset, ImageId } from "../../../runtime/datasets/dataset.ts";
import { ReferenceFile } from "../../../runtime/tasks/reference-file.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lavis-references-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(content: unknown, name = "references.json"): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const showing = (ids: readonly ImageId[]): Dataset => ({
  name: "mine",
  split: "val",
  length: ids.length,
  row: (index) => ({ image: `${index}.png`, image_id: ids[index] ?? "", instance_id: String(index) }),
  origin: (index) => `row ${index}`,
});

const annotations = [
  { id: 0, image_id: 7, caption: "a dog" },
  { id: 1, image_id: 8, caption: "a cat" },
  { id: 2, image_id: 7, caption: "a brown dog" },
];

describe("a file of references", () => {
  it("gives each image of a split its captions, whether its id is a number or a text", async () => {
    const file = await ReferenceFile.open(written({ images: [{ id: 7 }, { id: 8 }], annotations }));
    expect(file.of(showing(["7"]))).toEqual(new Map([["7", ["a dog", "a brown dog"]]]));
    expect([...file.of(showing([8, 7])).keys()]).toEqual([8, 7]);
  });

  it("must have captions of every image that is evaluated", async () => {
    const file = await ReferenceFile.open(written({ annotations }));
    expect(() => file.of(showing([7, 9]))).toThrow(
      /references\.json has no caption of image 9, which mine, split val, shows/,
    );
  });

  it.each([
    ["a list of rows", annotations, "is not in COCO's form"],
    ["no annotations", { images: [] }, "is not in COCO's form"],
    ["an annotation of no image", { annotations: [{ caption: "a dog" }] }, "annotations[0]"],
    ["an annotation without a caption", { annotations: [annotations[0], { image_id: 7 }] }, "annotations[1]"],
    ["no JSON", "captions", "references.json"],
  ])("is refused where it holds %s", async (_, content, message) => {
    await expect(ReferenceFile.open(written(content))).rejects.toThrow(message);
  });

  it("is refused where it is not there", async () => {
    await expect(ReferenceFile.open(join(folder, "gone.json"))).rejects.toThrow("gone.json");
  });
});
