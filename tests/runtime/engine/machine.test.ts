import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { inspectMachine } from "../../../runtime/engine/machine.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lavis-machine-"));
  vi.stubEnv("LAVIS_CACHE", join(folder, "cache"));
  vi.stubEnv("PATH", join(folder, "bin"));
  mkdirSync(join(folder, "bin"));
});
afterEach(() => vi.unstubAllEnvs());

function stub(command: string, output: string): void {
  writeFileSync(join(folder, "bin", command), `#!/bin/sh\necho '${output}'\n`);
  chmodSync(join(folder, "bin", command), 0o755);
}

const fact = async (name: string) => (await inspectMachine()).find((one) => one.name === name);

describe("what doctor says of the machine", () => {
  it("names the GPU that nvidia-smi sees, and says when there is none", async () => {
    expect((await fact("NVIDIA GPU"))?.value).toMatch(/none .* device = cpu/);
    stub("nvidia-smi", "NVIDIA H100, 81559 MiB, 570.1");
    expect(await fact("NVIDIA GPU")).toEqual({ name: "NVIDIA GPU", value: "NVIDIA H100, 81559 MiB, 570.1" });
  });

  it("names the build tools that are missing, what they are for, and how to get them", async () => {
    stub("make", "GNU Make 4.3");
    stub("python3", "Python 3.11");
    expect(await fact("build tools")).toEqual({
      name: "build tools",
      value: "missing: a C++20 compiler (g++ 10, clang 12, or newer)",
      advice: expect.stringMatching(/torch engine.*tfjs-node.*(?:apt-get install g\+\+|xcode-select)/),
    });
    stub("c++", "c++ 12");
    expect((await fact("build tools"))?.advice).toBeUndefined();
  });

  it("names the torch that a Python would import", async () => {
    expect((await fact("Python torch"))?.value).toBe("none");
    const torch = join(folder, "site", "torch");
    for (const part of ["lib", "include/ATen"]) mkdirSync(join(torch, part), { recursive: true });
    writeFileSync(join(torch, "version.py"), "__version__ = '2.13.0+cpu'\n");
    for (const suffix of ["so", "dylib"]) writeFileSync(join(torch, "lib", `libtorch_cpu.${suffix}`), "");
    writeFileSync(join(torch, "include", "ATen", "ATen.h"), "");
    stub("python3", torch);
    expect((await fact("Python torch"))?.value).toBe(`2.13.0+cpu in ${torch} (python3)`);
    writeFileSync(join(torch, "version.py"), "__version__ = '1.13.1'\n");
    expect((await fact("Python torch"))?.value).toContain("holds torch 1.13.1; the engine takes 2.11 to 2.x");
  });

  it("says where the cache is and what to do when it cannot be written", async () => {
    expect((await fact("cache"))?.value).toContain(join(folder, "cache"));
    writeFileSync(join(folder, "file"), "");
    vi.stubEnv("LAVIS_CACHE", join(folder, "file", "cache"));
    expect(await fact("cache")).toMatchObject({ advice: expect.stringContaining("LAVIS_CACHE") });
  });

  it("says whether the emoji data is built", async () => {
    expect(await fact("emoji data")).toMatchObject({ value: "not built", advice: "lavisc data build emoji" });
    mkdirSync(join(folder, "cache", "data", "emoji"), { recursive: true });
    writeFileSync(join(folder, "cache", "data", "emoji", "emoji.json"), "{}");
    expect((await fact("emoji data"))?.value).toBe("built");
  });
});
