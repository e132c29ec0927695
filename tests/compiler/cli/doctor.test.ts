import { expect, it } from "vitest";
import { ownPackage } from "../../../compiler/package.ts";
import { workspace } from "./lavisc.ts";

it("doctor says what is there, every engine with whether it works, and passes as long as one does", async () => {
  const { code, out, error } = await workspace({}).lavisc(["doctor"]);
  expect({ code, error }).toEqual({ code: 0, error: "" });
  expect(out).toContain(`lavisc ${ownPackage().version}, Node ${process.versions.node} on`);
  for (const part of ["processor", "memory", "NVIDIA GPU", "build tools", "cache"])
    expect(out).toMatch(new RegExp(`^${part} +\\S`, "m"));
  // The engine that comes along always works; of the others it says what to run.
  expect(out).toMatch(/^✓ wasm +works, cpu$/m);
  for (const engine of ["torch", "tfjs-node", "tfjs-node-gpu", "shm"])
    expect(out).toMatch(new RegExp(`^[✓✗] ${engine} +\\S`, "m"));
});
