import { SourceText, type Span } from "../../grammar/index.ts";
import { type Unit, units } from "../../runtime/card.ts";
import { didYouMean, oneOfNames, suggestionsFor } from "../diagnostics/suggestions.ts";
import { findRule, isErrorName, type Level, type LintSettings, lintRules } from "../lint/index.ts";
import { JsonError, type JsonNode, parseJson } from "./json.ts";
import { configurationKeys, levels, overrideKinds } from "./keys.ts";

/** How a project wants its recipes looked at: `lavisc.json`, or what holds without one. */
export interface Configuration {
  /** The file as people read it; absent where there is none. */
  readonly path: string | undefined;
  /** The absolute folder that its paths and patterns are relative to. */
  readonly folder: string;
  /** By the codes of rules; those that are not there warn. */
  readonly levels: ReadonlyMap<string, Level>;
  readonly overrides: (typeof overrideKinds)[number];
  readonly inlineSuppression: boolean;
  /** Of the device that recipes train on, bytes; undefined where nobody said. */
  readonly deviceMemory: number | undefined;
  /** As written. */
  readonly baseline: string | undefined;
  readonly files: readonly string[];
  readonly ignore: readonly string[];
}

/** `lavisc.json` cannot be used; exit code 2. `hint` lists what is wrong with it, each with its place. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly hint: string;

  constructor(path: string, problems: readonly string[]) {
    super(`${path} cannot be used`);
    this.hint = problems.join("\n  ");
  }
}

/** What holds in a folder without a `lavisc.json` above it. */
export const defaultConfiguration = (folder: string): Configuration => ({
  path: undefined,
  folder,
  levels: new Map(),
  overrides: configurationKeys.overrides.default,
  inlineSuppression: configurationKeys.inlineSuppression.default,
  deviceMemory: undefined,
  baseline: undefined,
  files: configurationKeys.files.default,
  ignore: configurationKeys.ignore.default,
});

/** Reads the text of a `lavisc.json`. Throws {@link ConfigurationError} with all that is wrong. */
export function readConfiguration(text: string, path: string, folder: string): Configuration {
  return new Reader(new SourceText(text, path)).read(folder);
}

/** How the lint rules look at recipes under a configuration. */
export const lintSettings = ({
  levels: byRule,
  inlineSuppression,
  deviceMemory,
}: Configuration): LintSettings => ({
  levels: byRule,
  allowsSuppression: inlineSuppression,
  deviceMemory,
});

type Mutable = { -readonly [K in keyof Configuration]: Configuration[K] };

class Reader {
  readonly #source: SourceText;
  readonly #problems: string[] = [];

  constructor(source: SourceText) {
    this.#source = source;
  }

  read(folder: string): Configuration {
    const result: Mutable = { ...defaultConfiguration(folder), path: this.#source.path };
    const root = this.#parse();
    if (root && root.kind !== "object") this.#report(root.span, "expected an object in braces");
    if (root?.kind === "object") this.#readKeys(root, result);
    if (this.#problems.length > 0) throw new ConfigurationError(this.#source.path, this.#problems);
    return result;
  }

  #parse(): JsonNode | undefined {
    try {
      return parseJson(this.#source);
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      this.#report({ start: error.offset, end: error.offset }, error.message);
      return undefined;
    }
  }

  #readKeys(root: Extract<JsonNode, { kind: "object" }>, result: Mutable): void {
    const seen = new Set<string>();
    for (const { key, keySpan, value } of root.members) {
      if (seen.has(key)) this.#report(keySpan, `\`${key}\` is given twice`);
      seen.add(key);
      switch (key) {
        case "$schema":
          break;
        case "rules":
          result.levels = this.#levels(value);
          break;
        case "overrides":
          result.overrides = this.#choice(key, value, overrideKinds) ?? result.overrides;
          break;
        case "inlineSuppression":
          if (value.kind === "boolean") result.inlineSuppression = value.value;
          else this.#report(value.span, `\`${key}\` takes ${configurationKeys[key].takes}`);
          break;
        case "deviceMemory":
          result.deviceMemory = value.kind === "string" ? bytesOf(value.value) : undefined;
          if (result.deviceMemory === undefined)
            this.#report(value.span, `\`${key}\` takes ${configurationKeys[key].takes}`);
          break;
        case "baseline":
          if (value.kind === "string" && value.value !== "") result.baseline = value.value;
          else this.#report(value.span, `\`${key}\` takes ${configurationKeys[key].takes}`);
          break;
        case "files":
        case "ignore":
          result[key] = this.#patterns(key, value);
          break;
        default: {
          const known = Object.keys(configurationKeys);
          this.#report(keySpan, `there is no key \`${key}\``, hintOf(key, known));
        }
      }
    }
  }

  #levels(node: JsonNode): ReadonlyMap<string, Level> {
    const found = new Map<string, Level>();
    if (node.kind !== "object") {
      this.#report(node.span, `\`rules\` takes ${configurationKeys.rules.takes}`);
      return found;
    }
    for (const { key, keySpan, value } of node.members) {
      const rule = findRule(key);
      const level = this.#choice(key, value, levels);
      if (!rule && isErrorName(key))
        this.#report(keySpan, `\`${key}\` is an error of the language, which has no level`);
      else if (!rule) {
        const names = lintRules.map(({ code, slug }) => (/^LV/i.test(key) ? code : slug));
        this.#report(keySpan, `there is no rule \`${key}\``, hintOf(key, names));
      } else if (found.has(rule.code)) this.#report(keySpan, `the rule \`${rule.slug}\` is given twice`);
      else if (level !== undefined) found.set(rule.code, level);
    }
    return found;
  }

  #choice<T extends string>(key: string, node: JsonNode, choices: readonly T[]): T | undefined {
    const found = choices.find((choice) => node.kind === "string" && node.value === choice);
    if (found === undefined) {
      const near = node.kind === "string" ? suggestionsFor(node.value, choices) : [];
      const hint = near.length > 0 ? didYouMean(near) : [];
      this.#report(node.span, `\`${key}\` takes ${oneOfNames(choices)}`, hint);
    }
    return found;
  }

  #patterns(key: "files" | "ignore", node: JsonNode): readonly string[] {
    if (node.kind !== "array") {
      this.#report(node.span, `\`${key}\` takes ${configurationKeys[key].takes} in brackets`);
      return [];
    }
    return node.elements.flatMap((element) => {
      if (element.kind === "string" && element.value !== "") return [element.value];
      this.#report(element.span, `each of \`${key}\` is a pattern in quotes`);
      return [];
    });
  }

  #report(span: Span, message: string, hints: readonly string[] = []): void {
    const { line, column } = this.#source.positionAt(span.start);
    this.#problems.push(`${this.#source.path}:${line}:${column}: ${[message, ...hints].join(". ")}`);
  }
}

function hintOf(word: string, known: readonly string[]): readonly string[] {
  const near = suggestionsFor(word, known);
  return near.length > 0 ? didYouMean(near) : [`There is ${oneOfNames(known, "and")}.`];
}

/** A size such as `24GB` or `1.5 TB` in bytes; undefined where it is none. */
function bytesOf(text: string): number | undefined {
  const [, amount, unit] = /^(\d[\d_]*(?:\.\d+)?) ?([KMGT]?B)$/.exec(text) ?? [];
  const bytes = Number(amount?.replaceAll("_", "")) * units[(unit ?? "B") as Unit].scale;
  return bytes > 0 ? bytes : undefined;
}
