import { describe, expect, it } from "vitest";
import { openEngine } from "../../../runtime/engine/open.ts";
import { ThreadPool } from "../../../runtime/engine/tfjs/wasm/threads.ts";
import { UserError } from "../../../runtime/errors.ts";
import * as t from "../../../runtime/tensor/index.ts";
import { compile, define, i32, sharedMemory, signed, unsigned } from "../../../runtime/wasm/assembler.ts";
import { numbers } from "./harness.ts";

describe("the assembler", () => {
  it("encodes integers as LEB128", () => {
    expect(unsigned(624_485)).toEqual([0xe5, 0x8e, 0x26]);
    expect(unsigned(0xffffffff)).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect(signed(-123_456)).toEqual([0xc0, 0xbb, 0x78]);
    expect(signed(64)).toEqual([0xc0, 0x00]);
    expect(signed(-2_147_483_648)).toEqual([0x80, 0x80, 0x80, 0x80, 0x78]);
  });
});

describe("the thread pool", () => {
  const memory = () => sharedMemory(32);
  const count = define("count", { begin: "i32", end: "i32", scratch: "i32", out: "i32" }, (build, p) => {
    build.for(p.begin, p.end, 1, (item) => {
      const at = build.let(i32.add(p.out, i32.shl(item, i32.const(2))));
      build.storeI32(at, i32.add(i32.load(at), i32.const(1)));
    });
  });

  it.each([1, 2, 5])("runs every item exactly once with %s threads, job after job", (threads) => {
    const heap = memory();
    const scratch = Array.from({ length: threads }, (_, i) => 1024 * (i + 1));
    const pool = new ThreadPool(compile([count]), heap, scratch);
    const counts = new Int32Array(heap.buffer, 65_536, 10_000);
    for (let round = 1; round <= 300; round++) {
      const items = 1 + ((round * 7919) % 10_000);
      counts.fill(0);
      pool.run("count", items, 1 + (round % 50), 65_536);
      expect(counts.subarray(0, items).every((value) => value === 1)).toBe(true);
      expect(counts.subarray(items).every((value) => value === 0)).toBe(true);
    }
    pool.dispose();
  });

  it("refuses a kernel that is not there", () => {
    const pool = new ThreadPool(compile([count]), memory(), [0]);
    expect(() => pool.run("other", 1, 1)).toThrow(/kernel other is not in the module/);
    pool.dispose();
  });
});

describe("the wasm engine", () => {
  it("gives the same bits on any number of threads", async () => {
    const results: string[] = [];
    for (const threads of [1, 2, 3]) {
      const { engine } = await openEngine("wasm", { threads });
      const bits = t.scope(engine, () => {
        const x = t.parameter(t.tensor(engine, numbers(65 * 96, 1), [65, 96]));
        const w = t.parameter(t.tensor(engine, numbers(200 * 96, 2), [200, 96]));
        const [one, zero] = [t.parameter(t.ones(engine, [200])), t.parameter(t.zeros(engine, [200]))];
        const y = t.layerNorm(t.gelu(t.linear(x, w)), one, zero, 1e-5);
        const heads = t.reshape(y, [1, 5, 65, 40]);
        const loss = t.mean(
          t.square(t.attention(heads, heads, heads, { dropout: { p: 0.1, key: t.key(1) } })),
        );
        const grads = t.grad(loss, [x, w, one, zero]) as t.Tensor[];
        return [loss, ...grads].map((g) => Buffer.from(t.read(g).buffer).toString("base64")).join();
      });
      results.push(bits);
      engine.dispose();
    }
    expect(results[1]).toBe(results[0]);
    expect(results[2]).toBe(results[0]);
  });

  it("says that it is out of memory, works on after it, and can be opened again after dispose", async () => {
    const { engine } = await openEngine("wasm", { threads: 1 });
    const refused = (bytes: number) => () => t.zeros(engine, [bytes / 4], "int32");
    expect(refused(4_294_900_000)).toThrow(UserError);
    expect(refused(4_294_900_000)).toThrow(
      /wasm engine is out of memory: no room for 4095\.9 MiB more .* can never exceed 4 GiB/,
    );
    expect(refused(5_000_000_000)).toThrow(/no room for 4768\.4 MiB more/);
    expect(engine.memory()).toMatchObject({ tensors: 0, bytes: 0 });
    t.scope(engine, () => expect(t.item(t.sum(t.ones(engine, [100])))).toBe(100));
    await expect(openEngine("wasm")).rejects.toThrow(/open in this process already/);
    engine.dispose();
    const again = await openEngine("wasm", { threads: 1 });
    t.scope(again.engine, () => expect(t.item(t.ones(again.engine, [1]))).toBe(1));
    again.engine.dispose();
  });
});
