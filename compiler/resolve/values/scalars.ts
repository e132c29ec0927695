import type { MessageParameters } from "../../../grammar/index.ts";
import {
  type Dimension,
  isPlacedElsewhere,
  isUrl,
  type Option,
  type OptionType,
} from "../../../runtime/card.ts";
import { describeDimension, describeType, foreignValues } from "../../catalog/index.ts";
import {
  type DiagnosticCollector,
  didYouMean,
  type Extra,
  labelAt,
  type MessageCode,
  type Messages,
  oneOfNames,
  suggestionsFor,
} from "../../diagnostics/index.ts";
import { type Host, renameFixes } from "../../program/index.ts";
import { replacementFix } from "../edits.ts";
import type { RuntimeExpression, Scalar } from "../resolved.ts";
import { brokenBounds } from "./bounds.ts";
import {
  describeRaw,
  expressionOf,
  type Raw,
  type RawName,
  type RawNumber,
  type RawSecret,
  type RawText,
  valuesNear,
} from "./raw.ts";
import { reportSecret, variableOf } from "./secrets.ts";

/** What a value is wanted for. */
export interface Wish {
  readonly type: OptionType;
  readonly dimension?: Dimension | undefined;
  readonly range?: Option["range"];
  readonly nullable: boolean;
  readonly relativeTo?: Option["relativeTo"] | undefined;
  /** What the message is about: "`max_len`". */
  readonly subject: string;
}

/** A scalar of the wished type. */
export interface TypedScalar {
  readonly value: Scalar | undefined;
  readonly expression: RuntimeExpression | undefined;
}

/** Gives scalars their types, and reports those that have another. */
export class ScalarTyper {
  readonly #host: Host;
  readonly #diagnostics: DiagnosticCollector;

  constructor(host: Host, diagnostics: DiagnosticCollector) {
    this.#host = host;
    this.#diagnostics = diagnostics;
  }

  /** The value as the wished type; undefined where it is not, which is reported. */
  type(raw: Raw, wish: Wish): TypedScalar | undefined {
    if (raw.kind === "invalid") return undefined;
    if (!wish.nullable && (raw.kind === "none" || raw.mayBeNone)) {
      const notes = raw.kind === "none" ? [] : ["The parameter's type ends in `?`, so that it may be none."];
      this.#report("LV2107", { subject: wish.subject }, raw, { notes });
      return undefined;
    }
    if (raw.kind === "none") {
      const fits = raw.type === undefined || isAssignable(raw.type, wish.type);
      return fits ? { value: null, expression: raw.expression } : this.#mismatch(raw, wish);
    }
    switch (wish.type.is) {
      case "number":
      case "count":
      case "ratio":
        return raw.kind === "number" ? this.#number(raw, wish) : this.#mismatch(raw, wish);
      case "bool":
        return raw.kind === "bool" ? typed(raw) : this.#mismatch(raw, wish);
      case "string":
        return raw.kind === "string" || raw.kind === "path" ? typed(raw) : this.#mismatch(raw, wish);
      case "path":
      case "checkpoint":
        return raw.kind === "string" || raw.kind === "path"
          ? this.#path(raw, wish)
          : this.#mismatch(raw, wish);
      case "url":
        return raw.kind === "string" && (raw.value === undefined || isUrl(raw.value))
          ? typed(raw)
          : this.#mismatch(raw, wish);
      case "secret":
        return raw.kind === "secret" ? this.#secret(raw) : this.#notSecret(raw, wish);
      case "enum":
        return this.#member(raw, wish.type, wish);
      case "name":
        if (raw.kind === "name" && raw.path.segments.length === 1)
          return { value: raw.path.text, expression: undefined };
        return raw.kind === "string" ? typed(raw) : this.#mismatch(raw, wish);
      default:
        return this.#mismatch(raw, wish);
    }
  }

  #number(raw: RawNumber, wish: Wish): TypedScalar | undefined {
    const { value, dimension } = raw;
    const { type, subject } = wish;
    const isPlain = dimension === undefined || (dimension === "ratio" && type.is !== "count");
    if (!isPlain && wish.dimension === undefined) {
      const names = { subject, expected: `${describeType(type)}, without a unit`, found: describeRaw(raw) };
      this.#report("LV2101", names, raw);
      return undefined;
    }
    if (!isPlain && wish.dimension !== dimension) {
      const expected = describeDimension(wish.dimension);
      this.#report("LV2102", { subject, expected, found: dimension }, raw);
      return undefined;
    }
    const isWhole = raw.expression ? raw.isInteger : Number.isInteger(value);
    if (type.is === "count" && !isWhole) return this.#mismatch(raw, wish);
    const bounds = brokenBounds(value, type, wish.range);
    if (bounds !== undefined) {
      this.#report("LV2105", { subject, bounds, found: describeRaw(raw) }, raw);
      return undefined;
    }
    return typed(raw);
  }

  /**
   * A path, absolute unless it is a URL, in the cache, or relative to where the program will run. An empty one would be
   * the folder of the recipe, which nobody means.
   */
  #path(raw: RawText, { type, nullable, relativeTo, subject }: Wish): TypedScalar | undefined {
    const isEmpty = raw.value === "" && !raw.expression;
    const isFar = type.is === "path" && type.isLocal && isUrl(raw.value ?? "");
    if (isEmpty || isFar) {
      const found = isEmpty ? "an empty text" : "a URL";
      const folder = relativeTo ?? "folder of the recipe";
      const isHere = type.is === "path" ? [`For the ${folder} write \`"."\`.`] : [];
      const notes = isEmpty
        ? [...isHere, ...(nullable ? ["To do without, write `none`."] : [])]
        : ["Download it first, and name the place where it then lies."];
      this.#report("LV2113", { subject, found }, raw, { notes });
      return undefined;
    }
    if (relativeTo === "working directory") return typed(raw);
    const value = raw.value === undefined ? undefined : resolvePath(this.#host, raw.directory, raw.value);
    if (raw.kind === "path" && raw.expression?.kind === "parameter")
      return { value, expression: raw.expression };
    const expression: RuntimeExpression | undefined = raw.expression && {
      kind: "resolve",
      directory: raw.directory,
      path: raw.expression,
    };
    return { value, expression };
  }

  #secret({ secret }: RawSecret): TypedScalar | undefined {
    // What is wrong with a declaration is reported where it stands.
    const variable = variableOf(secret.declaration);
    return variable === undefined
      ? undefined
      : { value: undefined, expression: { kind: "secret", variable } };
  }

  /** Whatever stands there is not shown: it may be the secret itself. */
  #notSecret(raw: Raw, { subject }: Wish): undefined {
    const isText = raw.kind === "string" || raw.kind === "path";
    const found = isText ? "a string" : raw.kind === "name" ? "a name that is none" : describeRaw(raw);
    const notes = [
      'Declare it at the top of the file, `secret hub = env("HUB_TOKEN")`, and give its name: the program reads the variable when it runs.',
    ];
    this.#report("LV2101", { subject, expected: "the name of a secret", found }, raw, { notes });
    return undefined;
  }

  #member(raw: Raw, type: Extract<OptionType, { is: "enum" }>, wish: Wish): TypedScalar | undefined {
    if (raw.kind === "name") return this.#memberNamed(raw.path.text, raw, type, wish);
    if (raw.kind !== "string") return this.#mismatch(raw, wish);
    if (!raw.expression) return this.#memberNamed(raw.value ?? "", raw, type, wish);
    const strange = raw.members?.find((member) => !type.members.includes(member));
    if (raw.members && strange === undefined) return typed(raw);
    if (strange !== undefined) return this.#memberNamed(strange, raw, type, wish);
    const notes = [`Declare it with the names that it can be: \`${type.members.join(" | ")}\`.`];
    return this.#mismatch(raw, wish, { notes });
  }

  #memberNamed(
    found: string,
    raw: RawName | RawText,
    type: Extract<OptionType, { is: "enum" }>,
    { subject }: Wish,
  ): TypedScalar | undefined {
    if (type.members.includes(found)) return { value: found, expression: raw.expression };
    const foreign = Object.hasOwn(foreignValues, found) ? foreignValues[found] : undefined;
    const isMeant = foreign !== undefined && type.members.includes(foreign);
    const near = isMeant ? [foreign] : suggestionsFor(found, type.members);
    const notes = [...didYouMean(near), `It takes ${oneOfNames(type.members)}.`];
    const fixes = raw.declared ? [] : renameFixes(raw.place, near);
    this.#report("LV2106", { found, noun: type.noun ?? "value", subject }, raw, { notes, fixes });
    return undefined;
  }

  #mismatch(raw: Raw, { subject, type }: Wish, extra: Extra = {}): undefined {
    if (raw.kind === "call") {
      this.#report("LV2028", { name: raw.path.text }, raw);
      return undefined;
    }
    if (raw.kind === "secret") {
      reportSecret(raw, this.#diagnostics);
      return undefined;
    }
    const near = raw.kind === "name" ? valuesNear(raw) : [];
    const isText = ["string", "path", "url", "checkpoint"].includes(type.is);
    const isBare = isText && raw.kind === "name" && !raw.declared;
    const fixes =
      near.length > 0
        ? renameFixes(raw.place, near)
        : isBare
          ? [replacementFix(raw.place, JSON.stringify(raw.path.text), "Put it in quotes", "unsafe")]
          : isQuoted(raw, type)
            ? [replacementFix(raw.place, raw.value, "Remove the quotes", "safe")]
            : [];
    const found =
      raw.kind === "number" && raw.expression && !raw.isInteger
        ? "a number that may have a fraction"
        : describeRaw(raw);
    this.#report("LV2101", { subject, expected: describeType(type), found }, raw, {
      notes: didYouMean(near),
      fixes,
      ...extra,
    });
    return undefined;
  }

  #report<C extends MessageCode>(
    code: C,
    parameters: MessageParameters<Messages[C]>,
    raw: Raw,
    extra: Extra = {},
  ): void {
    const labels = raw.declared ? [labelAt(raw.declared, "its value comes from here")] : [];
    this.#diagnostics.report(code, parameters, raw.place, { ...extra, labels });
  }
}

/** Whether a value would be of the type without its quotes. */
function isQuoted(raw: Raw, { is }: OptionType): raw is RawText & { readonly value: string } {
  if (raw.kind !== "string" || raw.value === undefined || raw.declared || raw.expression) return false;
  if (is === "bool") return /^(?:true|false)$/.test(raw.value);
  return is === "count"
    ? /^\d+$/.test(raw.value)
    : /^(?:number|ratio)$/.test(is) && /^-?\d+(?:\.\d+)?(?:e-?\d+)?$/.test(raw.value);
}

const typed = (raw: Extract<Raw, { kind: "number" | "bool" | "string" | "path" }>): TypedScalar => ({
  value: raw.value,
  expression: raw.expression && expressionOf(raw),
});

/** Whether each value of a parameter's type fits an option's type. */
function isAssignable(from: OptionType, to: OptionType): boolean {
  if (from.is === "enum" && to.is === "enum") return from.members.every((one) => to.members.includes(one));
  const wider: Readonly<Record<string, readonly string[]>> = {
    number: ["count", "ratio"],
    string: ["path", "url", "checkpoint", "enum"],
    path: ["string", "checkpoint"],
    checkpoint: ["string", "path", "url"],
    name: ["string", "enum"],
  };
  return from.is === to.is || (wider[to.is]?.includes(from.is) ?? false);
}

/** An absolute path; URLs and paths in the cache stay as they are. */
export function resolvePath(host: Host, directory: string, text: string): string {
  return isPlacedElsewhere(text) ? text : host.resolve(directory, text);
}
