/**
 * LAVIS's own merge of its configurations (common/config.py), done on copies of its files: the default of the
 * model's type below the file's `model`, the default of each dataset's type below its section, lists replaced,
 * mappings merged. What a recipe resolves to is compared with it, option by option.
 */

import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { Refusals } from "../../../compiler/import-yaml/refusals.ts";
import { readYaml } from "../../../compiler/import-yaml/yaml/read.ts";
import type { YamlNode } from "../../../compiler/import-yaml/yaml/tree.ts";
import {
  type PartialRecipe,
  type Resolved,
  type ResolvedOptions,
  sectionsOf,
} from "../../../compiler/index.ts";
import { SourceText } from "../../../grammar/index.ts";
import { datasetDefaults, modelDefaults } from "./lavis-defaults.ts";

export type Data = null | boolean | number | string | readonly Data[] | { readonly [key: string]: Data };
type Mapping = { readonly [key: string]: Data };

export const isMapping = (value: Data | undefined): value is Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const mapping = (value: Data | undefined): Mapping => (isMapping(value) ? value : {});

/** A YAML text as plain data; throws where it is none. */
export function yamlData(text: string): Data {
  const refusals = new Refusals(new SourceText(text));
  const file = readYaml(refusals);
  if (!file) throw new Error(refusals.all()[0]?.message ?? "no YAML");
  return plain(file.root);
}

function plain(node: YamlNode): Data {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(plain);
    case "map":
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
  }
}

const folder = new URL("./configs/configs/", import.meta.url);

/** A default configuration; nothing where LAVIS's own file is missing or broken, as five of them are. */
function defaultFile(path: string | undefined): Mapping {
  if (path === undefined) return {};
  const known = readFiles.get(path);
  if (known) return known;
  let data: Mapping = {};
  try {
    data = mapping(yamlData(readFileSync(new URL(path, folder), "utf8")));
  } catch {}
  readFiles.set(path, data);
  return data;
}

const readFiles = new Map<string, Mapping>();

const merge = (below: Data | undefined, above: Data): Data =>
  isMapping(below) && isMapping(above)
    ? Object.fromEntries(
        [...new Set([...Object.keys(below), ...Object.keys(above)])].map((key) => {
          const own = above[key];
          return [key, own === undefined ? (below[key] ?? null) : merge(below[key], own)];
        }),
      )
    : above;

/** What LAVIS runs with, for a run configuration. */
export function lavisMerge(configuration: Data): Mapping {
  const { model, datasets, run = null } = mapping(configuration);
  const { arch, model_type: type } = mapping(model);
  const modelFile = modelDefaults[String(arch)]?.[String(type)];
  const below = defaultFile(modelFile && `models/${modelFile}`).model;
  const merged = Object.entries(mapping(datasets)).map(([name, own]) => {
    const file = datasetDefaults[name]?.[String(mapping(own).type ?? "default")];
    // Some files have another name for their dataset than the builder; what they say is meant for it all the same.
    const [stated] = Object.values(mapping(defaultFile(file && `datasets/${file}`).datasets));
    return [name, merge(stated, own)] as const;
  });
  return { model: merge(below, model ?? null), datasets: Object.fromEntries(merged), run };
}

/**
 * Where a recipe says something else than LAVIS's configuration, written as `yaml`; options that nothing reads are
 * left out, and so are the places on Salesforce's own disks that LAVIS's defaults name: cards name the data cache.
 */
export function differences(yaml: string, recipe: PartialRecipe): readonly string[] {
  const merged = lavisMerge(yamlData(yaml));
  const found: string[] = [];
  const isInternal = (value: Data): boolean => {
    const text = JSON.stringify(value);
    const [place] = /\/export\/[^"]*/.exec(text) ?? [];
    return place !== undefined && !yaml.includes(place);
  };
  const compareOptions = (values: Mapping, options: ResolvedOptions, path: string) => {
    for (const [key, value] of Object.entries(values)) {
      const resolved = options.get(key);
      // LAVIS checks no checksum.
      if (resolved && key !== "md5") compare(value, resolved, `${path}.${key}`);
    }
  };
  const compare = (value: Data, resolved: Resolved, path: string): void => {
    if (isInternal(value)) return;
    switch (resolved.kind) {
      case "component": {
        const { name, ...rest } = mapping(value);
        if (name !== (resolved.card.lavisName ?? resolved.card.name))
          found.push(`${path}: LAVIS ${name}, recipe ${resolved.card.name}`);
        else compareOptions(rest, resolved.options, path);
        return;
      }
      case "block":
        compareOptions(mapping(value), resolved.options, path);
        return;
      case "map":
        compareOptions(mapping(value), resolved.entries, path);
        return;
      case "list": {
        const items = Array.isArray(value) ? (value as readonly Data[]) : [value];
        if (items.length !== resolved.elements.length) found.push(`${path}: lists of other lengths`);
        resolved.elements.forEach((element, at) => {
          compare(items[at] ?? null, element, `${path}[${at}]`);
        });
        return;
      }
      case "scalar": {
        const expected = isLocalUrl(value, resolved) ? null : expectedScalar(value, resolved, path);
        if (!Object.is(sameFolder(expected), sameFolder(resolved.value)))
          found.push(`${path}: LAVIS ${JSON.stringify(value)}, recipe ${JSON.stringify(resolved.value)}`);
      }
    }
  };
  const { model, datasets, run } = merged;
  compareOptions(mapping(model), recipe.model?.options ?? new Map(), "model");
  for (const section of recipe.datasets)
    compareOptions(
      mapping(mapping(datasets)[section.card.name]),
      section.options,
      `datasets.${section.card.name}`,
    );
  const ofRun = new Map(
    sectionsOf(recipe)
      .filter(({ kind }) => kind !== "model" && kind !== "dataset")
      .reverse()
      .flatMap(({ options }) => [...options]),
  );
  compareOptions(mapping(run), ofRun, "run");
  return found;
}

/** `./llm` and `llm` are one folder. */
const sameFolder = (value: unknown): unknown =>
  typeof value === "string" ? value.replace(/^\.\//, "") : value;

/** LAVIS copies local files where it expects URLs; recipes name the file as the storage. */
const isLocalUrl = (value: Data, { option: { type } }: Resolved): boolean =>
  (type.is === "list" ? type.of : type).is === "url" &&
  [value].flat().some((one) => typeof one === "string" && !hasScheme(one));

/** What LAVIS's value is in a recipe. */
function expectedScalar(value: Data, { type }: Resolved, path: string): Data | undefined {
  const inner = isMapping(value) && Object.keys(value).join() === "storage" ? (value.storage ?? null) : value;
  const single = Array.isArray(inner) && inner.length === 1 ? (inner[0] as Data) : inner;
  if (path === "run.save_freq" && typeof single === "number" && single < 0) return 0;
  if (single === null) return null;
  switch (type.is) {
    case "path":
      if (single === "") return null;
      return path.includes(".build_info.") ? stored(String(single)) : absolute(String(single), path);
    case "checkpoint":
    case "url":
      return single === "" || single === false
        ? null
        : type.is === "url"
          ? single
          : absolute(String(single), path);
    case "number":
    case "count":
    case "ratio":
      return Number(single);
    case "bool":
      return single;
    default:
      return single === false && type.is === "string" ? "" : String(single);
  }
}

const hasScheme = (text: string): boolean => /^[a-z]+:\/\//.test(text);

/** LAVIS joins relative storage to `cache_root`. */
const stored = (text: string): string =>
  text.startsWith("/") || hasScheme(text) ? absolute(text, "") : `cache:data/${text.replace(/\/+$/, "")}`;

/** Relative paths are relative to the recipe, which lies in the root; where the program runs, they stay as they are. */
const absolute = (text: string, path: string): string =>
  hasScheme(text) || path === "run.output_dir" ? text : posix.resolve("/", text);
