/** From TypeScript's types to the types of options: what a recipe can write for a property. */

import type { Node, Type } from "ts-morph";
import type { Dimension, Options, OptionType } from "../../runtime/card.ts";

/** What a property's type is in a recipe. */
export interface Written {
  readonly type: OptionType;
  readonly dimension?: Dimension;
  readonly nullable?: true;
  /** Whether it may be left out. */
  readonly optional?: true;
}

/** How types are read. */
export interface Reading {
  /** Where the types of properties are asked for. */
  readonly at: Node;
  /** Reads the properties of an interface that is the type of an option. */
  readBlock(type: Type): Options;
}

/** The named types of `lavis/runtime`, by what `lavisType` says. */
const namedTypes: Readonly<Record<string, Pick<Written, "type" | "dimension">>> = {
  count: { type: { is: "count" } },
  ratio: { type: { is: "ratio" } },
  pixels: { type: { is: "count" }, dimension: "pixels" },
  steps: { type: { is: "count" }, dimension: "steps" },
  epochs: { type: { is: "count" }, dimension: "epochs" },
  samples: { type: { is: "count" }, dimension: "samples" },
  tokens: { type: { is: "count" }, dimension: "tokens" },
  words: { type: { is: "count" }, dimension: "words" },
  bytes: { type: { is: "count" }, dimension: "bytes" },
  time: { type: { is: "number" }, dimension: "time" },
  path: { type: { is: "path" } },
  url: { type: { is: "url" } },
  checkpoint: { type: { is: "checkpoint" } },
  name: { type: { is: "name" } },
};

/** What names in recipes look like. */
export const isName = (text: string): boolean => /^[A-Za-z_]\w*$/.test(text);

/** The type as a recipe has it, or why it has none, in words that follow "cannot be written in a recipe: ". */
export function readType(type: Type, reading: Reading): Written | string {
  const parts = type.isUnion() ? type.getUnionTypes() : [type];
  const values = parts.filter((part) => !part.isNull() && !part.isUndefined());
  const read = readValues(values, type, reading);
  if (typeof read === "string") return read;
  return {
    ...read,
    ...(parts.some((part) => part.isNull()) && { nullable: true }),
    ...(parts.some((part) => part.isUndefined()) && { optional: true }),
  };
}

function readValues(values: readonly Type[], whole: Type, reading: Reading): Written | string {
  const [first, ...others] = values;
  if (!first) return "it has no value but `null` and `undefined`";
  if (values.every((value) => value.isBooleanLiteral()))
    return values.length === 2 ? { type: { is: "bool" } } : `it can only be ${first.getText()}`;
  const member = values.find((value) => value.isEnumLiteral() || value.isEnum());
  if (member) {
    const name = shown(member.getBaseTypeOfLiteralType());
    return `\`${name}\` is an enum; write a union of strings`;
  }
  if (values.every((value) => value.isStringLiteral())) {
    const members = values.map((value) => String(value.getLiteralValue()));
    const odd = members.find((member) => !isName(member));
    return odd === undefined
      ? { type: { is: "enum", members } }
      : `${JSON.stringify(odd)} is no name, and a recipe writes such values as names`;
  }
  if (others.length > 0) return `\`${shown(whole)}\` is of several types`;
  return readSingle(first, reading);
}

function readSingle(type: Type, reading: Reading): Written | string {
  const name = type.isIntersection() ? nameOf(type, reading) : undefined;
  if (name !== undefined)
    return namedTypes[name] ?? `\`${shown(type)}\` is a type of another version of lavis`;
  if (type.isAny() || type.isUnknown()) return `\`${shown(type)}\` says nothing of its values`;
  if (type.isBoolean()) return { type: { is: "bool" } };
  if (type.isNumber()) return { type: { is: "number" } };
  if (type.isString()) return { type: { is: "string" } };
  if (type.isTuple()) return "it is a tuple; an array of its elements' type can be written";
  const element = type.getArrayElementType();
  if (element) return readList(element, reading);
  if (!type.isObject() && !type.isIntersection()) return `\`${shown(type)}\` has no values of a recipe`;
  if (type.getCallSignatures().length > 0) return "it is a function";
  if (type.isClass() || type.getConstructSignatures().length > 0) return `\`${shown(type)}\` is a class`;
  const entry = type.getStringIndexType();
  if (entry) return readMap(entry, reading);
  const methods = type.getProperties().some((property) => {
    const declaration = property.getDeclarations()[0];
    return declaration?.getKindName().startsWith("Method") ?? false;
  });
  if (methods) return `\`${shown(type)}\` has methods, so it is more than data`;
  return { type: { is: "block", options: reading.readBlock(type) } };
}

function readList(element: Type, reading: Reading): Written | string {
  const read = readType(element, reading);
  if (typeof read === "string") return `of each element, ${read}`;
  if (read.nullable || read.optional) return "its elements can be missing";
  if (read.type.is === "block" || read.type.is === "map")
    return "its elements are objects; a `Record<string, …>` of them can be written";
  return { type: { is: "list", of: read.type }, ...(read.dimension && { dimension: read.dimension }) };
}

function readMap(entry: Type, reading: Reading): Written | string {
  const read = readType(entry, reading);
  if (typeof read === "string") return `of each entry, ${read}`;
  if (read.nullable || read.optional) return "its entries can be missing";
  return { type: { is: "map", of: read.type }, ...(read.dimension && { dimension: read.dimension }) };
}

/** What `lavisType` says, the property that is never there. */
function nameOf(type: Type, { at }: Reading): string | undefined {
  const value = type.getProperty("lavisType")?.getTypeAtLocation(at).getNonNullableType();
  return value?.isStringLiteral() ? String(value.getLiteralValue()) : undefined;
}

/** A type as its file writes it, without the paths of imports. */
export const shown = (type: Type): string => type.getText().replace(/import\("[^"]*"\)\./g, "");
