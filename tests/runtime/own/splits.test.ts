import { describe, expect, it } from "vitest";
import type { Dataset } from "../../../runtime/datasets/dataset.ts";
import { checkSplits } from "../../../runtime/own/splits.ts";

const split = (changes: Partial<Dataset> = {}): Dataset => ({
  name: "drawings",
  split: "val",
  length: 1,
  row: () => ({ image: "/0.png", image_id: 0, instance_id: "0" }),
  origin: () => "row 0",
  ...changes,
});
const check = (changes?: Partial<Dataset>) => () =>
  checkSplits("dataset drawings", new Map(changes && [["val", split(changes)]]), ["val"]);

describe("the splits that a dataset of the user's own opens", () => {
  it("have samples with an image", () => {
    expect(check({})).not.toThrow();
    expect(() => checkSplits("dataset drawings", new Map(), [])).not.toThrow();
  });

  it("are all that were asked for", () => {
    expect(check()).toThrow("dataset drawings opened no split val");
  });

  it.each([Number.NaN, 2.5, -1])("cannot have the length %s", (length) => {
    expect(check({ length })).toThrow(`split val has the length ${length}`);
  });

  it("cannot be empty", () => {
    expect(check({ length: 0 })).toThrow("split val has no sample");
  });

  it.each(["null", '{ "image": 3, "image_id": 0 }'])("cannot have the row %s", (json) => {
    expect(check({ row: () => JSON.parse(json) })).toThrow("sample 0 of split val has no image");
  });
});
