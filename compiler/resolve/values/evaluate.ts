import {
  type Call,
  constantText,
  type Expression,
  type Let,
  type NumberLiteral,
  type Param,
  type Reference,
  type StringLiteral,
} from "../../../grammar/index.ts";
import { type Unit, units } from "../../../runtime/card.ts";
import { type DiagnosticCollector, didYouMean, labelAt, suggestionsFor } from "../../diagnostics/index.ts";
import { type Declared, type Host, placeIn, renameFixes } from "../../program/index.ts";
import type { ResolvedParameter, RuntimeExpression } from "../resolved.ts";
import { combine, joinText } from "./arithmetic.ts";
import { ValueLimits } from "./limits.ts";
import { ParameterReader } from "./parameters.ts";
import { describeRaw, type Raw, type Scope, valuesNear } from "./raw.ts";
import { reportSecret } from "./secrets.ts";

/** What may stand in an expression beside constants, lets and functions. */
export interface Allowed {
  /** `env(…)`: only in parameters and secrets. */
  readonly environment: boolean;
  /** Parameters: everywhere but in the defaults of parameters. */
  readonly parameters: boolean;
}

const inRecipes: Allowed = { environment: false, parameters: true };
const functions = ["env", "file"];
/** A let may use another, that a third one, … this many times before one of them has its value. */
const maxOpenLets = 200;

/** Evaluates the expressions of a program. Lets and parameters are evaluated once. */
export class Evaluator {
  readonly #host: Host;
  readonly #diagnostics: DiagnosticCollector;
  readonly #parameters: ParameterReader;
  readonly #limits: ValueLimits;
  readonly #lets = new Map<Let, Raw>();
  /** The lets that are being evaluated, outermost first. */
  readonly #open: Let[] = [];

  /** `given` are the values of parameters from the command line, as written, by name. */
  constructor(host: Host, diagnostics: DiagnosticCollector, given: ReadonlyMap<string, string>) {
    this.#host = host;
    this.#diagnostics = diagnostics;
    this.#limits = new ValueLimits(diagnostics);
    this.#parameters = new ParameterReader(host, diagnostics, this, given);
  }

  /** The parameter of a declaration; undefined where its type is wrong. */
  parameter(declared: Declared<Param>): ResolvedParameter | undefined {
    return this.#parameters.read(declared);
  }

  /** The value of a let, with where it stands. */
  let(declared: Declared<Let>): Raw {
    return this.#let(declared, inRecipes);
  }

  /** The value of an expression; a name that stands for no declaration stays a name. */
  evaluate(expression: Expression, scope: Scope, allowed: Allowed = inRecipes): Raw {
    return this.#limits.check(this.#evaluate(expression, scope, allowed));
  }

  #evaluate(expression: Expression, scope: Scope, allowed: Allowed): Raw {
    const base = { place: placeIn(scope, expression), directory: scope.directory };
    switch (expression.kind) {
      case "number":
        return this.#number(expression, scope);
      case "string":
        return this.#string(expression, scope, allowed);
      case "boolean":
        return { kind: "bool", value: expression.value, ...base };
      case "none":
        return { kind: "none", ...base };
      case "list": {
        const elements = expression.elements.map((element) => this.evaluate(element, scope, allowed));
        return { kind: "list", elements, ...base };
      }
      case "parenthesized":
        return this.evaluate(expression.expression, scope, allowed);
      case "binary": {
        const left = this.#operand(expression.left, scope, allowed);
        const right = this.#operand(expression.right, scope, allowed);
        return combine(expression, left, right, base.place, this.#diagnostics);
      }
      case "reference":
        return this.#reference(expression, scope, allowed);
      case "call":
        return this.#call(expression, scope, allowed);
      case "missing":
        return { kind: "invalid", ...base };
    }
  }

  /** Reports a name that stands for nothing. */
  #reportUnknownName(raw: Extract<Raw, { kind: "name" }>): void {
    const near = valuesNear(raw);
    const notes =
      near.length > 0
        ? didYouMean(near)
        : [`Declare it: \`let ${raw.path.text} = …\`. A text stands in quotes.`];
    const fixes = renameFixes(raw.path, near);
    this.#diagnostics.report("LV2001", { name: raw.path.text }, raw.place, { notes, fixes });
  }

  /** A value that cannot be a mere name. */
  #operand(expression: Expression, scope: Scope, allowed: Allowed): Raw {
    const raw = this.evaluate(expression, scope, allowed);
    if (raw.kind === "call") this.#diagnostics.report("LV2028", { name: raw.path.text }, raw.place);
    else if (raw.kind === "name") this.#reportUnknownName(raw);
    else if (raw.kind === "secret") reportSecret(raw, this.#diagnostics);
    else return raw;
    return { kind: "invalid", place: raw.place, directory: raw.directory };
  }

  #number({ value, unit, span }: NumberLiteral, scope: Scope): Raw {
    const base = { place: { source: scope.source, span }, directory: scope.directory };
    // The parser has said that it is no number.
    if (!Number.isFinite(value)) return { kind: "invalid", ...base };
    if (!unit)
      return { kind: "number", value, dimension: undefined, isInteger: Number.isInteger(value), ...base };
    if (!Object.hasOwn(units, unit.text)) {
      const near = suggestionsFor(unit.text, Object.keys(units));
      const fixes = renameFixes(unit, near);
      this.#diagnostics.report("LV2103", { unit: unit.text }, placeIn(scope, unit), {
        notes: didYouMean(near),
        fixes,
      });
      return { kind: "invalid", ...base };
    }
    const { dimension, scale } = units[unit.text as Unit];
    const scaled = value * scale;
    return { kind: "number", value: scaled, dimension, isInteger: Number.isInteger(scaled), ...base };
  }

  #string(literal: StringLiteral, scope: Scope, allowed: Allowed): Raw {
    const base = { place: placeIn(scope, literal), directory: scope.directory };
    const constant = constantText(literal);
    if (constant !== undefined) return { kind: "string", value: constant, ...base };
    const parts = literal.parts.map((part) => {
      if (part.kind === "string-text")
        return {
          kind: "string",
          value: part.value,
          place: placeIn(scope, part),
          directory: scope.directory,
        } as const;
      const raw = this.#operand(part.expression, scope, allowed);
      if (raw.kind === "string" || raw.kind === "path" || raw.kind === "number" || raw.kind === "bool")
        return raw;
      if (raw.kind !== "invalid")
        this.#diagnostics.report("LV2112", { found: describeRaw(raw) }, placeIn(scope, part));
      return undefined;
    });
    const known = parts.filter((part) => part !== undefined);
    if (known.length < parts.length) return { kind: "invalid", ...base };
    return joinText(known, base.place, scope.directory);
  }

  #reference(reference: Reference, scope: Scope, allowed: Allowed): Raw {
    const { path } = reference;
    const base = { place: placeIn(scope, reference), directory: scope.directory };
    const declared = path.segments.length === 1 ? scope.names.get(path.text) : undefined;
    if (!declared && scope.lostNames?.has(path.text)) return { kind: "invalid", ...base };
    if (!declared) return { kind: "name", path, scope, ...base };
    const { declaration, file } = declared;
    const here = { place: base.place, declared: placeIn(file, declaration.name) };
    switch (declaration.kind) {
      case "let":
        return { ...this.#let({ declaration, file }, allowed), ...here };
      case "param": {
        if (!allowed.parameters) {
          this.#diagnostics.report("LV2030", { name: path.text }, base.place);
          return { kind: "invalid", ...base };
        }
        return { ...this.#parameters.value({ declaration, file }), ...here };
      }
      case "secret":
        return { kind: "secret", secret: { declaration, file }, ...here, directory: scope.directory };
      default: {
        const labels = [labelAt(here.declared, "declared here")];
        const what = declaration.kind;
        this.#diagnostics.report("LV2032", { name: path.text, what }, base.place, { labels });
        return { kind: "invalid", ...base };
      }
    }
  }

  #let({ declaration, file }: Declared<Let>, allowed: Allowed): Raw {
    const known = this.#lets.get(declaration);
    if (known) {
      if (!allowed.parameters) this.#forbidParameters(known);
      return known;
    }
    const place = placeIn(file, declaration.name);
    const start = this.#open.indexOf(declaration);
    if (start >= 0) {
      const cycle = [...this.#open.slice(start), declaration].map(({ name }) => name.text).join(" → ");
      this.#diagnostics.report("LV2029", { name: declaration.name.text, cycle }, place);
      return { kind: "invalid", place, directory: file.directory };
    }
    if (this.#open.length >= maxOpenLets) {
      const limit = { what: `the lets that \`${declaration.name.text}\` is needed for`, limit: maxOpenLets };
      this.#diagnostics.report("LV2060", limit, place);
      return { kind: "invalid", place, directory: file.directory };
    }
    this.#open.push(declaration);
    const raw = this.evaluate(declaration.value, file);
    this.#open.pop();
    this.#lets.set(declaration, raw);
    if (!allowed.parameters) this.#forbidParameters(raw);
    return raw;
  }

  /** In a parameter's default, a let may not bring another parameter in. */
  #forbidParameters(raw: Raw): void {
    const [name] = raw.expression ? parametersIn(raw.expression) : [];
    if (name !== undefined) this.#diagnostics.report("LV2030", { name }, raw.place);
  }

  #call(call: Call, scope: Scope, allowed: Allowed): Raw {
    const base = { place: placeIn(scope, call), directory: scope.directory };
    const name = call.callee.text;
    if (!functions.includes(name))
      return { kind: "call", path: call.callee, arguments: call.arguments, scope, ...base };
    const [first, second, ...others] = call.arguments;
    const text = first && !first.name ? this.#operand(first.value, scope, allowed) : undefined;
    if (text?.kind === "invalid") return { kind: "invalid", ...base };
    const isWellFormed =
      text?.kind === "string" && !second?.name && others.length === 0 && (name === "env" || !second);
    if (!isWellFormed) {
      const problem =
        name === "env"
          ? '`env` takes the name of a variable and perhaps a default: `env("NAME", "default")`'
          : '`file` takes one path: `file("data/vocabulary.txt")`';
      this.#diagnostics.report("LV2111", { problem }, base.place);
      return { kind: "invalid", ...base };
    }
    if (name === "file") return { ...text, ...base, kind: "path" };
    if (!allowed.environment) {
      this.#diagnostics.report("LV2027", {}, base.place);
      return { kind: "invalid", ...base };
    }
    const otherwise = second && this.#operand(second.value, scope, allowed);
    if (otherwise?.kind === "invalid") return otherwise;
    if (otherwise && otherwise.kind !== "string") {
      const found = describeRaw(otherwise);
      this.#diagnostics.report(
        "LV2101",
        { subject: "the default of `env` inside of an expression", expected: "a string in quotes", found },
        otherwise.place,
      );
      return { kind: "invalid", ...base };
    }
    const variable = text.value ?? "";
    const expression: RuntimeExpression = {
      kind: "environment",
      name: variable,
      type: { is: "string" },
      otherwise: otherwise?.value,
    };
    const value = this.#host.environment(variable) ?? otherwise?.value;
    return { kind: "string", value, expression, ...base };
  }
}

/** The names of the parameters that an expression depends on. */
export function parametersIn(expression: RuntimeExpression): readonly string[] {
  return leavesOf(expression).flatMap((leaf) => (leaf.kind === "parameter" ? [leaf.name] : []));
}

/** The parts of an expression that are computed from no others, in order. */
export function leavesOf(expression: RuntimeExpression): readonly RuntimeExpression[] {
  switch (expression.kind) {
    case "arithmetic":
      return [...leavesOf(expression.left), ...leavesOf(expression.right)];
    case "text":
    case "join":
      return expression.parts.flatMap(leavesOf);
    case "resolve":
      return leavesOf(expression.path);
    case "lookup":
      return leavesOf(expression.key);
    case "constant":
    case "parameter":
    case "environment":
    case "secret":
      return [expression];
  }
}
