import { describe, expect, it } from "vitest";
import type { Dataset } from "../../../runtime/datasets/dataset.ts";
import { ofImages } from "../../../runtime/datasets/subset.ts";

const whole: Dataset = {
  name: "mine",
  split: "val",
  length: 5,
  row: (index) => ({ image: `${index}.png`, image_id: 10 + index, instance_id: String(index) }),
  origin: (index) => `row ${index}`,
  references: () => new Map([10, 11, 12, 13, 14].map((id) => [id, [`caption ${id}`]])),
};

describe("the samples of some images", () => {
  it("are in the dataset's order, with its rows, places and references", () => {
    const some = ofImages(whole, ["13", "11", "99"]);
    expect(some).toMatchObject({ name: "mine", split: "val", length: 2 });
    expect([some.row(0), some.row(1)]).toEqual([whole.row(1), whole.row(3)]);
    expect(some.origin(1)).toBe("row 3");
    expect([...(some.references?.() ?? [])]).toEqual([
      [11, ["caption 11"]],
      [13, ["caption 13"]],
    ]);
    expect(() => some.row(2)).toThrow(RangeError);
  });

  it("have no references where the dataset has none", () => {
    const { references: _, ...rest } = whole;
    expect(ofImages(rest, ["11"]).references).toBeUndefined();
  });
});
