import { createHash } from "node:crypto";
import { isAbsolute } from "node:path";
import type { SourceText } from "../../grammar/index.ts";
import { type Locations, sourceFromOutput } from "./locations.ts";

/** The name of the manifest in the output folder, which may be that of a recipe and its `lavisc.json`. */
export const manifestName = "lavisc-manifest.json";

/** What a build left in its output folder, so that the next one knows what is its own. */
export interface Manifest {
  readonly version: 1;
  /** The version of the compiler. */
  readonly lavisc: string;
  readonly recipe: string;
  /** `-p` and `--set` of the command line, as given. */
  readonly overrides: readonly string[];
  /** SHA-256 of each source, by its path relative to the output folder. */
  readonly sources: Readonly<Record<string, string>>;
  /** SHA-256 of each owned file, by its name in the output folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Owned links, by their name in the output folder. */
  readonly links: readonly string[];
}

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The hashes of the sources of a program, for its manifest. */
export function sourceHashes(
  files: readonly { readonly source: SourceText }[],
  locations: Locations,
): Record<string, string> {
  const hashes = files.map(
    ({ source }) => [sourceFromOutput(source.path, locations), sha256(source.text)] as const,
  );
  return Object.fromEntries(hashes);
}

/** Reads a manifest's text; `undefined` where it is none that this version understands. */
export function parseManifest(text: string): Manifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value.version !== 1 || !isRecord(value.files) || !Array.isArray(value.links))
    return undefined;
  // A name that leads out of the folder is no build's: what it names must not be taken for ours to remove.
  return Object.keys(value.files).every(isInside) ? (value as unknown as Manifest) : undefined;
}

const isInside = (name: string): boolean => !isAbsolute(name) && !name.split(/[\\/]/).includes("..");

export const manifestText = (manifest: Manifest): string => `${JSON.stringify(manifest, undefined, 2)}\n`;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
