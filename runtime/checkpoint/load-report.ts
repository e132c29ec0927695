import type { WeightSource } from "./source.ts";

export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

interface ShapeChange {
  readonly name: string;
  readonly file: readonly number[];
  readonly model: readonly number[];
}

/** What became of each tensor of a file and of a module when one was loaded into the other. */
export interface LoadReport {
  readonly path: string;
  readonly format: WeightSource["format"];
  /** Names of the module that got values. */
  readonly loaded: readonly string[];
  /** Those of them that were made to fit. */
  readonly resized: readonly ShapeChange[];
  /** Tensors of the module that the file lacks; they keep their values. */
  readonly missing: readonly NamedShape[];
  /** Tensors of the file that the module lacks. */
  readonly unexpected: readonly NamedShape[];
  /** Tensors of both whose shapes differ; the module's keep their values. */
  readonly mismatched: readonly ShapeChange[];
  /** Entries of the file that are no tensors. */
  readonly ignored: readonly string[];
}

/** Names beyond this many are counted by what they begin with. */
const listed = 6;

/**
 * The report as lines for people: how much was loaded, then what was not, long lists folded by module.
 *
 * ```
 * loaded 94 of 95 tensors from weights.pth (PyTorch zip)
 *   resized 1: visual_encoder.pos_embed [1, 577, 768] → [1, 197, 768]
 *   missing 1, kept as initialised: text_decoder.cls.predictions.bias [30524]
 *   unexpected 48, not used: text_encoder.encoder.* (48)
 * ```
 */
export function formatReport(report: LoadReport): string {
  const { loaded, resized, missing, unexpected, mismatched, ignored } = report;
  const all = loaded.length + unexpected.length + mismatched.length;
  const lines = [`loaded ${loaded.length} of ${all} tensors from ${report.path} (${report.format})`];
  const add = (title: string, entries: readonly string[]) => {
    if (entries.length > 0) lines.push(`  ${title}: ${entries.join(", ")}`);
  };
  add(`resized ${resized.length}`, folded(resized, describeChange));
  add(`missing ${missing.length}, kept as initialised`, folded(missing, describeShape));
  add(`unexpected ${unexpected.length}, not used`, folded(unexpected, describeShape));
  add(`of another shape ${mismatched.length}, kept as initialised`, folded(mismatched, describeChange));
  add(`no tensors ${ignored.length}, not used`, ignored.slice(0, listed));
  return lines.join("\n");
}

function describeShape({ name, shape }: NamedShape): string {
  return `${name} [${shape.join(", ")}]`;
}

function describeChange({ name, file, model }: ShapeChange): string {
  return `${name} [${file.join(", ")}] → [${model.join(", ")}]`;
}

/** Each entry where they are few; otherwise groups of those that begin alike, with their counts. */
function folded<T extends { readonly name: string }>(
  entries: readonly T[],
  one: (entry: T) => string,
): string[] {
  if (entries.length <= listed) return entries.map(one);
  const groups = new Map<string, T[]>();
  for (const entry of entries) {
    const group = entry.name.split(".").slice(0, 2).join(".");
    groups.set(group, [...(groups.get(group) ?? []), entry]);
  }
  return [...groups].map(([group, members]) =>
    members.length === 1 ? one(members[0]!) : `${group}.* (${members.length})`,
  );
}
