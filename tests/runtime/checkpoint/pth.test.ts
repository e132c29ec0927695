import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toFloat32 } from "../../../runtime/checkpoint/dtype.ts";
import { openWeights } from "../../../runtime/checkpoint/open.ts";
import { openPth } from "../../../runtime/checkpoint/pth.ts";
import type { WeightSource } from "../../../runtime/checkpoint/source.ts";
import { UserError } from "../../../runtime/errors.ts";
import { goldenPath } from "../../golden.ts";
import {
  legacyCheckpoint,
  pickle,
  pickled,
  pickledTensor,
  type TestTensor,
  zip,
  zipCheckpoint,
} from "./build-pth.ts";
import { testFolder } from "./folder.ts";

const folder = testFolder();
const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const numbers = (source: WeightSource, name: string) => Array.from(source.read(name).data, Number);

const matrix: TestTensor = { storage: "0", type: "FloatStorage", elements: 6, shape: [2, 3], stride: [3, 1] };
const six = floats(0, 1, 2, 3, 4, 5);

describe("checkpoints that PyTorch wrote", () => {
  it.each([
    ["blip_caption", "PyTorch zip"],
    ["blip_vqa", "PyTorch legacy"],
  ])("%s (%s) holds the values of its safetensors file", (name, format) => {
    const pth = openWeights(goldenPath(name, "weights.pth"));
    const safe = openWeights(goldenPath(name, "weights.safetensors"));
    expect(pth.format).toBe(format);
    expect([...pth.tensors.keys()].sort()).toEqual([...safe.tensors.keys()].sort());
    for (const key of safe.tensors.keys()) {
      expect(pth.tensors.get(key)?.shape, key).toEqual(safe.tensors.get(key)?.shape);
      expect(toFloat32(pth.read(key)), key).toEqual(toFloat32(safe.read(key)));
    }
    pth.close();
    safe.close();
  });
});

describe("views of storages", () => {
  const tensors: [string, TestTensor, number[]][] = [
    ["whole", matrix, [0, 1, 2, 3, 4, 5]],
    ["transposed", { ...matrix, shape: [3, 2], stride: [1, 3] }, [0, 3, 1, 4, 2, 5]],
    ["with an offset", { ...matrix, shape: [2], stride: [1], offset: 3 }, [3, 4]],
    ["a column", { ...matrix, shape: [2, 1], stride: [3, 1], offset: 2 }, [2, 5]],
    ["repeated", { ...matrix, shape: [2, 2], stride: [0, 1], offset: 4 }, [4, 5, 4, 5]],
    ["a scalar", { ...matrix, shape: [], stride: [], offset: 5 }, [5]],
    ["empty", { ...matrix, shape: [0, 3], stride: [3, 1] }, []],
  ];
  const dict = (legacy: boolean) =>
    pickle.dict(tensors.map(([name, tensor]) => [name, pickledTensor(tensor, legacy)]));

  it.each([
    ["zip", () => zipCheckpoint(dict(false), { 0: six })],
    ["legacy", () => legacyCheckpoint(dict(true), [["0", 6, six]])],
  ])("share one storage in a plain state dict (%s)", (name, build) => {
    const source = openPth(folder.write(`${name}.pth`, build()));
    for (const [name, , expected] of tensors) expect(numbers(source, name), name).toEqual(expected);
    source.close();
  });

  it.each([
    ["DoubleStorage", new Uint8Array(Float64Array.of(1, -2).buffer), [1, -2]],
    ["HalfStorage", new Uint8Array(Uint16Array.of(0x3c00, 0xc000).buffer), [0x3c00, 0xc000]],
    ["BFloat16Storage", new Uint8Array(Uint16Array.of(0x3f80, 1).buffer), [0x3f80, 1]],
    ["LongStorage", new Uint8Array(BigInt64Array.of(-1n, 9n).buffer), [-1, 9]],
    ["IntStorage", new Uint8Array(Int32Array.of(-1, 9).buffer), [-1, 9]],
    ["ShortStorage", new Uint8Array(Int16Array.of(-1, 9).buffer), [-1, 9]],
    ["CharStorage", new Uint8Array(Int8Array.of(-1, 9).buffer), [-1, 9]],
    ["ByteStorage", Uint8Array.of(255, 9), [255, 9]],
    ["BoolStorage", Uint8Array.of(1, 0), [1, 0]],
  ])("of %s", (type, data, expected) => {
    const tensor = pickledTensor({ storage: "k", type, elements: 2, shape: [2], stride: [1] });
    const source = openPth(
      folder.write("dtype.pth", zipCheckpoint(pickle.dict([["x", tensor]]), { k: data })),
    );
    expect(numbers(source, "x")).toEqual(expected);
    source.close();
  });

  it("reads parameters, zip64 archives, and entries beside the tensors", () => {
    const parameter = pickle.call(
      "torch._utils._rebuild_parameter",
      pickledTensor(matrix),
      pickle.no,
      pickle.none,
    );
    const model = pickle.dict([
      ["w", parameter],
      ["num_batches", pickle.int(3)],
    ]);
    const object = pickle.dict([
      ["model", model],
      ["epoch", pickle.int(3)],
    ]);
    const source = openPth(
      folder.write(
        "zip64.pth",
        zip(
          [
            ["w/data.pkl", pickled(object)],
            ["w/data/0", six],
          ],
          true,
        ),
      ),
    );
    expect(numbers(source, "w")).toEqual([0, 1, 2, 3, 4, 5]);
    expect(source.ignored).toEqual(["num_batches"]);
    source.close();
  });
});

describe("files that are refused", () => {
  const open = (bytes: Uint8Array) => openPth(folder.write("bad.pth", bytes));
  const state = (tensor: TestTensor) => pickle.dict([["w", pickledTensor(tensor)]]);

  it("names a Python object and its place, and runs nothing", () => {
    const attack = zipCheckpoint(
      pickle.dict([["model", pickle.call("os.system", pickle.text("touch /tmp/pwned"))]]),
      {},
    );
    expect(() => open(attack)).toThrow(
      /refers to "os\.system" at byte \d+: only tensors .* nothing is executed/,
    );
    const builtin = zipCheckpoint(pickle.call("builtins.eval", pickle.text("1")), {});
    expect(() => open(builtin)).toThrow('"builtins.eval"');
  });

  it.each([
    ["NEWOBJ", 0x81],
    ["INST", 0x69],
    ["OBJ", 0x6f],
    ["EXT1", 0x82],
  ])("refuses the opcode %s, which would make objects", (_, opcode) => {
    expect(() => open(zipCheckpoint(Buffer.concat([pickle.emptyDict, Buffer.from([opcode])]), {}))).toThrow(
      UserError,
    );
  });

  it.each<[string, () => Uint8Array, string]>([
    ["text", () => Buffer.from("<html>Not found</html>"), "neither a zip nor a legacy"],
    ["a zip without a pickle", () => zip([["a.txt", six]]), "without a data.pkl"],
    [
      "a TorchScript program",
      () =>
        zip([
          ["w/data.pkl", pickled(state(matrix))],
          ["w/constants.pkl", six],
        ]),
      "TorchScript",
    ],
    [
      "a zip cut off",
      () => zipCheckpoint(state(matrix), { 0: six }).subarray(0, 200),
      "its directory at the end is missing",
    ],
    [
      "no tensors",
      () => zipCheckpoint(pickle.dict([["epoch", pickle.int(1)]]), {}),
      "holds no tensors under model, state_dict or its top level (found: epoch)",
    ],
    ["a list", () => zipCheckpoint(pickle.list(), {}), "holds no dict"],
    [
      "a legacy file cut off",
      () =>
        legacyCheckpoint(pickle.dict([["w", pickledTensor(matrix, true)]]), [["0", 6, six]]).subarray(0, -4),
      "would end at byte",
    ],
    [
      "an unknown element type",
      () => zipCheckpoint(state({ ...matrix, type: "ComplexFloatStorage" }), { 0: six }),
      "ComplexFloatStorage",
    ],
    [
      "a big-endian file",
      () =>
        zip([
          ["w/data.pkl", pickled(state(matrix))],
          ["w/byteorder", Buffer.from("big")],
        ]),
      "big-endian",
    ],
  ])("%s", (_, build, message) => {
    expect(() => open(build())).toThrow(UserError);
    expect(() => open(build())).toThrow(message);
  });

  it.each<[string, TestTensor, Record<string, Uint8Array>, string]>([
    ["whose storage is missing", { ...matrix, storage: "9" }, { 0: six }, "tensor w refers to storage 9"],
    ["beyond its storage", { ...matrix, offset: 1 }, { 0: six }, "reaches element 6"],
    [
      "with more elements than memory",
      { ...matrix, shape: [2 ** 30, 2 ** 30], stride: [0, 0] },
      { 0: six },
      "would have",
    ],
    ["with huge strides", { ...matrix, stride: [2 ** 30, 1] }, { 0: six }, "reaches element"],
  ])("a tensor %s", (_, tensor, storages, message) => {
    const source = open(zipCheckpoint(state(tensor), storages));
    expect(() => source.read("w")).toThrow(message);
    source.close();
  });

  it("values that changed since they were written", () => {
    const bytes = zipCheckpoint(state(matrix), { 0: six });
    bytes[bytes.indexOf(Buffer.from(six)) + 5]! ^= 1;
    const source = open(bytes);
    expect(() => source.read("w")).toThrow("the checksum of tensor w does not fit");
    source.close();
  });

  it("a list that calls copy over and over", () => {
    const items = Array.from({ length: 2000 }, () => pickle.int(1));
    const call = Buffer.concat([
      pickle.global("builtins.set"),
      Buffer.from([0x68, 0, 0x85]),
      Buffer.from("R0"),
    ]);
    const bomb = Buffer.concat([
      pickle.list(...items),
      Buffer.from([0x71, 0]),
      ...Array.from({ length: 9000 }, () => call),
    ]);
    expect(() => open(zipCheckpoint(bomb, {}))).toThrow("copied over and over");
  });
});

describe("whatever the bytes are", () => {
  const dict = (legacy: boolean) =>
    pickle.dict([["model", pickle.dict([["w", pickledTensor(matrix, legacy)]])]]);
  const files: [string, Buffer][] = [
    ["zip", zipCheckpoint(dict(false), { 0: six })],
    ["legacy", legacyCheckpoint(dict(true), [["0", 6, six]])],
  ];

  it.each(files)("a %s checkpoint fails only by a UserError, quickly", (name, good) => {
    const path = folder.path(`fuzz-${name}.pth`);
    const edit = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    fc.assert(
      fc.property(
        fc.array(edit, { minLength: 1, maxLength: 6 }),
        fc.option(fc.nat(good.length)),
        (edits, cut) => {
          const bytes = Buffer.from(good);
          for (const [at, value] of edits) bytes[at] = value;
          writeFileSync(path, cut === null ? bytes : bytes.subarray(0, cut));
          const started = performance.now();
          let source: WeightSource | undefined;
          try {
            source = openWeights(path);
            for (const tensor of source.tensors.keys()) source.read(tensor);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          } finally {
            source?.close();
          }
          expect(performance.now() - started).toBeLessThan(2000);
        },
      ),
      { numRuns: 1500 },
    );
    expect(readFileSync(path).length).toBeLessThanOrEqual(good.length);
  });

  it("random pickles fail only by a UserError", () => {
    const path = folder.path("random.pth");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        writeFileSync(path, zip([["w/data.pkl", bytes]]));
        expect(() => openPth(path).close()).toThrow(UserError);
      }),
      { numRuns: 1500 },
    );
  });
});
