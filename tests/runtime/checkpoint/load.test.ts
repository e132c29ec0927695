import { describe, expect, it } from "vitest";
import type { StoredTensor } from "../../../runtime/checkpoint/dtype.ts";
import { loadWeights, tensorsToWrite } from "../../../runtime/checkpoint/load.ts";
import { formatReport } from "../../../runtime/checkpoint/load-report.ts";
import { openSafetensors, writeSafetensors } from "../../../runtime/checkpoint/safetensors.ts";
import type { WeightSource } from "../../../runtime/checkpoint/source.ts";
import { UserError } from "../../../runtime/errors.ts";
import { Module, namedTensors } from "../../../runtime/nn/module.ts";
import { read, type Tensor, tensor } from "../../../runtime/tensor/index.ts";
import { testFolder } from "./folder.ts";
import { plainEngine } from "./plain-engine.ts";

const folder = testFolder();

class Inner extends Module {
  readonly weight: Tensor;
  constructor(weight: Tensor) {
    super();
    this.weight = weight;
  }
}

class Model extends Module {
  readonly embed: Inner;
  readonly head: Inner;
  readonly pos_embed: Tensor;
  readonly ids: Tensor;
  constructor(engine = plainEngine()) {
    super();
    this.embed = new Inner(tensor(engine, [9, 9], [2]));
    this.head = new Inner(this.embed.weight);
    this.pos_embed = tensor(engine, [9], [1]);
    this.ids = tensor(engine, Int32Array.of(9, 9), [2]);
  }
}

function source(
  tensors: Readonly<Record<string, StoredTensor>>,
  ignored: readonly string[] = [],
): WeightSource {
  return {
    path: "weights.pth",
    format: "PyTorch zip",
    tensors: new Map(Object.entries(tensors)),
    ignored,
    read: (name) => tensors[name]!,
    close: () => {},
  };
}
const f32 = (...values: number[]): StoredTensor => ({
  dtype: "F32",
  shape: [values.length],
  data: Float32Array.from(values),
});
const whole = {
  "embed.weight": f32(1, 2),
  pos_embed: f32(3),
  ids: { dtype: "I64", shape: [2], data: BigInt64Array.of(4n, 5n) },
} as const;

describe("loading by name", () => {
  it("converts to the model's types and fills tied tensors from either name", () => {
    const { "embed.weight": weight, ...rest } = whole;
    for (const name of ["embed.weight", "head.weight"]) {
      const model = new Model();
      const report = loadWeights(model, source({ [name]: weight, ...rest }), { strict: true });
      expect(report.missing).toEqual([]);
      expect(Array.from(read(model.head.weight))).toEqual([1, 2]);
      expect(Array.from(read(model.ids))).toEqual([4, 5]);
    }
  });

  it("reports what is missing, unexpected and of another shape, and keeps those weights", () => {
    const model = new Model();
    const report = loadWeights(
      model,
      source({ "embed.weight": f32(1, 2, 3), ids: whole.ids, extra: f32(7) }, ["epoch"]),
    );
    expect(report.missing).toEqual([{ name: "pos_embed", shape: [1] }]);
    expect(report.unexpected).toEqual([{ name: "extra", shape: [1] }]);
    expect(report.mismatched).toEqual([{ name: "embed.weight", file: [3], model: [2] }]);
    expect(report.loaded).toEqual(["ids"]);
    expect(Array.from(read(model.embed.weight))).toEqual([9, 9]);
    expect(formatReport(report)).toBe(
      [
        "loaded 1 of 3 tensors from weights.pth (PyTorch zip)",
        "  missing 1, kept as initialised: pos_embed [1]",
        "  unexpected 1, not used: extra [1]",
        "  of another shape 1, kept as initialised: embed.weight [3] → [2]",
        "  no tensors 1, not used: epoch",
      ].join("\n"),
    );
  });

  it("folds long lists by module", () => {
    const many = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [`text_encoder.layer.${i}.bias`, f32(1)]),
    );
    expect(formatReport(loadWeights(new Model(), source({ ...whole, ...many })))).toContain(
      "unexpected 12, not used: text_encoder.layer.* (12)",
    );
  });

  it("throws the report when strict, and changes nothing", () => {
    const model = new Model();
    const load = () =>
      loadWeights(model, source({ "embed.weight": f32(1, 2), other: f32(1) }), { strict: true });
    expect(load).toThrow(UserError);
    expect(load).toThrow(/do not fit the model.*missing 2.*unexpected 1/s);
    expect(Array.from(read(model.embed.weight))).toEqual([9, 9]);
  });

  it("renames keys, and leaves out those renamed to nothing", () => {
    const model = new Model();
    const renamed = source({ "module.pos_embed": f32(3), "module.drop": f32(1) });
    const rename = (name: string) => (name.endsWith("drop") ? undefined : name.replace(/^module\./, ""));
    const report = loadWeights(model, renamed, { rename });
    expect(report.loaded).toEqual(["pos_embed"]);
    expect(report.unexpected.map(({ name }) => name)).toEqual(["module.drop"]);
  });

  it("resizes position embeddings of another length", () => {
    const model = new Model();
    const report = loadWeights(model, source({ ...whole, pos_embed: f32(3, 5) }), {
      resize: (name, { data }) =>
        name === "pos_embed" ? { shape: [1], data: Float32Array.of((data[0]! + data[1]!) / 2) } : undefined,
    });
    expect(report.resized).toEqual([{ name: "pos_embed", file: [2], model: [1] }]);
    expect(Array.from(read(model.pos_embed))).toEqual([4]);
  });

  it("refuses integers that do not fit, naming the tensor", () => {
    const huge = { dtype: "I64", shape: [2], data: BigInt64Array.of(1n, 2n ** 33n) } as const;
    expect(() => loadWeights(new Model(), source({ ids: huge }))).toThrow("tensor ids: element 1");
  });

  it("frees what it makes on the way", () => {
    const engine = plainEngine();
    const model = new Model(engine);
    const before = engine.made.length;
    loadWeights(model, source(whole));
    expect(engine.made.slice(before).every((made) => made.isDisposed)).toBe(true);
  });
});

it("what is written is lent by the engine, not copied", () => {
  const engine = plainEngine();
  const model = new Model(engine);
  const lent: unknown[] = [];
  for (const { data } of tensorsToWrite(namedTensors(model)).values()) {
    if (typeof data === "function") data((values) => lent.push(values));
  }
  expect(lent).toEqual([Float32Array.of(9, 9), Float32Array.of(9), Int32Array.of(9, 9)]);
  expect(engine.reads).toBe(0);
});

it("what is written loads again, tied tensors once", () => {
  const path = folder.path("model.safetensors");
  const model = new Model();
  loadWeights(model, source(whole));
  writeSafetensors(path, tensorsToWrite(namedTensors(model)));
  const file = openSafetensors(path);
  expect([...file.tensors.keys()].sort()).toEqual(["embed.weight", "ids", "pos_embed"]);
  const again = new Model();
  expect(loadWeights(again, file, { strict: true }).loaded).toHaveLength(3);
  expect(read(again.head.weight)).toEqual(read(model.head.weight));
  file.close();
});
