import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type StoredTensor, toFloat32, toInt32 } from "../../../runtime/checkpoint/dtype.ts";
import {
  openSafetensors,
  readHeader,
  readSafetensors,
  writeSafetensors,
} from "../../../runtime/checkpoint/safetensors.ts";
import { UserError } from "../../../runtime/errors.ts";
import { goldenPath } from "../../golden.ts";
import { testFolder } from "./folder.ts";

const folder = testFolder();

function file(header: string, data = 0): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(data)]);
}

const one = (entry: unknown) => JSON.stringify({ x: entry });

describe("reading", () => {
  it("gives the header of a file without its values", () => {
    const { tensors } = readHeader(goldenPath("blip_vqa", "weights.safetensors"));
    expect(tensors.get("visual_encoder.cls_token")?.dtype).toBe("BF16");
    expect([...tensors.values()].reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(0);
  });

  it("reads one tensor by its name", () => {
    const source = openSafetensors(goldenPath("blip_vqa", "weights.safetensors"));
    const ids = source.read("text_decoder.bert.embeddings.position_ids");
    expect(Array.from(toInt32(ids, "ids").slice(0, 4))).toEqual([0, 1, 2, 3]);
    expect(() => source.read("nothing")).toThrow("has no tensor nothing");
    source.close();
  });

  it.each([
    ["an empty file", Buffer.alloc(0), "it has 0 bytes"],
    ["a header longer than the file", file("{}").subarray(0, 9), "the file ends after 9"],
    ["a header longer than the format allows", Buffer.alloc(16, 0xff), "the limit is 100000000"],
    ["a header that is no JSON", file("{x"), "is not JSON"],
    ["a header that is a list", file("[]"), "not a JSON object"],
    [
      "an unknown dtype",
      file(one({ dtype: "F8", shape: [], data_offsets: [0, 1] }), 1),
      'tensor x: its dtype "F8"',
    ],
    ["a negative size", file(one({ dtype: "U8", shape: [-1], data_offsets: [0, 0] })), "its shape [-1]"],
    [
      "a size that overflows",
      file(one({ dtype: "U8", shape: [2 ** 40, 2 ** 40], data_offsets: [0, 0] })),
      "tensor x",
    ],
    [
      "offsets of another length",
      file(one({ dtype: "F32", shape: [2], data_offsets: [0, 4] }), 4),
      "takes 8 bytes",
    ],
    [
      "a hole before a tensor",
      file(one({ dtype: "U8", shape: [1], data_offsets: [1, 2] }), 2),
      "starts at byte",
    ],
    ["bytes that belong to no tensor", file("{}", 3), "belong to no tensor"],
    [
      "values that were cut off",
      file(one({ dtype: "U8", shape: [9], data_offsets: [0, 9] }), 4),
      "it was cut off",
    ],
    ["metadata that is no text", file(JSON.stringify({ __metadata__: { a: 1 } })), "__metadata__.a"],
  ])("refuses %s and says where", (_, bytes, message) => {
    const path = folder.write("bad.safetensors", bytes);
    expect(() => readHeader(path)).toThrow(UserError);
    expect(() => readHeader(path)).toThrow(message);
    expect(() => readHeader(path)).toThrow(path);
  });

  it("says that a file is missing or a folder", () => {
    expect(() => readHeader(folder.path("none"))).toThrow(/cannot open .*none/);
    expect(() => readHeader(folder.path("."))).toThrow("is not a file");
  });

  it("notices a file that shrinks after it was opened", () => {
    const path = folder.path("shrinks.safetensors");
    writeSafetensors(path, new Map([["x", { dtype: "U8", shape: [64], data: new Uint8Array(64) }]]));
    const source = openSafetensors(path);
    truncateSync(path, 20);
    expect(() => source.read("x")).toThrow("became shorter");
    source.close();
  });

  it("never fails but by a UserError, whatever the bytes are", () => {
    const path = folder.path("fuzz.safetensors");
    writeSafetensors(path, new Map([["a.b", { dtype: "F32", shape: [2, 3], data: new Float32Array(6) }]]));
    const good = readFileSync(path);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1 }),
        fc.nat(),
        (edits, cut) => {
          const bytes = Buffer.from(good);
          for (const [at, value] of edits) bytes[at] = value;
          writeFileSync(path, bytes.subarray(0, cut % 3 === 0 ? cut % bytes.length : bytes.length));
          try {
            readSafetensors(path);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe("writing", () => {
  const tensors = new Map<string, StoredTensor>([
    ["flag", { dtype: "BOOL", shape: [3], data: Uint8Array.of(1, 0, 1) }],
    ["half", { dtype: "F16", shape: [4], data: Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00) }],
    ["brain", { dtype: "BF16", shape: [2], data: Uint16Array.of(0x3f80, 0xc040) }],
    ["wide", { dtype: "F64", shape: [1], data: Float64Array.of(Math.PI) }],
    ["long", { dtype: "I64", shape: [2], data: BigInt64Array.of(-5n, 7n) }],
    ["int", { dtype: "I32", shape: [], data: Int32Array.of(-9) }],
    ["none", { dtype: "F32", shape: [0, 4], data: new Float32Array(0) }],
    ["float", { dtype: "F32", shape: [1, 2], data: Float32Array.of(1.5, Number.NaN) }],
  ]);

  it("gives back every dtype, scalars and empty tensors", () => {
    const path = folder.path("all.safetensors");
    writeSafetensors(path, tensors, { metadata: { format: "pt" } });
    expect(new Map(readSafetensors(path))).toEqual(tensors);
    expect(readHeader(path).metadata.get("format")).toBe("pt");
  });

  it("aligns every tensor to its element size", () => {
    const path = folder.path("aligned.safetensors");
    writeSafetensors(path, tensors);
    const sizes: Record<string, number> = { F64: 8, I64: 8, F32: 4, I32: 4, F16: 2, BF16: 2, BOOL: 1 };
    for (const { dtype, offset } of readHeader(path).tensors.values()) expect(offset % sizes[dtype]!).toBe(0);
  });

  it("gives the same bytes whatever the order of the tensors", () => {
    const [a, b] = [folder.path("a.safetensors"), folder.path("b.safetensors")];
    const written = writeSafetensors(a, tensors);
    expect(writeSafetensors(b, new Map([...tensors].reverse()))).toEqual(written);
    expect(readFileSync(a)).toEqual(readFileSync(b));
    expect(written.bytes).toBe(readFileSync(a).length);
  });

  it("leaves the old file where a tensor cannot be read", () => {
    const path = folder.path("kept.safetensors");
    writeSafetensors(path, tensors);
    const before = readFileSync(path);
    const broken = (): Float32Array => {
      throw new Error("the engine is gone");
    };
    expect(() =>
      writeSafetensors(path, new Map([["x", { dtype: "F32", shape: [1], data: broken }]])),
    ).toThrow("the engine is gone");
    expect(() =>
      writeSafetensors(path, new Map([["x", { dtype: "F32", shape: [2], data: new Float32Array(1) }]])),
    ).toThrow("tensor x has 4 bytes of data, F32[2] takes 8");
    expect(readFileSync(path)).toEqual(before);
  });
});

describe("conversion", () => {
  it("widens half and bfloat16 exactly, subnormals and infinities included", () => {
    const half: StoredTensor = {
      dtype: "F16",
      shape: [5],
      data: Uint16Array.of(0x3c00, 0xc000, 1, 0x7c00, 0x8000),
    };
    expect(Array.from(toFloat32(half))).toEqual([1, -2, 2 ** -24, Number.POSITIVE_INFINITY, -0]);
    const brain: StoredTensor = { dtype: "BF16", shape: [2], data: Uint16Array.of(0x3f80, 0xc040) };
    expect(Array.from(toFloat32(brain))).toEqual([1, -3]);
  });

  it("refuses integers that do not fit, and floats where integers belong", () => {
    const big: StoredTensor = { dtype: "I64", shape: [1], data: BigInt64Array.of(2n ** 40n) };
    expect(() => toInt32(big, "queue_ptr")).toThrow("tensor queue_ptr: element 0 is 1099511627776");
    const float: StoredTensor = { dtype: "F32", shape: [1], data: Float32Array.of(1) };
    expect(() => toInt32(float, "ids")).toThrow("F32[1] where integers belong");
  });
});
