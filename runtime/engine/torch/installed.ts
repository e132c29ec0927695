import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { sourcesDigest } from "../../addon-sources.ts";
import { cacheDir } from "../../cache.ts";
import { isSystemError, UserError } from "../../errors.ts";

/** The libtorch engine that `lavisc engine install torch` made, as `engine.json` in its cache folder says. */
export interface InstalledTorch {
  /** libtorch's own version with its build, such as 2.13.0+cpu. */
  readonly version: string;
  /** Whether this libtorch has CUDA; it computes on the processor as well. */
  readonly cuda: boolean;
  /** Where libtorch came from: a Python's installed torch, pip's wheel, or the user's folder. */
  readonly from: "python" | "pip" | (string & {});
  /** Absolute path of the folder that holds `lib/` and `include/`. */
  readonly torchFolder: string;
  /** Absolute path of lavis_torch.node, built for this libtorch. */
  readonly addon: string;
  /** {@link addonSourcesDigest} of the sources that the addon was built from. */
  readonly sources: string;
  /** When it was installed, as an ISO date. */
  readonly installed: string;
}

/** The command that installs the engine. */
export const installTorchCommand = "lavisc engine install torch";

/** The folder that the engine's versions are cached in. */
export function torchCache(...parts: readonly string[]): string {
  return cacheDir("engines", "torch", ...parts);
}

/** The addon's sources in this package, beside this file both in the sources and in the built package. */
export const addonSources = fileURLToPath(new URL("./addon", import.meta.url));

/** A digest of the addon's sources, this package's own unless given. */
export function addonSourcesDigest(folder: string = addonSources): string {
  return sourcesDigest(folder);
}

const texts = ["version", "from", "torchFolder", "addon", "sources", "installed"] as const;

/** What is installed, or undefined. Throws a `UserError` when its record is damaged. */
export function installedTorch(): InstalledTorch | undefined {
  const file = torchCache("engine.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return undefined;
    throw error;
  }
  const record = parseRecord(text);
  if (record === undefined) {
    throw new UserError(
      `${file} is damaged: it does not say which libtorch is installed`,
      `install it again: ${installTorchCommand} --force`,
    );
  }
  // Paths in the cache are written relative to it, so that the cache can be moved.
  return {
    ...record,
    torchFolder: resolve(torchCache(), record.torchFolder),
    addon: resolve(torchCache(), record.addon),
  };
}

function parseRecord(text: string): InstalledTorch | undefined {
  let record: Partial<Record<keyof InstalledTorch, unknown>> | null;
  try {
    record = JSON.parse(text);
  } catch {
    return undefined;
  }
  const isWhole =
    typeof record === "object" &&
    record !== null &&
    typeof record.cuda === "boolean" &&
    texts.every((key) => typeof record[key] === "string" && record[key] !== "");
  return isWhole ? (record as InstalledTorch) : undefined;
}
