import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { cacheDir } from "../../../cache.ts";
import { UserError } from "../../../errors.ts";
import type { TensorData } from "../../../tensor/index.ts";

export type NodeEngineName = "tfjs-node" | "tfjs-node-gpu";

/** What an executed op returns. */
export interface OpResult {
  readonly id: number;
  readonly shape: number[];
  /** A TensorFlow type number. */
  readonly dtype: number;
}

/** An attribute of a TensorFlow op. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | boolean | string | readonly number[];
}

/**
 * The native addon of tfjs-node: TensorFlow's eager ops on integer handles. We call it directly; the layers of
 * tfjs above it would only add their own bookkeeping to every op (and need functions of Node that newer
 * versions have dropped).
 */
export interface Binding {
  createTensor(shape: readonly number[], dtype: number, data: TensorData): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): TensorData;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): OpResult[];
  isUsingGpuDevice(): boolean;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_BOOL: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_Version: string;
}

/** The npm package of an engine, where `lavisc engine install` puts it. */
export function packageFolder(name: NodeEngineName): string {
  return join(cacheDir("engines", name), "node_modules", "@tensorflow", name);
}

/** The command that installs an engine. */
export const installCommand: Readonly<Record<NodeEngineName, string>> = {
  "tfjs-node": "lavisc engine install tfjs-node",
  "tfjs-node-gpu": "lavisc engine install tfjs-node --gpu",
};

/** The addon's file in an engine's package; undefined when the engine is not installed. */
export function bindingFile(name: NodeEngineName): string | undefined {
  const folder = join(packageFolder(name), "lib");
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .filter((entry) => entry.startsWith("napi-v"))
    .sort((a, b) => Number(b.slice("napi-v".length)) - Number(a.slice("napi-v".length)))
    .map((entry) => join(folder, entry, "tfjs_binding.node"))
    .find((file) => existsSync(file));
}

/**
 * Loads the addon. TensorFlow reads its number of threads when it starts, so it counts for the first engine
 * that a process opens.
 *
 * @throws UserError when the engine is not installed or its libraries do not load here.
 */
export function loadBinding(name: NodeEngineName, threads: number | undefined): Binding {
  const file = bindingFile(name);
  if (file === undefined)
    throw new UserError(`engine ${name} is not installed`, `run: ${installCommand[name]}`);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2"; // errors only
  if (threads !== undefined) {
    process.env.TF_NUM_INTRAOP_THREADS = String(threads);
    process.env.OMP_NUM_THREADS = String(threads);
  }
  try {
    return createRequire(file)(file) as Binding;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`engine ${name} does not load: ${reason}`, `run: ${installCommand[name]} --force`, {
      cause: error,
    });
  }
}
