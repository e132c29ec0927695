import type { ComponentValue, Option, Options, OptionType } from "./card.ts";
import { UserError } from "./errors.ts";
import { nearest } from "./suggestion.ts";

/**
 * Checks options given in a program against a card's options and fills the defaults in: an unknown key, a
 * value of the wrong type or outside its range, and a missing required option are {@link UserError}s that
 * name `where` and the key. Options whose default follows another component or is computed by the run
 * stay absent when they are not given.
 */
export function completeOptions(
  where: string,
  options: Options,
  given: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  for (const key of Object.keys(given))
    if (!Object.hasOwn(options, key)) throw unknownKey(where, key, options);
  const complete: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(options)) {
    const value = [given[key], defaults[key], defaultValue(option)].find((one) => one !== undefined);
    if (value !== undefined) complete[key] = checkValue(`${where}: ${key}`, option, value);
    else if (isRequired(option)) throw new UserError(`${where}: ${key} has no value`, option.doc);
  }
  return complete;
}

function unknownKey(where: string, key: string, options: Options): UserError {
  const keys = Object.keys(options);
  const near = nearest(key, keys);
  const hint = near ? `did you mean ${near}?` : `its options are ${keys.join(", ") || "none"}`;
  return new UserError(`${where} has no option ${key}`, hint);
}

/** A nested block counts as given: its own options have their defaults. */
function defaultValue(option: Option): unknown {
  if (option.default && "value" in option.default) return option.default.value;
  return option.type.is === "block" || option.type.is === "map" ? {} : undefined;
}

const isRequired = (option: Option): boolean => option.default === undefined;

/** Checks one value and returns it, with the options of nested blocks completed. */
function checkValue(where: string, option: Option, value: unknown): unknown {
  if (value === null) {
    if (option.nullable) return null;
    throw new UserError(`${where} is null, but it must be ${describeType(option.type)}`, option.doc);
  }
  const checked = checkType(where, option.type, value);
  if (typeof checked === "number") checkRange(where, option, checked);
  return checked;
}

function checkType(where: string, type: OptionType, value: unknown): unknown {
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
    case "enum":
      return typeof value === "string" && type.members.includes(value) ? value : fail();
    case "list":
      if (!Array.isArray(value)) return fail();
      return value.map((item: unknown, index) => checkType(`${where}[${index}]`, type.of, item));
    case "component":
      return isComponent(value) && (value.kind ?? type.of) === type.of ? value : fail();
    case "block":
      return isRecord(value) ? completeOptions(where, type.options, value) : fail();
    case "map":
      if (!isRecord(value)) return fail();
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, checkType(`${where}.${key}`, type.of, item)]),
      );
  }
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
