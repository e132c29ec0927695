import { writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Diagnostic, SourceText } from "../../grammar/index.ts";
import type { Configuration } from "../config/index.ts";
import {
  baselineText,
  fingerprintsOf,
  type KnownFinding,
  partByBaseline,
  readBaseline,
  type Suppressed,
} from "../lint/index.ts";
import type { Host } from "../program/index.ts";
import { UsageError } from "./exit.ts";

/** A baseline file and what was found of it. */
export interface Baseline {
  /** Absolute. */
  readonly path: string;
  /** Every finding of its files, those that it knows included: what writing it anew would keep. */
  readonly current: readonly KnownFinding[];
  /** What it knows of the files that were looked at, and nobody found any more. */
  readonly vanished: readonly KnownFinding[];
  /** What it knows of files that were not looked at. */
  readonly elsewhere: readonly KnownFinding[];
}

/** Findings, and where their baselines come from. */
export interface Findings {
  readonly findings: readonly Diagnostic[];
  readonly files: readonly { readonly path: string; readonly configuration: Configuration }[];
  readonly sources: ReadonlyMap<string, SourceText>;
  /** One that the command line names, instead of those of `lavisc.json`. */
  readonly baseline: string | undefined;
}

export interface PartedFindings {
  readonly findings: readonly Diagnostic[];
  readonly suppressed: readonly Suppressed[];
  readonly baselines: readonly Baseline[];
}

/** Takes out of findings what the baselines of their files know. Throws {@link UsageError} for one that is damaged. */
export function partByBaselines(all: Findings, host: Host): PartedFindings {
  const { findings, files, sources } = all;
  const absolute = (path: string) => host.resolve(host.workingDirectory, path);
  const byFile = new Map(
    files.map(({ path, configuration }) => [path, all.baseline ?? baselineOf(configuration, host)]),
  );
  const shown: Diagnostic[] = findings.filter(({ path }) => byFile.get(path) === undefined);
  const suppressed: Suppressed[] = [];
  const baselines: Baseline[] = [];
  for (const path of new Set(byFile.values())) {
    if (path === undefined) continue;
    const relativePath = (file: string) => relative(dirname(path), absolute(file)).replaceAll("\\", "/");
    const own = findings.filter((one) => byFile.get(one.path) === path);
    const fingerprints = fingerprintsOf(own, sources, relativePath);
    const looked = new Set([...byFile].filter(([, one]) => one === path).map(([file]) => relativePath(file)));
    const known = knownIn(path, host);
    const isElsewhere = ({ path: file }: KnownFinding) =>
      !looked.has(file) && typeof host.readFile(join(dirname(path), file)) === "string";
    const parted = partByBaseline(
      own,
      fingerprints,
      known.filter((one) => !isElsewhere(one)),
    );
    shown.push(...parted.findings);
    suppressed.push(...parted.suppressed);
    const current = own.map((one) => ({
      fingerprint: fingerprints.get(one) ?? "",
      rule: one.slug,
      path: relativePath(one.path),
      message: one.message,
    }));
    baselines.push({ path, current, vanished: parted.vanished, elsewhere: known.filter(isElsewhere) });
  }
  return { findings: shown, suppressed, baselines };
}

/** The absolute path of a configuration's baseline. */
const baselineOf = ({ baseline, folder }: Configuration, host: Host): string | undefined =>
  baseline === undefined ? undefined : host.resolve(folder, baseline);

/** What a baseline file knows; one that is not there yet knows nothing. */
function knownIn(path: string, host: Host): readonly KnownFinding[] {
  const text = host.readFile(path);
  const shown = host.display(path);
  if (typeof text !== "string") {
    if (text.problem === "is not there") return [];
    throw new UsageError(`${shown} ${text.problem}`, text.hint);
  }
  const known = readBaseline(text);
  if (known) return known;
  throw new UsageError(`${shown} is no baseline`, "write it anew with `lavisc lint --write-baseline`");
}

/** Writes a baseline with all that was found now. Throws {@link UsageError} where it cannot be written. */
export function writeBaseline({ path, current, elsewhere }: Baseline): void {
  try {
    writeFileSync(path, baselineText([...current, ...elsewhere]));
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${error instanceof Error ? error.message : error}`);
  }
}
