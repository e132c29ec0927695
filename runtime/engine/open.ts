import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import { UserError } from "../errors.ts";
import type { Device, Engine } from "../tensor/index.ts";
import { TfjsEngine } from "./tfjs/engine.ts";
import { bindingFile, installCommand, loadBinding, type NodeEngineName } from "./tfjs/node/binding.ts";
import { NodeKernels } from "./tfjs/node/kernels.ts";
import { openWasmBackend } from "./tfjs/wasm/backend.ts";
import { WasmHeap } from "./tfjs/wasm/heap.ts";
import { WasmKernels } from "./tfjs/wasm/kernels.ts";

export type EngineName = "wasm" | NodeEngineName;

/** The engines by name, fastest first. */
export const engineNames: readonly EngineName[] = ["tfjs-node-gpu", "tfjs-node", "wasm"];

/** What is known of an engine on this machine. */
export interface EngineStatus {
  readonly name: EngineName;
  /** Whether programs can compute with it here. */
  readonly isUsable: boolean;
  /** What it computes on, when it is usable. */
  readonly devices?: readonly Device[];
  /** Why it is not usable, and what to do. */
  readonly reason?: string;
}

/** An open engine, and why it was this one. */
export interface OpenedEngine {
  readonly engine: Engine;
  /** One sentence for the person who runs the recipe: which engine was taken and why not the others. */
  readonly reason: string;
}

export interface OpenOptions {
  /** Where to compute; the CPU unless said otherwise. */
  readonly device?: Device;
  /** Threads on the CPU; all cores unless given. */
  readonly threads?: number;
}

/** What loading the addon tells, run in a process of its own because a broken library can end the process. */
const probeScript =
  "const b = require(process.argv[1]); process.stdout.write('device=' + (b.isUsingGpuDevice() ? 'cuda' : 'cpu'))";

async function probeNodeEngine(name: NodeEngineName): Promise<EngineStatus> {
  const file = bindingFile(name);
  if (file === undefined)
    return { name, isUsable: false, reason: `not installed; run: ${installCommand[name]}` };
  try {
    const environment = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" };
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", probeScript, file], {
      env: environment,
      timeout: 60_000,
    });
    const device = /device=(cpu|cuda)/.exec(stdout)?.[1] as Device | undefined;
    if (device === undefined)
      return { name, isUsable: false, reason: "its addon did not say what it computes on" };
    if (name === "tfjs-node-gpu" && device === "cpu") {
      return {
        name,
        isUsable: false,
        reason: "installed, but TensorFlow finds no usable NVIDIA GPU (see nvidia-smi)",
      };
    }
    return { name, isUsable: true, devices: [device] };
  } catch (error) {
    return { name, isUsable: false, reason: `installed, but does not load: ${firstErrorLine(error)}` };
  }
}

function firstErrorLine(error: unknown): string {
  const { stderr = "", message = String(error) } = error as { stderr?: string; message?: string };
  const line = stderr.split("\n").find((text) => /Error|error|cannot/.test(text));
  return (line ?? message.split("\n")[0] ?? message).trim();
}

/** Every engine, fastest first, with the reason where one cannot be used. Loads addons in processes of their own. */
export async function probeEngines(): Promise<EngineStatus[]> {
  return Promise.all(engineNames.map((name) => (name === "wasm" ? wasmStatus : probeNodeEngine(name))));
}

const wasmStatus: EngineStatus = { name: "wasm", isUsable: true, devices: ["cpu"] };

/**
 * Opens an engine: the named one, or with "auto" the fastest usable one that has the device.
 *
 * @throws UserError when it cannot be used here or does not have the device, with what to do.
 */
export async function openEngine(
  name: EngineName | "auto",
  options: OpenOptions = {},
): Promise<OpenedEngine> {
  const device = options.device ?? "cpu";
  if (name !== "auto") {
    const engine = await openNamed(name, device, options.threads);
    return { engine, reason: `${name} on ${device}, as the recipe says` };
  }
  const statuses = await probeEngines();
  const chosen = statuses.find(({ isUsable, devices }) => isUsable && devices?.includes(device));
  const others = statuses
    .slice(0, chosen === undefined ? undefined : statuses.indexOf(chosen))
    .map((status) => `${status.name}: ${status.reason ?? `has no ${device}`}`);
  if (chosen === undefined) {
    throw new UserError(
      `no engine here computes on ${device} (${others.join("; ")})`,
      device === "cuda"
        ? `install one (${installCommand["tfjs-node-gpu"]}), or compute on the processor: device = cpu`
        : "run: lavisc doctor",
    );
  }
  const engine = await openNamed(chosen.name, device, options.threads);
  const why = others.length === 0 ? "" : ` (${others.join("; ")})`;
  return { engine, reason: `${chosen.name} on ${device}: the fastest engine that works here${why}` };
}

async function openNamed(name: EngineName, device: Device, threads: number | undefined): Promise<Engine> {
  if (name === "wasm") {
    if (device === "cuda") {
      throw new UserError(
        "engine wasm computes on the processor only, and the device is cuda",
        `write device = cpu, or install an engine for the GPU: ${installCommand["tfjs-node-gpu"]}`,
      );
    }
    const heap = new WasmHeap(await openWasmBackend(), threads ?? availableParallelism());
    return new TfjsEngine(new WasmKernels(heap));
  }
  const kernels = new NodeKernels(name, loadBinding(name, threads), threads ?? availableParallelism());
  if (kernels.device !== device) {
    kernels.dispose();
    throw new UserError(
      `engine ${name} computes on ${kernels.device} here, and the device is ${device}`,
      device === "cuda"
        ? `write device = cpu, or install an engine for the GPU: ${installCommand["tfjs-node-gpu"]}`
        : "write device = cuda, or engine = tfjs_node",
    );
  }
  return new TfjsEngine(kernels);
}
