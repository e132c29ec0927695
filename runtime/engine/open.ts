import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import { UserError } from "../errors.ts";
import type { AmpDType, Device, Engine } from "../tensor/index.ts";
import { engines } from "./engines.card.ts";
import { TfjsEngine } from "./tfjs/engine.ts";
import { bindingFile, installCommand, loadBinding, type NodeEngineName } from "./tfjs/node/binding.ts";
import { NodeKernels } from "./tfjs/node/kernels.ts";
import { openWasmBackend } from "./tfjs/wasm/backend.ts";
import { WasmHeap } from "./tfjs/wasm/heap.ts";
import { WasmKernels } from "./tfjs/wasm/kernels.ts";
import { loadBinding as loadTorch } from "./torch/binding.ts";
import { TorchEngine } from "./torch/engine.ts";
import {
  addonSourcesDigest,
  type InstalledTorch,
  installedTorch,
  installTorchCommand,
} from "./torch/installed.ts";

export type EngineName = "torch" | NodeEngineName | "wasm";

/** The engines by name, fastest first. */
export const engineNames: readonly EngineName[] = Object.values(engines).map(({ title }) => title);

const withMixedPrecision: ReadonlySet<EngineName> = new Set(
  Object.values(engines)
    .filter(({ hasMixedPrecision }) => hasMixedPrecision)
    .map(({ title }) => title),
);

/** What is known of an engine on this machine. */
export interface EngineStatus {
  readonly name: EngineName;
  /** Whether programs can compute with it here. */
  readonly isUsable: boolean;
  /** What it computes on, when it is usable. */
  readonly devices?: readonly Device[];
  /** Of torch, when it is usable: by what it joins processes, those of several hosts too. */
  readonly joins?: readonly string[];
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
  /** The mixed precision that is wanted of it; none unless given. */
  readonly amp?: AmpDType;
}

/** What loading an addon tells, run in a process of its own because a broken library can end the process. */
const probeScripts = {
  tfjs: "const b = require(process.argv[1]); process.stdout.write('device=' + (b.isUsingGpuDevice() ? 'cuda' : 'cpu'))",
  torch:
    "const b = require(process.argv[1]); process.stdout.write('device=' + (b.cudaDevices() > 0 ? 'cuda' : 'cpu') + ' joins=' + b.c10dBackends)",
} as const;

/** What an addon that loads tells. */
interface Loaded {
  readonly device: Device;
  readonly joins: readonly string[];
}

/** Loads an addon in a process of its own: what it tells, or the first line of why it does not load. */
async function probeAddon(script: string, file: string): Promise<Loaded | { readonly reason: string }> {
  try {
    const environment = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" };
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script, file], {
      env: environment,
      timeout: 60_000,
    });
    const device = /device=(cpu|cuda)/.exec(stdout)?.[1] as Device | undefined;
    const joins = /joins=(\S+)/.exec(stdout)?.[1]?.split(",") ?? [];
    return device === undefined ? { reason: "its addon did not say what it computes on" } : { device, joins };
  } catch (error) {
    return { reason: `installed, but does not load: ${firstErrorLine(error)}` };
  }
}

async function probeNodeEngine(name: NodeEngineName): Promise<EngineStatus> {
  const file = bindingFile(name);
  if (file === undefined)
    return { name, isUsable: false, reason: `not installed; run: ${installCommand[name]}` };
  const found = await probeAddon(probeScripts.tfjs, file);
  if ("reason" in found) return { name, isUsable: false, reason: found.reason };
  if (name === "tfjs-node-gpu" && found.device === "cpu") {
    return {
      name,
      isUsable: false,
      reason: "installed, but TensorFlow finds no usable NVIDIA GPU (see nvidia-smi)",
    };
  }
  return { name, isUsable: true, devices: [found.device] };
}

async function probeTorch(): Promise<EngineStatus> {
  const name = "torch";
  const unusable = (reason: string): EngineStatus => ({ name, isUsable: false, reason });
  let installed: InstalledTorch | undefined;
  try {
    installed = installedTorch();
  } catch (error) {
    return unusable((error as Error).message);
  }
  if (installed === undefined) return unusable(`not installed; run: ${installTorchCommand}`);
  if (installed.sources !== addonSourcesDigest())
    return unusable(`built for another version of lavis; run: ${installTorchCommand}`);
  const found = await probeAddon(probeScripts.torch, installed.addon);
  if ("reason" in found) return unusable(found.reason);
  const { device, joins } = found;
  return { name, isUsable: true, devices: device === "cuda" ? ["cpu", "cuda"] : ["cpu"], joins };
}

function probe(name: EngineName): EngineStatus | Promise<EngineStatus> {
  if (name === "wasm") return wasmStatus;
  return name === "torch" ? probeTorch() : probeNodeEngine(name);
}

function firstErrorLine(error: unknown): string {
  const { stderr = "", message = String(error) } = error as { stderr?: string; message?: string };
  const line = stderr.split("\n").find((text) => /Error|error|cannot/.test(text));
  return (line ?? message.split("\n")[0] ?? message).trim();
}

/** Every engine, fastest first, with the reason where one cannot be used. Loads addons in processes of their own. */
export async function probeEngines(): Promise<EngineStatus[]> {
  return Promise.all(engineNames.map(probe));
}

const wasmStatus: EngineStatus = { name: "wasm", isUsable: true, devices: ["cpu"] };

/** Why an engine does not do for what is asked; undefined where it does. */
function objection(
  { name, isUsable, devices, reason }: EngineStatus,
  { device = "cpu", amp }: OpenOptions,
): string | undefined {
  if (!isUsable) return reason ?? "not usable";
  if (!devices?.includes(device)) return `has no ${device}`;
  return amp !== undefined && !withMixedPrecision.has(name) ? "has no mixed precision" : undefined;
}

/**
 * Opens an engine: the named one, or with "auto" the fastest usable one that has the device and the precision.
 *
 * @throws UserError when it cannot be used here or has not what is asked for, with what to do.
 */
export async function openEngine(
  name: EngineName | "auto",
  options: OpenOptions = {},
): Promise<OpenedEngine> {
  const { device = "cpu" } = options;
  if (name !== "auto") {
    const engine = await openNamed(name, options);
    return { engine, reason: `${name} on ${device}, as the recipe says` };
  }
  const judged = (await probeEngines()).map((status) => ({ status, against: objection(status, options) }));
  const chosen = judged.findIndex(({ against }) => against === undefined);
  const others = judged
    .slice(0, chosen < 0 ? undefined : chosen)
    .map(({ status, against }) => `${status.name}: ${against}`)
    .join("; ");
  const found = judged[chosen]?.status;
  if (found === undefined) {
    const what = options.amp === undefined ? device : `${device} in ${options.amp}`;
    throw new UserError(`no engine here computes on ${what} (${others})`, whatToInstall(options));
  }
  const engine = await openNamed(found.name, options);
  const why = others === "" ? "" : ` (${others})`;
  return { engine, reason: `${found.name} on ${device}: the fastest engine that works here${why}` };
}

function whatToInstall({ device, amp }: OpenOptions): string {
  const otherwise = [
    ...(device === "cuda" ? ["compute on the processor: device = cpu"] : []),
    ...(amp === undefined ? [] : ["compute in float32: amp = false"]),
  ];
  const command = device === "cuda" ? `${installTorchCommand} --cuda` : installTorchCommand;
  return [`install one (${command})`, ...otherwise].join(", or ");
}

async function openNamed(name: EngineName, options: OpenOptions): Promise<Engine> {
  const { device = "cpu", threads = availableParallelism(), amp } = options;
  const engine = await openOnDevice(name, device, threads, options.threads !== undefined);
  if (amp === undefined || engine.ampDTypes.includes(amp)) return engine;
  engine.dispose();
  throw new UserError(
    `engine ${name} on ${device} has no mixed precision in ${amp}`,
    engine.ampDTypes.length === 0
      ? "write engine = torch, or amp = false"
      : `write amp_dtype = ${engine.ampDTypes.join(" or ")}`,
  );
}

async function openOnDevice(
  name: EngineName,
  device: Device,
  threads: number,
  isCounted: boolean,
): Promise<Engine> {
  if (name === "wasm") {
    if (device === "cuda") {
      throw new UserError(
        "engine wasm computes on the processor only, and the device is cuda",
        `write device = cpu, or install an engine for the GPU: ${installTorchCommand} --cuda`,
      );
    }
    return new TfjsEngine(new WasmKernels(new WasmHeap(await openWasmBackend(), threads)));
  }
  if (name === "torch") {
    const binding = loadTorch();
    if (device === "cuda" && binding.cudaDevices() === 0) {
      throw new UserError(
        "engine torch finds no usable NVIDIA GPU here, and the device is cuda",
        `see nvidia-smi; a libtorch with CUDA is installed by: ${installTorchCommand} --cuda; or write device = cpu`,
      );
    }
    return new TorchEngine(binding, device, threads);
  }
  const kernels = new NodeKernels(name, loadBinding(name, isCounted ? threads : undefined), threads);
  if (kernels.device !== device) {
    kernels.dispose();
    throw new UserError(
      `engine ${name} computes on ${kernels.device} here, and the device is ${device}`,
      device === "cuda"
        ? `write device = cpu, or install an engine for the GPU: ${installTorchCommand} --cuda`
        : "write device = cuda, or engine = tfjs_node",
    );
  }
  return new TfjsEngine(kernels);
}
