import { existsSync } from "node:fs";
import { mkdir, statfs } from "node:fs/promises";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { cacheDir } from "../cache.ts";
import { findBuildTools, firstLine, howToGet } from "./install/build-tools.ts";
import { findPythonTorch } from "./install/torch-library.ts";

/** Something that `lavisc doctor` tells, and what to do about it when it stands in the way of something. */
export interface MachineFact {
  readonly name: string;
  readonly value: string;
  readonly advice?: string;
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** What of this machine matters to training: processors, memory, GPUs, build tools, Python's torch, and the data cache. */
export async function inspectMachine(): Promise<MachineFact[]> {
  return [processor(), memory(), await gpu(), await buildTools(), await torch(), await cache(), emoji()];
}

function processor(): MachineFact {
  const cores = availableParallelism();
  return { name: "processor", value: `${cores} × ${cpus()[0]?.model.trim() ?? "of unknown make"}` };
}

function memory(): MachineFact {
  return { name: "memory", value: `${gigabytes(totalmem())}, ${gigabytes(freemem())} free` };
}

async function gpu(): Promise<MachineFact> {
  const query = ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"];
  const found = await firstLine("nvidia-smi", query);
  if (found) return { name: "NVIDIA GPU", value: found };
  return {
    name: "NVIDIA GPU",
    value: "none (nvidia-smi is not there or sees none): recipes need device = cpu",
  };
}

/** What installing the engines needs that are built here. */
async function buildTools(): Promise<MachineFact> {
  const { tools } = await findBuildTools("c++");
  const missing = tools.filter(({ found }) => found === undefined);
  if (missing.length === 0)
    return { name: "build tools", value: "a C++20 compiler, make, Python 3 and pip are there" };
  return {
    name: "build tools",
    value: `missing: ${missing.map(({ name }) => name).join(", ")}`,
    advice: `needed to install the torch engine, and tfjs-node where its own download is out of reach: ${howToGet(missing)}`,
  };
}

/** The libtorch that the torch engine can be built on without a download. */
async function torch(): Promise<MachineFact> {
  const pythons = await findPythonTorch();
  const texts = pythons.map(({ python, torch }) =>
    typeof torch === "string" ? `${python}: ${torch}` : `${torch.version} in ${torch.folder} (${python})`,
  );
  return { name: "Python torch", value: texts.length === 0 ? "none" : texts.join("; ") };
}

async function cache(): Promise<MachineFact> {
  const folder = cacheDir();
  try {
    await mkdir(folder, { recursive: true });
    const { bavail, bsize } = await statfs(folder);
    return { name: "cache", value: `${folder}, ${gigabytes(bavail * bsize)} of disk free` };
  } catch (error) {
    return {
      name: "cache",
      value: `${folder} cannot be used: ${(error as Error).message}`,
      advice: "set LAVIS_CACHE to a folder that you may write to",
    };
  }
}

function emoji(): MachineFact {
  if (existsSync(cacheDir("data", "emoji", "emoji.json"))) return { name: "emoji data", value: "built" };
  return { name: "emoji data", value: "not built", advice: "lavisc data build emoji" };
}
