import { availableParallelism } from "node:os";
import { UserError } from "../errors.ts";
import type { Device, Engine } from "../tensor/index.ts";
import { TfjsEngine } from "./tfjs/engine.ts";
import { openWasmBackend } from "./tfjs/wasm-backend.ts";
import { WasmHeap } from "./tfjs/wasm-heap.ts";
import { WasmKernels } from "./tfjs/wasm-kernels.ts";

export async function openEngine(
  _name: string,
  options: { device?: Device; threads?: number } = {},
): Promise<Engine> {
  if (options.device === "cuda") throw new UserError("no cuda");
  return new TfjsEngine(
    new WasmKernels(new WasmHeap(await openWasmBackend(), options.threads ?? availableParallelism())),
  );
}
