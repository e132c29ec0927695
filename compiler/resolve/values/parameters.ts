import { docText, type Expression, type Param, type TypeExpression } from "../../../grammar/index.ts";
import type { OptionType } from "../../../runtime/card.ts";
import { programFlags } from "../../../runtime/program-flags.card.ts";
import { type DiagnosticCollector, didYouMean, labelAt, suggestionsFor } from "../../diagnostics/index.ts";
import { type Declared, type Host, placeIn, renameFixes } from "../../program/index.ts";
import type { ParameterType, Place, ResolvedParameter, RuntimeExpression, Scalar } from "../resolved.ts";
import type { Evaluator } from "./evaluate.ts";
import type { Raw, Scope } from "./raw.ts";
import { ScalarTyper, type TypedScalar } from "./scalars.ts";
import { readTextValue } from "./text-values.ts";

/** The types that a parameter can have, by their names in recipes. */
export const scalarTypes = [
  "number",
  "count",
  "ratio",
  "bool",
  "string",
  "path",
  "url",
  "checkpoint",
] as const;
type ScalarTypeName = (typeof scalarTypes)[number];

/** How other languages call them. */
const foreignTypes: Readonly<Record<string, ScalarTypeName>> = {
  float: "number",
  double: "number",
  int: "count",
  integer: "count",
  boolean: "bool",
  str: "string",
  text: "string",
  file: "path",
};

/** Names of flags that every program has. */
const reservedNames: readonly string[] = [...Object.keys(programFlags), "help"];

const isScalarType = (text: string): text is ScalarTypeName =>
  (scalarTypes as readonly string[]).includes(text);

/** Reads the declarations of parameters, each once. */
export class ParameterReader {
  readonly #host: Host;
  readonly #diagnostics: DiagnosticCollector;
  readonly #evaluator: Evaluator;
  readonly #typer: ScalarTyper;
  readonly #given: ReadonlyMap<string, string>;
  readonly #read = new Map<Param, ResolvedParameter | undefined>();
  /** Names become flags of one program, so each has one declaration. */
  readonly #places = new Map<string, Place>();

  constructor(
    host: Host,
    diagnostics: DiagnosticCollector,
    evaluator: Evaluator,
    given: ReadonlyMap<string, string>,
  ) {
    this.#host = host;
    this.#diagnostics = diagnostics;
    this.#evaluator = evaluator;
    this.#typer = new ScalarTyper(host, diagnostics);
    this.#given = given;
  }

  /** The parameter with its type and value; undefined where they are wrong, which is reported. */
  read(declared: Declared<Param>): ResolvedParameter | undefined {
    const { declaration } = declared;
    if (!this.#read.has(declaration)) this.#read.set(declaration, this.#resolve(declared));
    return this.#read.get(declaration);
  }

  /** The parameter as a value in an expression. */
  value(declared: Declared<Param>): Raw {
    const parameter = this.read(declared);
    const base = {
      place: placeIn(declared.file, declared.declaration.name),
      directory: declared.file.directory,
    };
    if (!parameter) return { kind: "invalid", ...base };
    const { name, type, value, nullable, dimension } = parameter;
    const expression: RuntimeExpression = { kind: "parameter", name };
    const common = { ...base, expression, mayBeNone: nullable };
    if (value === null) return { kind: "none", type, ...common };
    switch (type.is) {
      case "number":
      case "count":
      case "ratio":
        return {
          kind: "number",
          value: numberOrUnknown(value),
          dimension: type.is === "ratio" ? "ratio" : dimension,
          isInteger: type.is === "count",
          ...common,
        };
      case "bool":
        return { kind: "bool", value: typeof value === "boolean" ? value : undefined, ...common };
      case "path":
      case "checkpoint":
        return { kind: "path", value: textOrUnknown(value), ...common };
      default: {
        const members = type.is === "enum" ? type.members : undefined;
        return { kind: "string", value: textOrUnknown(value), members, ...common };
      }
    }
  }

  #resolve({ declaration, file }: Declared<Param>): ResolvedParameter | undefined {
    const name = declaration.name.text;
    const place = placeIn(file, declaration.name);
    const other = this.#places.get(name);
    if (other) {
      this.#diagnostics.report("LV2031", { name }, place, { labels: [labelAt(other, "the other one")] });
      return undefined;
    }
    this.#places.set(name, place);
    if (reservedNames.includes(name)) {
      this.#diagnostics.report("LV2034", { name, flag: `--${name.replaceAll("_", "-")}` }, place);
      return undefined;
    }
    const type = declaration.type && this.#type(declaration.type, file);
    if (!type) return undefined;
    const nullable = declaration.type?.optional ?? false;
    const { default: written } = declaration;
    const stated = written && this.#default(name, written, type, nullable, file);
    if (written && !stated) return undefined;
    const dimension = stated?.dimension;
    const base = { name, docs: docText(declaration), type, nullable, dimension, place };
    const text = this.#given.get(name);
    if (text === undefined) {
      const at = written ? placeIn(file, written) : place;
      const origin = { kind: "recipe", recipe: name, inherited: false, place: at } as const;
      return { ...base, value: stated?.value, expression: stated?.expression, origin };
    }
    const given = this.#fromCommandLine(name, text, { type, nullable, dimension });
    return given && { ...base, ...given };
  }

  #fromCommandLine(
    name: string,
    text: string,
    { type, nullable, dimension }: ParameterType,
  ): Pick<ResolvedParameter, "value" | "expression" | "origin"> | undefined {
    const whole = `${name}=${text}`;
    const read = readTextValue(`-p ${whole}`, whole, name.length + 1, type, this.#diagnostics);
    if (!read) return undefined;
    const scope: Scope = { source: read.source, directory: this.#host.workingDirectory, names: new Map() };
    const raw = this.#evaluator.evaluate(read.expression, scope);
    const typed = this.#typer.type(raw, { type, dimension, nullable, subject: `parameter \`${name}\`` });
    const origin = { kind: "parameter", text: whole, place: raw.place } as const;
    return typed && { value: typed.value, expression: undefined, origin };
  }

  #default(
    name: string,
    written: Expression,
    type: OptionType,
    nullable: boolean,
    scope: Scope,
  ): (TypedScalar & { readonly dimension: ParameterType["dimension"] }) | undefined {
    const subject = `the default of \`${name}\``;
    if (written.kind === "call" && written.callee.text === "env" && !isTextual(type))
      return this.#environmentDefault(
        name,
        written.arguments[0]?.value,
        written.arguments[1]?.value,
        type,
        nullable,
        scope,
      );
    const raw = this.#evaluator.evaluate(written, scope, { environment: true, parameters: false });
    const isNumeric = raw.kind === "number" && raw.dimension !== "ratio";
    const dimension = isNumeric ? raw.dimension : undefined;
    const typed = this.#typer.type(raw, { type, dimension, nullable, subject });
    return typed && { ...typed, dimension };
  }

  /** `env("NAME", default)` for a parameter that is no text: the variable is read as the parameter's type. */
  #environmentDefault(
    name: string,
    variable: Expression | undefined,
    otherwise: Expression | undefined,
    type: OptionType,
    nullable: boolean,
    scope: Scope,
  ): (TypedScalar & { readonly dimension: ParameterType["dimension"] }) | undefined {
    const raw = variable && this.#evaluator.evaluate(variable, scope);
    if (raw?.kind !== "string" || raw.value === undefined || raw.expression) {
      const problem = '`env` takes the name of a variable and perhaps a default: `env("NAME", 4)`';
      const place = raw?.place ?? { source: scope.source, span: variable?.span ?? { start: 0, end: 0 } };
      this.#diagnostics.report("LV2111", { problem }, place);
      return undefined;
    }
    const fallback = otherwise && this.#default(name, otherwise, type, nullable, scope);
    if (otherwise && !fallback) return undefined;
    const expression: RuntimeExpression = {
      kind: "environment",
      name: raw.value,
      type,
      otherwise: fallback?.value,
    };
    const dimension = fallback?.dimension;
    const text = this.#host.environment(raw.value);
    if (text === undefined) return { value: fallback?.value, expression, dimension };
    const label = `$${raw.value}`;
    const read = readTextValue(label, text, 0, type, this.#diagnostics);
    if (!read) return undefined;
    const inText: Scope = { source: read.source, directory: scope.directory, names: new Map() };
    const value = this.#evaluator.evaluate(read.expression, inText);
    const typed = this.#typer.type(value, { type, dimension, nullable, subject: `the variable ${label}` });
    return typed && { value: typed.value, expression, dimension };
  }

  /** A scalar type, or a union of literals. */
  #type(written: TypeExpression, scope: Scope): OptionType | undefined {
    const members = written.members.map((member) =>
      member.kind === "name"
        ? member.text
        : member.parts.map((part) => (part.kind === "string-text" ? part.value : "")).join(""),
    );
    const [only] = written.members;
    if (members.length === 1 && only?.kind === "name") {
      const name = only.text;
      if (isScalarType(name)) return { is: name };
      if (name !== "") {
        const foreign = Object.hasOwn(foreignTypes, name) ? foreignTypes[name] : undefined;
        const near = foreign === undefined ? suggestionsFor(name, scalarTypes) : [foreign];
        const fixes = renameFixes(only, near);
        this.#diagnostics.report("LV2110", { name }, placeIn(scope, only), {
          notes: didYouMean(near),
          fixes,
        });
      }
      return undefined;
    }
    const scalar = written.members.find((member) => member.kind === "name" && isScalarType(member.text));
    if (scalar) {
      const name = members.join(" | ");
      this.#diagnostics.report("LV2110", { name }, placeIn(scope, written), {
        notes: ["A union is of literals only; `?` behind a type adds `none`."],
      });
      return undefined;
    }
    return { is: "enum", members };
  }
}

const isTextual = (type: OptionType): boolean => ["string", "path", "url", "checkpoint"].includes(type.is);

const numberOrUnknown = (value: Scalar | undefined): number | undefined =>
  typeof value === "number" ? value : undefined;

const textOrUnknown = (value: Scalar | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;
