import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEngine } from "../../../runtime/engine/open.ts";
import {
  disposeModule,
  Module,
  ModuleList,
  namedBuffers,
  namedParameters,
  namedTensors,
} from "../../../runtime/nn/module.ts";
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
  readonly layer = new ModuleList([new Linear(), new Linear()]);
  readonly heads = [new Linear()];
  readonly decoder: Tensor = this.first.weight;
  readonly running_mean = zeros(engine, [2]);
  readonly position_ids = zeros(engine, [2], "int32");
  protected override transientBuffers(): readonly string[] {
    return ["position_ids"];
  }
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
      "heads.0.weight",
      "heads.0.bias",
      "decoder",
      "running_mean",
    ]);
    expect(namedTensors(model).get("decoder")).toBe(model.first.weight);
    disposeModule(model);
  });

  it("lists a parameter once, and the tensors that are none as buffers", () => {
    const model = new Model();
    expect(namedParameters(model).size).toBe(8);
    expect([...namedParameters(model).keys()]).not.toContain("decoder");
    expect([...namedBuffers(model).keys()]).toEqual(["running_mean", "position_ids"]);
    disposeModule(model);
  });

  it("a list of modules is iterated and indexed", () => {
    const model = new Model();
    expect([...model.layer].length).toBe(model.layer.length);
    expect(model.layer.at(-1)).toBe([...model.layer][1]);
    disposeModule(model);
  });

  it("disposing frees every tensor once", () => {
    const before = engine.memory().tensors;
    const model = new Model();
    expect(engine.memory().tensors).toBe(before + 10);
    disposeModule(model);
    expect(engine.memory().tensors).toBe(before);
  });
});
