import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, statfs } from "node:fs/promises";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { promisify } from "node:util";
import { cacheDir } from "../cache.ts";

/** Something that `lavisc doctor` tells, and what to do about it when it stands in the way of something. */
export interface MachineFact {
  readonly name: string;
  readonly value: string;
  readonly advice?: string;
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** The first line that a command prints; undefined when it is not there or fails. */
async function firstLine(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, [...args], { timeout: 10_000 });
    return stdout.trim().split("\n")[0];
  } catch {
    return undefined;
  }
}

/** What of this machine matters to training: processors, memory, GPUs, build tools, and the data cache. */
export async function inspectMachine(): Promise<MachineFact[]> {
  return [processor(), memory(), await gpu(), await buildTools(), await cache(), emoji()];
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

/** What building an engine's binding needs, where its own download is out of reach. */
async function buildTools(): Promise<MachineFact> {
  const tools = [
    { name: "C++ compiler", found: await firstLine("c++", ["--version"]) },
    { name: "make", found: await firstLine("make", ["--version"]) },
    { name: "Python 3", found: await firstLine("python3", ["--version"]) },
    { name: "pip", found: await firstLine("python3", ["-m", "pip", "--version"]) },
  ];
  const missing = tools.filter(({ found }) => found === undefined).map(({ name }) => name);
  if (missing.length === 0)
    return { name: "build tools", value: "C++ compiler, make, Python 3 and pip are there" };
  return {
    name: "build tools",
    value: `${missing.join(", ")} missing`,
    advice: "needed only to install tfjs-node where its own download is out of reach",
  };
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
