import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type * as tfjs from "@tensorflow/tfjs-core";
import type { backend_util, DataType } from "@tensorflow/tfjs-core";
import { UserError } from "../../../errors.ts";
import { maximumPages, sharedMemory } from "../../../wasm/assembler.ts";

const require = createRequire(import.meta.url);
const pageBytes = 65_536;
/** Kernels may touch this much past the end of an allocation: one vector. */
const paddingBytes = 16;
const build = "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd";

/** What Emscripten's module offers that we use. */
interface WasmModule {
  _malloc(bytes: number): number;
  _free(address: number): void;
  cwrap(
    name: string,
    result: "number" | null,
    parameters: readonly "number"[],
  ): (...args: number[]) => number;
  tfjs?: unknown;
}

/** tfjs's WebAssembly backend over a shared memory of ours, with its kernels ready to be called. */
export interface WasmBackend {
  readonly backend: BackendWasm;
  readonly memory: WebAssembly.Memory;
  readonly kernel: (name: string) => tfjs.KernelFunc;
  malloc(bytes: number): number;
  free(address: number): void;
  dispose(): void;
}

/**
 * Opens tfjs's multi-threaded SIMD build in Node, where tfjs itself takes the single-threaded one: the memory
 * is then shared, so that threads of our own can run our kernels on it. The build's own thread pool is not
 * started (see {@link withoutThreads}); its kernels run on the calling thread.
 *
 * tfjs keeps its kernels' bindings globally, so one process has one such backend at a time.
 */
export async function openWasmBackend(): Promise<WasmBackend> {
  const tf = require("@tensorflow/tfjs-core") as typeof tfjs;
  const wasm = require("@tensorflow/tfjs-backend-wasm") as typeof import("@tensorflow/tfjs-backend-wasm");
  if (tf.findBackend("wasm") !== null) {
    throw new Error("a wasm engine is open in this process already; share it, or dispose it first");
  }
  const memory = sharedMemory(256);
  const module = await instantiate(memory);
  bind(module);
  module._free(module._malloc(1)); // Emscripten replaces these two by the bare exports at their first call
  const { _malloc } = module;
  module._malloc = (bytes) => _malloc(bytes + paddingBytes);
  wasm.setThreadsCount(1);

  class SharedBackend extends wasm.BackendWasm {
    override move(
      dataId: object,
      values: backend_util.BackendValues | null,
      shape: number[],
      dtype: DataType,
      refCount: number,
    ): void {
      const bytes = tf.util.sizeFromShape(shape) * tf.util.bytesPerElement(dtype);
      // A 32-bit allocator would take a larger number for a small one.
      if (bytes + paddingBytes >= maximumPages * pageBytes) throw outOfMemory(memory, bytes);
      super.move(dataId, null, shape, dtype, refCount);
      const { memoryOffset } = this.dataIdMap.get(dataId);
      if (memoryOffset === 0) {
        this.dataIdMap.delete(dataId);
        throw outOfMemory(memory, bytes);
      }
      if (values !== null) {
        const { buffer, byteOffset, byteLength } = values as Uint8Array;
        new Uint8Array(memory.buffer).set(new Uint8Array(buffer, byteOffset, byteLength), memoryOffset);
      }
    }
  }

  const backend = new SharedBackend(module as never);
  // The package's own factory, unless this process has had a backend before.
  if (tf.findBackendFactory("wasm") !== null) tf.removeBackend("wasm");
  tf.registerBackend("wasm", () => backend);
  await tf.setBackend("wasm");
  return {
    backend,
    memory,
    kernel(name) {
      const config = tf.getKernel(name, "wasm");
      if (config === undefined || config === null)
        throw new Error(`tfjs's wasm backend has no kernel ${name}`);
      return config.kernelFunc;
    },
    malloc(bytes) {
      const address = module._malloc(bytes) >>> 0;
      if (address === 0) throw outOfMemory(memory, bytes);
      return address;
    },
    free: (address) => module._free(address),
    dispose: () => tf.removeBackend("wasm"),
  };
}

function outOfMemory(memory: WebAssembly.Memory, bytes: number): UserError {
  const held = (memory.buffer.byteLength / 2 ** 20).toFixed(0);
  const limit = (maximumPages * pageBytes) / 2 ** 30;
  return new UserError(
    `the wasm engine is out of memory: no room for ${(bytes / 2 ** 20).toFixed(1)} MiB more ` +
      `(its heap is ${held} MiB and can never exceed ${limit} GiB)`,
    "use a smaller batch or model, or an engine without this limit: lavisc engine install tfjs-node",
  );
}

type ModuleFactory = (options: {
  readonly wasmMemory: WebAssembly.Memory;
  readonly wasmBinary: Uint8Array;
}) => Promise<WasmModule>;

async function instantiate(memory: WebAssembly.Memory): Promise<WasmModule> {
  const wasmBinary = readFileSync(require.resolve(`${build}.wasm`));
  return await withoutThreads(() => {
    const factory = require(`${build}.js`) as ModuleFactory;
    return factory({ wasmMemory: memory, wasmBinary });
  });
}

/**
 * Emscripten starts eight threads when the module starts and waits until they have loaded it. We use none of
 * them, so while it starts it gets threads that only say so. It also installs handlers that end the process on
 * any rejected promise; they are removed.
 */
async function withoutThreads<T>(start: () => Promise<T>): Promise<T> {
  class NoThread {
    onmessage: ((event: { data: { cmd: string } }) => void) | undefined;
    postMessage({ cmd }: { cmd: string }): void {
      if (cmd === "load") queueMicrotask(() => this.onmessage?.({ data: { cmd: "loaded" } }));
    }
    on(): void {}
    unref(): void {}
    terminate(): void {}
  }
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const before = events.map((event) => process.rawListeners(event));
  const original = Object.getOwnPropertyDescriptor(globalThis, "Worker");
  Object.defineProperty(globalThis, "Worker", { configurable: true, get: () => NoThread, set() {} });
  try {
    return await start();
  } finally {
    if (original === undefined) Reflect.deleteProperty(globalThis, "Worker");
    else Object.defineProperty(globalThis, "Worker", original);
    for (const [index, event] of events.entries()) {
      for (const listener of process.rawListeners(event)) {
        if (!before[index]?.includes(listener)) process.removeListener(event, listener as () => void);
      }
    }
  }
}

/** Adds the functions that tfjs's backend class expects on the module (as its own `init` does). */
function bind(module: WasmModule): void {
  module.tfjs = {
    init: module.cwrap("init", null, []),
    initWithThreadsCount: module.cwrap("init_with_threads_count", null, ["number"]),
    getThreadsCount: module.cwrap("get_threads_count", "number", []),
    registerTensor: module.cwrap("register_tensor", null, ["number", "number", "number"]),
    disposeData: module.cwrap("dispose_data", null, ["number"]),
    dispose: module.cwrap("dispose", null, []),
  };
}
