import type { OptionType } from "../../runtime/card.ts";
import type { Catalog } from "../catalog/index.ts";
import { isName } from "./names.ts";
import { quote } from "./values.ts";
import type { EnvironmentReference, TextParts } from "./yaml/interpolation.ts";
import type { YamlNode } from "./yaml/tree.ts";

/** What a reference to the environment becomes: `param data_root: string = env("DATA_ROOT", "/data")`. */
interface Parameter {
  readonly name: string;
  readonly reference: EnvironmentReference;
  /** Of the option that it is given to; a part of a text is a text. */
  type: "string" | "number" | "count" | "ratio" | "bool";
  /** Some notes hold references that no value has. */
  isUsed: boolean;
}

/** The parameters of a recipe-to-be, made from the environment variables that its YAML refers to. */
export class Parameters {
  readonly #parts: ReadonlyMap<YamlNode, TextParts>;
  readonly #byReference = new Map<string, Parameter>();
  readonly #names = new Set<string>();

  constructor(parts: ReadonlyMap<YamlNode, TextParts>, catalog: Catalog) {
    this.#parts = parts;
    // A parameter hides a component of its name.
    const taken = new Set(catalog.all().map(({ name }) => name));
    for (const part of [...parts.values()].flat()) {
      if (typeof part === "string" || this.#byReference.has(idOf(part))) continue;
      const name = freeName(part.variable.toLowerCase(), (one) => taken.has(one) || this.#names.has(one));
      this.#names.add(name);
      this.#byReference.set(idOf(part), { name, reference: part, type: "string", isUsed: false });
    }
  }

  /** Whether a bare name would stand for a parameter. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** The pieces of a scalar that refers to the environment. */
  partsOf(node: YamlNode): TextParts | undefined {
    return this.#parts.get(node);
  }

  /** The pieces as an expression; a lone reference takes the type of the option that it is given to. */
  write(parts: TextParts, type: OptionType): string {
    const [only, ...others] = parts;
    if (only && others.length === 0 && typeof only !== "string") {
      const parameter = this.#parameter(only);
      if (type.is === "number" || type.is === "count" || type.is === "ratio" || type.is === "bool")
        parameter.type = type.is;
      return parameter.name;
    }
    const pieces = parts.map((part) =>
      typeof part === "string" ? quote(part).slice(1, -1) : `\${${this.#parameter(part).name}}`,
    );
    return `"${pieces.join("")}"`;
  }

  /** The declarations. */
  declarations(): readonly string[] {
    const used = [...this.#byReference.values()].filter(({ isUsed }) => isUsed);
    return used.map(({ name, reference: { variable, otherwise }, type }) => {
      const value = otherwise === undefined ? "" : `, ${type === "string" ? quote(otherwise) : otherwise}`;
      return `param ${name}: ${type} = env(${quote(variable)}${value})\n`;
    });
  }

  #parameter(reference: EnvironmentReference): Parameter {
    const found = this.#byReference.get(idOf(reference));
    if (!found) throw new Error(`the variable ${reference.variable} was not declared`);
    found.isUsed = true;
    return found;
  }
}

const idOf = ({ variable, otherwise }: EnvironmentReference): string => `${variable} ${otherwise ?? ""}`;

function freeName(wanted: string, isTaken: (name: string) => boolean): string {
  const base = isName(wanted) ? wanted : `env_${wanted}`;
  let name = base;
  for (let at = 2; isTaken(name); at++) name = `${base}_${at}`;
  return name;
}
