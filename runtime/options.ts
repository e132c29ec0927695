import type { ComponentKind, ComponentValue, Option, Options, OptionType } from "./card.ts";
import { UserError } from "./errors.ts";
import { nearest } from "./suggestion.ts";

/** What {@link completeOptions} may draw on beside the card's own defaults. */
export interface Completion {
  /** Values that come before the card's defaults: those of a model's variant. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** The section that the options belong to; those whose default follows another of it stand after it. */
  readonly section?: string;
  /** The value of another section's option by its path (`model.image_size`); `undefined` when not known yet. */
  readonly lookUp?: (path: string) => unknown;
  /** The recipe's name, for defaults that contain it. */
  readonly recipe?: string;
  /** Whether options beside those of the card are taken as they are: TypeScript has checked them. */
  readonly isOpen?: boolean;
  /** Completes a component that is a value, such as a processor; it is taken as it is when absent. */
  readonly completeComponent?: (where: string, kind: ComponentKind, value: ComponentValue) => ComponentValue;
}

/**
 * Checks options given in a program against a card's options and fills the defaults in: an unknown key, a
 * value of the wrong type or outside its range, and a missing required option are {@link UserError}s that
 * name `where` and the key. An option whose default follows one that is not known yet stays absent.
 */
export function completeOptions(
  where: string,
  options: Options,
  given: Readonly<Record<string, unknown>>,
  completion: Completion = {},
): Record<string, unknown> {
  const complete: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    if (Object.hasOwn(options, key)) continue;
    if (!completion.isOpen) throw unknownKey(where, key, options);
    complete[key] = value;
  }
  for (const [key, option] of Object.entries(options)) {
    const own = given[key] ?? completion.defaults?.[key];
    const value = given[key] === null ? null : (own ?? defaultValue(option, complete, completion));
    if (value !== undefined) complete[key] = checkValue(`${where}: ${key}`, option, value, completion);
    else if (!option.default) throw new UserError(`${where}: ${key} has no value`, option.doc);
  }
  checkExcluded(where, options, complete);
  return complete;
}

function unknownKey(where: string, key: string, options: Options): UserError {
  const keys = Object.keys(options);
  const near = nearest(key, keys);
  const hint = near ? `did you mean ${near}?` : `its options are ${keys.join(", ") || "none"}`;
  return new UserError(`${where} has no option ${key}`, hint);
}

function checkExcluded(where: string, options: Options, complete: Readonly<Record<string, unknown>>): void {
  const isGiven = (key: string) => complete[key] !== undefined && complete[key] !== null;
  for (const [key, { excludes = [] }] of Object.entries(options)) {
    const other = isGiven(key) ? excludes.find(isGiven) : undefined;
    if (other) throw new UserError(`${where}: ${key} and ${other} are both given`, "give one of them");
  }
}

/** Nested blocks count as given: their own options have their defaults. */
function defaultValue(
  option: Option,
  before: Readonly<Record<string, unknown>>,
  { section, lookUp, recipe }: Completion,
): unknown {
  const standard = option.default;
  if (!standard) return option.type.is === "block" || option.type.is === "map" ? {} : undefined;
  if ("value" in standard) return standard.value;
  if ("template" in standard)
    return recipe === undefined ? undefined : standard.template.replaceAll("{recipe}", recipe);
  const [followedSection, key = ""] = standard.follows.split(".");
  const followed = followedSection === section ? before[key] : lookUp?.(standard.follows);
  if (followed === undefined) return lookUp && standard.otherwise;
  return standard.map ? (standard.map[String(followed)] ?? standard.otherwise) : followed;
}

/** Checks one value and returns it, with the options of nested blocks completed. */
function checkValue(where: string, option: Option, value: unknown, completion: Completion): unknown {
  if (value === null) {
    if (option.nullable) return null;
    throw new UserError(`${where} is null, but it must be ${describeType(option.type)}`, option.doc);
  }
  const checked = checkType(where, option.type, value, completion);
  if (typeof checked === "number") checkRange(where, option, checked);
  if (option.only && checked !== option.only.value)
    throw new UserError(`${where} must be ${show(option.only.value)}: ${option.only.because}`, option.doc);
  return checked;
}

function checkType(where: string, type: OptionType, value: unknown, completion: Completion): unknown {
  const fail = (): never => {
    throw new UserError(`${where} is ${show(value)}, but it must be ${describeType(type)}`);
  };
  switch (type.is) {
    case "number":
      return typeof value === "number" && Number.isFinite(value) ? value : fail();
    case "count":
      return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : fail();
    case "ratio":
      return typeof value === "number" && value >= 0 && value <= 1 ? value : fail();
    case "bool":
      return typeof value === "boolean" ? value : fail();
    case "string":
    case "name":
    case "path":
    case "url":
    case "checkpoint":
      return typeof value === "string" ? value : fail();
    case "secret":
      if (isRecord(value) && typeof value.variable === "string") return value;
      // Not shown: it may be the secret itself.
      throw new UserError(`${where} must be a secret`, 'name its variable: secret("HUB_TOKEN")');
    case "enum":
      return typeof value === "string" && type.members.includes(value) ? value : fail();
    case "list":
      if (!Array.isArray(value)) return fail();
      return value.map((item: unknown, index) => checkType(`${where}[${index}]`, type.of, item, completion));
    case "component":
      if (!isComponent(value) || (value.kind ?? type.of) !== type.of) return fail();
      return completion.completeComponent?.(where, type.of, value) ?? value;
    case "block":
      return isRecord(value) ? completeOptions(where, type.options, value, nestedIn(completion)) : fail();
    case "map":
      if (!isRecord(value)) return fail();
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          checkType(`${where}.${key}`, type.of, item, completion),
        ]),
      );
  }
}

/** A block in a section draws on the same sources, but its options are not the section's. */
function nestedIn({ defaults: _, section: __, isOpen: ___, ...rest }: Completion): Completion {
  return rest;
}

function checkRange(where: string, { range, doc }: Option, value: number): void {
  if (!range) return;
  const broken =
    (range.min !== undefined && value < range.min && `at least ${range.min}`) ||
    (range.above !== undefined && value <= range.above && `above ${range.above}`) ||
    (range.max !== undefined && value > range.max && `at most ${range.max}`) ||
    (range.below !== undefined && value >= range.below && `below ${range.below}`);
  if (broken) throw new UserError(`${where} is ${value}, but it must be ${broken}`, doc);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A component that a factory made knows its kind; one written as plain data is what the option expects. */
const isComponent = (value: unknown): value is ComponentValue & { readonly kind?: unknown } =>
  isRecord(value) && typeof value.name === "string" && isRecord(value.options);

/** A type in words, for messages: "an integer ≥ 0". */
export function describeType(type: OptionType): string {
  switch (type.is) {
    case "number":
      return "a number";
    case "count":
      return "an integer ≥ 0";
    case "ratio":
      return "a number from 0 to 1";
    case "bool":
      return "true or false";
    case "string":
      return "a string";
    case "name":
      return "a name";
    case "path":
      return "a path";
    case "url":
      return "a URL";
    case "checkpoint":
      return "a path or URL of weights";
    case "secret":
      return "a secret";
    case "enum":
      return type.members.length === 1 ? String(type.members[0]) : `one of ${type.members.join(", ")}`;
    case "list":
      return `a list, each ${describeType(type.of)}`;
    case "component":
      return `a ${type.of}`;
    case "block":
      return "a block of options";
    case "map":
      return "a block of named entries";
  }
}

const show = (value: unknown): string =>
  typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
