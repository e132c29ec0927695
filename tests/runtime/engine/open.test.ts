import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openEngine, probeEngines } from "../../../runtime/engine/open.ts";
import { UserError } from "../../../runtime/errors.ts";

/** A cache folder of the test's own, so that nothing is installed. */
let cache: string;
const outer = process.env.LAVIS_CACHE;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "lavis-engines-"));
  process.env.LAVIS_CACHE = cache;
});
afterEach(() => {
  if (outer === undefined) delete process.env.LAVIS_CACHE;
  else process.env.LAVIS_CACHE = outer;
  rmSync(cache, { recursive: true });
});

function installBroken(text: string): void {
  const folder = join(cache, "engines/tfjs-node/node_modules/@tensorflow/tfjs-node/lib/napi-v8");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "tfjs_binding.node"), text);
}

describe("probeEngines", () => {
  it("says of each engine whether it works, and what to run where it is not installed", async () => {
    expect(await probeEngines()).toEqual([
      { name: "torch", isUsable: false, reason: "not installed; run: lavisc engine install torch" },
      {
        name: "tfjs-node-gpu",
        isUsable: false,
        reason: "not installed; run: lavisc engine install tfjs-node --gpu",
      },
      { name: "tfjs-node", isUsable: false, reason: "not installed; run: lavisc engine install tfjs-node" },
      { name: "wasm", isUsable: true, devices: ["cpu"] },
    ]);
  });

  it("does not take a torch that was built for another version", async () => {
    const folder = join(cache, "engines/torch");
    mkdirSync(folder, { recursive: true });
    const record = {
      version: "2.13.0",
      cuda: false,
      from: "pip",
      torchFolder: "t",
      addon: "a",
      sources: "old",
    };
    writeFileSync(join(folder, "engine.json"), JSON.stringify({ ...record, installed: "2026-01-01" }));
    const status = (await probeEngines()).find(({ name }) => name === "torch");
    expect(status?.reason).toBe("built for another version of lavis; run: lavisc engine install torch");
    await expect(openEngine("torch")).rejects.toThrow("engine torch was built for another version of lavis");
    writeFileSync(join(folder, "engine.json"), "{");
    expect((await probeEngines()).find(({ name }) => name === "torch")?.reason).toMatch(
      /engine.json is damaged/,
    );
  });

  it("gives the reason why an installed one does not load", async () => {
    installBroken("this is no library");
    const status = (await probeEngines()).find(({ name }) => name === "tfjs-node");
    expect(status?.isUsable).toBe(false);
    expect(status?.reason).toMatch(/^installed, but does not load: .*tfjs_binding\.node/);
  });
});

describe("openEngine", () => {
  it("auto takes the fastest that works, and says why not the others", async () => {
    const { engine, reason } = await openEngine("auto", { threads: 1 });
    expect(engine.name).toBe("wasm");
    expect(engine.threads).toBe(1);
    expect(reason).toMatch(/^wasm on cpu: the fastest engine that works here \(.*tfjs-node: not installed/);
    engine.dispose();
  });

  it("refuses cuda without an engine for it, and says what to do", async () => {
    const refusal = openEngine("auto", { device: "cuda" });
    await expect(refusal).rejects.toThrow(UserError);
    await expect(refusal).rejects.toThrow(/no engine here computes on cuda .*wasm: has no cuda/);
    await expect(openEngine("wasm", { device: "cuda" })).rejects.toMatchObject({
      hint: expect.stringContaining("device = cpu"),
    });
  });

  it("refuses mixed precision without an engine for it, and says what to do", async () => {
    const refusal = openEngine("auto", { amp: "bfloat16" });
    await expect(refusal).rejects.toThrow(
      /no engine here computes on cpu in bfloat16 \(torch: not installed.*wasm: has no mixed precision/,
    );
    await expect(refusal).rejects.toMatchObject({
      hint: "install one (lavisc engine install torch), or compute in float32: amp = false",
    });
    await expect(openEngine("wasm", { amp: "bfloat16" })).rejects.toMatchObject({
      message: "engine wasm on cpu has no mixed precision in bfloat16",
      hint: "write engine = torch, or amp = false",
    });
  });

  it("refuses an engine that is not installed or does not load", async () => {
    await expect(openEngine("torch")).rejects.toThrow(/engine torch is not installed/);
    await expect(openEngine("tfjs-node")).rejects.toThrow(/engine tfjs-node is not installed/);
    installBroken("this is no library");
    await expect(openEngine("tfjs-node")).rejects.toThrow(/engine tfjs-node does not load/);
  });
});
