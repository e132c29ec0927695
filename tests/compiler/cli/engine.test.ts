import { describe, expect, it } from "vitest";
import { workspace } from "./lavisc.ts";

describe("lavisc engine install", () => {
  const install = (...flags: string[]) => workspace({}).lavisc(["engine", "install", ...flags]);

  it("names the engines that there are", async () => {
    const { code, error } = await install("jax");
    expect(code).toBe(2);
    expect(error).toContain("there are torch, tfjs-node, tfjs-node-gpu and shm");
    expect((await install("wasm")).error).toContain("wasm is always there");
  });

  it.each([
    ["torch", "--gpu", "--gpu is tfjs-node's flag", "--cuda"],
    ["torch", "--from=npm", "--from npm is tfjs-node's source", "--from DIR"],
    ["tfjs-node", "--cuda", "--cuda is torch's flag", "--gpu"],
    ["tfjs-node", "--dry-run", "--dry-run is torch's flag", "leave --dry-run out"],
    ["tfjs-node", "--index-url=there", "--index-url is torch's flag", "leave --index-url out"],
    ["shm", "--from=pip", "--from is an engine's flag", "own sources"],
    ["shm", "--cuda", "--cuda is an engine's flag", "own sources"],
  ])("of %s refuses %s, which is the other engine's", async (engine, flag, message, hint) => {
    const { code, error } = await install(engine, flag);
    expect(code).toBe(2);
    expect(error).toContain(message);
    expect(error).toContain(hint);
  });

  it("says in its help what each engine takes", async () => {
    const { out } = await install("--help");
    for (const flag of ["--from", "--cuda", "--gpu", "--index-url", "--dry-run", "--force"])
      expect(out).toContain(flag);
  });
});
