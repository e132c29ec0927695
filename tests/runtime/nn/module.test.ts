import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEngine } from "../../../runtime/engine/open.ts";
import { disposeModule, Module, namedParameters, namedTensors } from "../../../runtime/nn/module.ts";
import { type Engine, parameter, type Tensor, zeros } from "../../../runtime/tensor/index.ts";

let engine: Engine;
beforeAll(async () => {
  ({ engine } = await openEngine("wasm", { threads: 1 }));
});
afterAll(() => engine.dispose());

class Linear extends Module {
  readonly weight = parameter(zeros(engine, [2, 2]));
  readonly bias = parameter(zeros(engine, [2]));
}

class Model extends Module {
  readonly width = 2;
  readonly first = new Linear();
  readonly layer = [new Linear(), new Linear()];
  readonly scales = [zeros(engine, [1])];
  readonly decoder: Tensor = this.first.weight;
  readonly running_mean = zeros(engine, [2]);
  readonly position_ids = zeros(engine, [2], "int32");
}

describe("Module", () => {
  it("names tensors by the path to them, in the order of construction, tied ones under each name", () => {
    const model = new Model();
    expect([...namedTensors(model).keys()]).toEqual([
      "first.weight",
      "first.bias",
      "layer.0.weight",
      "layer.0.bias",
      "layer.1.weight",
      "layer.1.bias",
      "scales.0",
      "decoder",
      "running_mean",
      "position_ids",
    ]);
    expect(namedTensors(model).get("decoder")).toBe(model.first.weight);
    disposeModule(model);
  });

  it("lists a parameter once, under its first name, and no buffer", () => {
    const model = new Model();
    expect([...namedParameters(model).keys()]).toEqual([
      "first.weight",
      "first.bias",
      "layer.0.weight",
      "layer.0.bias",
      "layer.1.weight",
      "layer.1.bias",
    ]);
    disposeModule(model);
  });

  it("disposing frees every tensor once", () => {
    const before = engine.memory().tensors;
    const model = new Model();
    expect(engine.memory().tensors).toBe(before + 9);
    disposeModule(model);
    expect(engine.memory().tensors).toBe(before);
  });
});
