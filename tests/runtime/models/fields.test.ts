import { afterAll, describe, expect, it } from "vitest";
import type { FieldValue } from "../../../runtime/datasets/dataset.ts";
import { openEngine } from "../../../runtime/engine/open.ts";
import { fieldOf } from "../../../runtime/models/fields.ts";
import { zeros } from "../../../runtime/tensor/index.ts";

const { engine } = await openEngine("wasm", { device: "cpu", threads: 1 });
afterAll(() => engine.dispose());
const image = zeros(engine, [2, 3, 1, 1]);
const batchOf = (...score: FieldValue[]) => ({ image, instance_id: ["7", "8"], fields: { score } });

describe("a field of a batch", () => {
  it("has a value for each sample, of the kind that is asked for", () => {
    expect(fieldOf(batchOf(1.5, 2), "score", "number")).toEqual([1.5, 2]);
    expect(fieldOf(batchOf("1.5", " 2 "), "score", "number")).toEqual([1.5, 2]);
    expect(fieldOf(batchOf("1.5", "b"), "score", "text")).toEqual(["1.5", "b"]);
    expect(fieldOf(batchOf(true, false), "score", "boolean")).toEqual([true, false]);
    expect(fieldOf(batchOf([1, "2"], []), "score", "numbers")).toEqual([[1, 2], []]);
    expect(fieldOf(batchOf(["a"], ["b", "c"]), "score", "texts")).toEqual([["a"], ["b", "c"]]);
  });

  it.each([
    ["text", batchOf("a", 1), "the field score of sample 8 is 1, not a text"],
    ["number", batchOf(1, ""), 'the field score of sample 8 is "", not a number'],
    ["number", batchOf("x", 1), 'the field score of sample 7 is "x", not a number'],
    ["texts", batchOf(["a"], "b"), 'the field score of sample 8 is "b", not a list of texts'],
    ["numbers", batchOf([1], [1, [2]]), "the field score of sample 8 is [1,[2]], not a list of numbers"],
  ] as const)("is no %s where a value is something else", (kind, batch, message) => {
    expect(() => fieldOf(batch, "score", kind)).toThrow(message);
  });

  it("is named where there is none, with what there is", () => {
    expect(() => fieldOf(batchOf(1, 2), "points", "number")).toThrow(
      "the samples carry no field points, but score",
    );
    expect(() => fieldOf({ image }, "toString", "text")).toThrow("the samples carry no field toString");
  });
});
