import { resolve } from "node:path";
import { type Dimension, isPlacedElsewhere, type Unit, units } from "./card.ts";
import { UserError } from "./errors.ts";
import { describeType } from "./options.ts";
import { programFlags } from "./program-flags.card.ts";
import { nearest } from "./suggestion.ts";

/** The scalar types of a parameter; a list of strings is a union of those names. */
export type ParameterType =
  | "number"
  | "count"
  | "ratio"
  | "bool"
  | "string"
  | "path"
  | "url"
  | "checkpoint"
  | readonly (string | number | boolean)[];

/** The value of a parameter. */
export type Value = string | number | boolean | null;

export interface Parameter {
  readonly type: ParameterType;
  /**
   * The value when the command line gives none; absent: the command line must give one. A function is asked
   * only then: it may read the environment.
   */
  readonly default?: Value | (() => Value);
  /** Whether `none` is a value. */
  readonly nullable?: true;
  /** What a number measures; the command line may then carry its unit (`--crop 384px`). */
  readonly dimension?: Dimension;
  /** The least value of a `number`, in its dimension's base unit. */
  readonly min?: number;
  readonly doc?: string;
}

export type Parameters = Readonly<Record<string, Parameter>>;

type Scalar<T extends ParameterType> = T extends "number" | "count" | "ratio"
  ? number
  : T extends "bool"
    ? boolean
    : T extends readonly (infer M)[]
      ? M
      : string;

/** The values of parameters, by name. */
export type ValuesOf<P extends Parameters> = {
  readonly [K in keyof P]: Scalar<P[K]["type"]> | (P[K] extends { readonly nullable: true } ? null : never);
};

/** The values of the flags that every program has. */
export type ProgramFlags = ValuesOf<typeof programFlags>;

/** What a command line asked for: values, or the help text. */
export type Parsed<P extends Parameters> =
  | { readonly help: string }
  | { readonly values: ValuesOf<P & typeof programFlags> };

/**
 * Reads flags such as `--peak-lr 3e-5`, `--peak-lr=3e-5`, `--amp` and `--no-amp` (underscores work as well).
 * Throws {@link UserError} for an unknown flag, a value that does not fit, and a required one left out.
 */
export function parseArguments<const P extends Parameters>(
  parameters: P,
  argv: readonly string[],
  program = "run.js",
): Parsed<P> {
  for (const name of Object.keys(parameters)) {
    if (name in programFlags || name === "help")
      throw new UserError(`parameter ${name} has the name of a flag that every program has`, "rename it");
  }
  const known: Parameters = { ...parameters, ...programFlags };
  if (argv.includes("--help") || argv.includes("-h")) return { help: helpText(known, program) };

  const values = new Map<string, Value>();
  for (let at = 0; at < argv.length; at++) {
    const { name, negated, inline } = splitFlag(argv[at] ?? "", known);
    const parameter = known[name];
    if (!parameter) throw unknownFlag(argv[at] ?? "", known);
    let text = inline;
    if (text === undefined && parameter.type === "bool") {
      const next = argv[at + 1];
      if (!negated && (next === "true" || next === "false")) at++;
      text = negated ? "false" : next === "false" ? "false" : "true";
    } else if (text === undefined) {
      text = argv[++at];
      if (text === undefined) throw new UserError(`${flag(name)} needs a value`, describe(parameter));
    }
    values.set(name, parseValue(flag(name), parameter, text));
  }
  for (const [name, parameter] of Object.entries(known)) {
    if (values.has(name)) continue;
    if (parameter.default === undefined)
      throw new UserError(`${flag(name)} is required`, `${describe(parameter)}: ${parameter.doc ?? name}`);
    values.set(name, typeof parameter.default === "function" ? parameter.default() : parameter.default);
  }
  // Each value was read as its parameter's type, or is the parameter's own default.
  return { values: Object.fromEntries(values) as ValuesOf<P & typeof programFlags> };
}

/**
 * The values of a recipe's parameters, from the command line of this process. `--help` prints the flags and
 * ends the process. So does a mistake, with a message and exit code 2, also one that a component finds in
 * the values while the recipe is put together.
 */
export function parameters<const P extends Parameters>(
  declared: P,
  argv: readonly string[] = process.argv.slice(2),
): ValuesOf<P> {
  const all: Readonly<Record<string, unknown>> = readOrExit(declared, argv);
  // The recipe is put together before the event loop goes on.
  process.once("uncaughtException", endWithMistake);
  setImmediate(() => process.off("uncaughtException", endWithMistake));
  return Object.fromEntries(Object.keys(declared).map((name) => [name, all[name]])) as ValuesOf<P>;
}

/**
 * The program's own flags. With `strict`, a flag that is not among them is an error: so for a recipe without
 * parameters; otherwise {@link parameters} has read the others.
 */
export function readProgramFlags(
  { strict }: { readonly strict: boolean },
  argv: readonly string[] = process.argv.slice(2),
): ProgramFlags {
  const names = Object.keys(programFlags).map(flag);
  const isOwn = (word = ""): boolean => names.includes(word.replaceAll("_", "-"));
  const own = argv.filter((word, at) => isOwn(word.split("=")[0]) || isOwn(argv[at - 1]));
  return readOrExit({}, strict ? argv : own);
}

function readOrExit<const P extends Parameters>(
  declared: P,
  argv: readonly string[],
): ValuesOf<P & typeof programFlags> {
  try {
    const parsed = parseArguments(declared, argv);
    if ("values" in parsed) return parsed.values;
    process.stdout.write(parsed.help);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return endWithMistake(error);
  }
}

function endWithMistake(error: unknown): never {
  if (error instanceof UserError) {
    process.stderr.write(`error: ${error.message}\n${error.hint ? `  ${error.hint}\n` : ""}`);
    process.exit(2);
  }
  console.error(error);
  process.exit(1);
}

const flag = (name: string): string => `--${name.replaceAll("_", "-")}`;

function splitFlag(
  word: string,
  known: Parameters,
): { readonly name: string; readonly negated: boolean; readonly inline: string | undefined } {
  if (!word.startsWith("--"))
    throw new UserError(
      `unexpected argument ${JSON.stringify(word)}`,
      "flags start with --; --help lists them",
    );
  const equals = word.indexOf("=");
  const name = word.slice(2, equals < 0 ? undefined : equals).replaceAll("-", "_");
  const inline = equals < 0 ? undefined : word.slice(equals + 1);
  const positive = name.replace(/^no_/, "");
  const negated = !(name in known) && known[positive]?.type === "bool" && inline === undefined;
  return { name: negated ? positive : name, negated, inline };
}

function unknownFlag(word: string, known: Parameters): UserError {
  const near = nearest(word.split("=")[0] ?? word, Object.keys(known).map(flag));
  return new UserError(
    `unknown flag ${word.split("=")[0]}`,
    near ? `did you mean ${near}?` : "--help lists the flags",
  );
}

function parseValue(where: string, parameter: Parameter, text: string): Value {
  if (parameter.nullable && text === "none") return null;
  const fail = (): never => {
    throw new UserError(`${where} is ${JSON.stringify(text)}, but it must be ${describe(parameter)}`);
  };
  const { type } = parameter;
  if (typeof type !== "string") return type.find((member) => String(member) === text) ?? fail();
  switch (type) {
    case "number": {
      const value = parseQuantity(text, parameter.dimension);
      return value !== undefined && value >= (parameter.min ?? value) ? value : fail();
    }
    case "count": {
      const value = parseQuantity(text, parameter.dimension);
      return value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : fail();
    }
    case "ratio": {
      const value = parseQuantity(text, "ratio");
      return value !== undefined && value >= 0 && value <= 1 ? value : fail();
    }
    case "bool":
      return text === "true" ? true : text === "false" ? false : fail();
    case "path":
    case "checkpoint":
      return isPlacedElsewhere(text) ? text : resolve(text);
    case "string":
    case "url":
      return text;
  }
}

/**
 * The value of an environment variable, read as `type`. Without `otherwise` it must be set: throws
 * {@link UserError} where it is not, and where its text does not fit.
 */
export function environment<const T extends ParameterType, const D extends Value = never>(
  name: string,
  type: T,
  otherwise?: D,
): Scalar<T> | D {
  const text = process.env[name];
  // `parseValue` reads a text as the type that it is told, and none is not a value here.
  if (text !== undefined) return parseValue(`the environment variable ${name}`, { type }, text) as Scalar<T>;
  if (otherwise !== undefined) return otherwise;
  throw new UserError(
    `the environment variable ${name} is not set`,
    `set it to ${describe({ type })}, or give the flag`,
  );
}

/** The value that `map` has for `key`, for options that depend on a parameter. Throws {@link UserError} if none. */
export function choose<const V extends Value>(key: Value, map: Readonly<Record<string, V>>): V {
  const value = Object.hasOwn(map, String(key)) ? map[String(key)] : undefined;
  if (value === undefined)
    throw new UserError(
      `there is no value for ${JSON.stringify(key)}`,
      `it must be one of ${Object.keys(map).join(", ")}`,
    );
  return value;
}

/** A number as recipes write them (`57_600`, `2e-5`, `384px`), in the base unit of its dimension. */
function parseQuantity(text: string, dimension: Dimension | undefined): number | undefined {
  const match = /^([+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[+-]?\d+)?)([a-zA-Z%]*)$/i.exec(text);
  if (!match) return undefined;
  const [, digits = "", unit = ""] = match;
  const value = Number(digits.replaceAll("_", ""));
  if (unit === "") return value;
  if (!Object.hasOwn(units, unit)) return undefined;
  const known = units[unit as Unit];
  return known.dimension === dimension ? value * known.scale : undefined;
}

function describe({ type, nullable, dimension, min }: Parameter): string {
  const named = typeof type === "string" ? describeType({ is: type }) : `one of ${type.join(", ")}`;
  const base = min === undefined ? named : `${named} ≥ ${min}`;
  const measured = dimension && dimension !== "ratio" ? `${base} (${dimension})` : base;
  return nullable ? `${measured}, or none` : measured;
}

/** What the exit codes of a program mean (train/launch/judge.ts, train/control.ts). */
const exitCodesHelp = `Exit codes: 0 done, 1 failed, 2 wrong flags, 124 a process of the run hung, 128 + n signal n killed one.
Stopped with a checkpoint to go on from: 129 by SIGHUP, 130 by SIGINT (ctrl-C), 143 by SIGTERM or SIGUSR1.
`;

function helpText(known: Parameters, program: string): string {
  const rows = Object.entries(known).map(([name, parameter]) => {
    const standard = parameter.default;
    const state =
      standard === undefined
        ? "required"
        : `default ${typeof standard === "function" ? "from the environment" : (standard ?? "none")}`;
    return [flag(name), `${describe(parameter)} [${state}]`, parameter.doc ?? ""] as const;
  });
  const width = Math.max("--help".length, ...rows.map(([name]) => name.length)) + 2;
  const lines = rows.flatMap(([name, type, doc]) => [
    `  ${name.padEnd(width)}${type}`,
    ...doc
      .split("\n")
      .filter(Boolean)
      .map((line) => `  ${"".padEnd(width)}${line.trim()}`),
  ]);
  const help = `  ${"--help".padEnd(width)}this list`;
  return `Usage: node ${program} [flags]\n\n${lines.join("\n")}\n${help}\n\n${exitCodesHelp}`;
}
