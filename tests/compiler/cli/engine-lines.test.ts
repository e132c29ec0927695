import { describe, expect, it } from "vitest";
import { engineLines } from "../../../compiler/cli/engine-lines.ts";
import { plainStyle } from "../../../compiler/report/index.ts";
import { workspace } from "./lavisc.ts";

describe("the list of engines", () => {
  it("says what works, and why the rest does not", () => {
    const engines = [
      { name: "wasm", isUsable: true, devices: ["cpu"] },
      { name: "tfjs-node-gpu", isUsable: false, reason: "it is not installed\nrun lavisc engine install" },
    ];
    expect(engineLines(engines, plainStyle)).toBe(
      "✓ wasm           works, cpu\n✗ tfjs-node-gpu  it is not installed\n                 run lavisc engine install\n",
    );
  });

  it("says of torch whether it joins processes, and by what", () => {
    const torch = { name: "torch", isUsable: true, devices: ["cpu", "cuda"] };
    expect(engineLines([{ ...torch, joins: ["gloo", "nccl"] }], plainStyle)).toBe(
      "✓ torch  works, cpu, cuda, joins processes by gloo and nccl\n",
    );
    expect(engineLines([{ ...torch, joins: [] }], plainStyle)).toBe(
      "✓ torch  works, cpu, cuda, joins no processes: its libtorch has no gloo\n",
    );
  });
});

describe("commands about what does not exist", () => {
  it("say what there is", async () => {
    const { lavisc } = workspace({});
    expect(await lavisc(["engine", "install", "jax"])).toMatchObject({
      code: 2,
      error:
        "error: there is no engine jax to install\n  there are torch, tfjs-node, tfjs-node-gpu and shm\n",
    });
    expect(await lavisc(["engine", "install", "wasm"])).toMatchObject({ code: 2 });
    expect(await lavisc(["data", "build", "coco"])).toMatchObject({
      code: 2,
      error: "error: there is no data set coco to build\n  there is emoji\n",
    });
    expect(await lavisc(["data"])).toMatchObject({ code: 2 });
  });
});
