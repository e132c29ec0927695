import type { Node, Symbol as Property, Signature, Type } from "ts-morph";
import type { Option, Options, OptionType } from "../../runtime/card.ts";
import { type OwnKind, ownOptions } from "../../runtime/own/options.card.ts";
import type { DiagnosticCollector } from "../diagnostics/index.ts";
import type { Host } from "../program/index.ts";
import { brokenBounds } from "../resolve/values/bounds.ts";
import { resolvePath } from "../resolve/values/scalars.ts";
import { isName, type Reading, readType, shown } from "./option-types.ts";
import type { OwnPlace } from "./own-card.ts";
import { docOf, readDefault, readRange, type Tags, tagsOf } from "./tags.ts";

/** What the options of a component are read with. */
export interface OptionContext {
  readonly create: Node;
  readonly placeOf: (node: Node) => OwnPlace;
  readonly host: Host;
  readonly kind: OwnKind;
  readonly diagnostics: DiagnosticCollector;
}

/** Reads the options of a component from the type of the first parameter of its `create`. */
export class OptionReader {
  /** Where the property of each option is, by the option's path. */
  readonly places = new Map<string, OwnPlace>();
  /** Whether the parameter itself is nothing that a recipe could write. */
  isUnreadable = false;
  readonly #context: OptionContext;
  /** The interfaces that are being read, outermost first. */
  readonly #open: Type[] = [];

  constructor(context: OptionContext) {
    this.#context = context;
  }

  read(signature: Signature): Options {
    const { create, kind, placeOf, diagnostics } = this.#context;
    const [parameter] = signature.getParameters();
    const options = parameter ? this.#readParameter(parameter) : {};
    for (const key of Object.keys(options)) {
      if (!Object.hasOwn(ownOptions[kind], key)) continue;
      diagnostics.report("LV2306", { option: key, kind }, this.places.get(key) ?? placeOf(create));
    }
    if (kind !== "vis_processor") return options;
    const { image_size: size } = options;
    if (size?.type.is === "count" || size?.type.is === "number")
      return { ...options, image_size: sized(size) };
    const problem = "it has no option `image_size: Pixels`, the side of what it makes, which loaders read";
    const place = placeOf(create);
    diagnostics.report("LV2307", { file: place.source.path, kind: "image processor", problem }, place);
    return options;
  }

  #readParameter(parameter: Property): Options {
    const { create, placeOf, diagnostics } = this.#context;
    const node = parameter.getDeclarations()[0] ?? create;
    const type = parameter.getTypeAtLocation(create).getNonNullableType();
    const written = readType(type, this.#reading(""));
    if (typeof written !== "string" && written.type.is === "block") return written.type.options;
    const why = typeof written === "string" ? written : "its type must be an interface of the options";
    diagnostics.report("LV2305", { option: parameter.getName(), why }, placeOf(node));
    this.isUnreadable = true;
    return {};
  }

  #reading(path: string): Reading {
    return { at: this.#context.create, readBlock: (type) => this.#readBlock(type, path) };
  }

  #readBlock(type: Type, path: string): Options {
    this.#open.push(type);
    const options = type.getProperties().flatMap((property): [string, Option][] => {
      const option = this.#readOption(property, `${path}${property.getName()}`);
      return option ? [[property.getName(), option]] : [];
    });
    this.#open.pop();
    return Object.fromEntries(options);
  }

  #readOption(property: Property, path: string): Option | undefined {
    const { create, placeOf, diagnostics } = this.#context;
    const node = property.getDeclarations()[0];
    const place = placeOf(node ?? create);
    this.places.set(path, place);
    const fail = (why: string): undefined => {
      diagnostics.report("LV2305", { option: path, why }, place);
    };
    if (!isName(property.getName())) return fail("it is no name");
    const type = property.getTypeAtLocation(create);
    if (this.#open.some((one) => one.compilerType === type.getNonNullableType().compilerType))
      return fail("its type contains itself");
    const written = readType(type, this.#reading(`${path}.`));
    if (typeof written === "string") return fail(written);
    const tags = tagsOf(property.compilerSymbol);
    const range = readRange(tags);
    const { optional, ...rest } = written;
    const option: Option = {
      ...rest,
      doc: docOf(property.compilerSymbol) || `Of type \`${shown(type).replace(/ \| undefined$/, "")}\`.`,
      ...(range && { range }),
    };
    const stated = this.#default(tags, option, place);
    if (stated) return { ...option, default: stated };
    return optional || property.isOptional() ? { ...option, optional: true } : option;
  }

  /** The default that `@default` states; a relative path is relative to the file that states it. */
  #default(tags: Tags, option: Option, place: OwnPlace): Option["default"] | undefined {
    const text = tags.get("default");
    if (text === undefined) return undefined;
    const { host, diagnostics } = this.#context;
    const refuse = (problem: string): undefined => {
      diagnostics.report("LV2308", { tag: "default", text, problem }, place);
    };
    const found = readDefault(text, option);
    if (!found) return refuse("it is no value of the property's type");
    const { value } = found;
    const bounds = brokenIn(value, option.type, option.range);
    if (bounds !== undefined)
      return refuse(`${Array.isArray(value) ? "each of it" : "it"} must be ${bounds}`);
    return {
      value: placed(value, option.type, (path) => resolvePath(host, host.directory(place.path), path)),
    };
  }
}

/** Which bounds a default breaks, or one of a list, in words. */
function brokenIn(value: unknown, type: OptionType, range: Option["range"]): string | undefined {
  if (type.is === "list" && Array.isArray(value))
    return value.map((one) => brokenIn(one, type.of, range)).find((bounds) => bounds !== undefined);
  return typeof value === "number" ? brokenBounds(value, type, range) : undefined;
}

/** A default whose paths, also those of a list, are resolved. */
function placed(value: unknown, type: OptionType, resolve: (path: string) => string): unknown {
  if (type.is === "list" && Array.isArray(value)) return value.map((one) => placed(one, type.of, resolve));
  const isPath = type.is === "path" || type.is === "checkpoint";
  return isPath && typeof value === "string" ? resolve(value) : value;
}

/** The side of what an image processor makes is the model's, where the recipe gives no other. */
function sized({ optional: _, ...option }: Option): Option {
  const stated = option.default && "value" in option.default ? { otherwise: option.default.value } : {};
  return { ...option, default: { follows: "model.image_size", ...stated } };
}
