import type { RuntimeExpression, Scalar } from "../resolve/resolved.ts";
import { literal, objectKey, templateText } from "./literals.ts";
import { fromFolder, type Locations } from "./locations.ts";

/** What an expression may use of the program around it. */
export interface Scope {
  readonly locations: Locations;
  /** Imports a helper of the runtime and returns its name. */
  readonly use: (name: string) => string;
  /** The name of the function that resolves paths against the program's own folder. */
  readonly here: () => string;
}

type Arithmetic = Extract<RuntimeExpression, { kind: "arithmetic" }>;

/** How a value is computed from parameters, as TypeScript. */
export function printExpression(expression: RuntimeExpression, scope: Scope): string {
  switch (expression.kind) {
    case "constant":
      return literal(expression.value);
    case "parameter":
      return /^[A-Za-z_$]/.test(objectKey(expression.name))
        ? `params.${expression.name}`
        : `params[${objectKey(expression.name)}]`;
    case "arithmetic":
      return printArithmetic(expression, scope);
    case "text":
      return template(expression.parts, "", scope);
    case "join":
      return template(expression.parts, "/", scope);
    case "resolve": {
      const folder = fromFolder(scope.locations.outputFolder, expression.directory);
      return `${scope.here()}(${literal(folder)}, ${printExpression(expression.path, scope)})`;
    }
    case "lookup": {
      const entries = Object.entries(expression.map).map(
        ([key, value]) => `${objectKey(key)}: ${literal(value)}`,
      );
      return `${scope.use("choose")}(${printExpression(expression.key, scope)}, { ${entries.join(", ")} })`;
    }
    case "secret":
      return `${scope.use("secret")}(${literal(expression.variable)})`;
    case "environment": {
      const { name, type, otherwise } = expression;
      const rest = otherwise === undefined ? [] : [literal(otherwise)];
      return `${scope.use("environment")}(${[literal(name), parameterType(type), ...rest].join(", ")})`;
    }
  }
}

/** Parentheses only where the order of evaluation needs them. */
function printArithmetic({ operator, left, right }: Arithmetic, scope: Scope): string {
  const isProduct = (of: string) => of === "*" || of === "/";
  const operand = (expression: RuntimeExpression, isRight: boolean): string => {
    const text = printExpression(expression, scope);
    if (expression.kind === "constant" && typeof expression.value === "number" && expression.value < 0)
      return isRight ? `(${text})` : text;
    if (expression.kind !== "arithmetic") return text;
    const binds = isProduct(expression.operator);
    const needed = (isProduct(operator) && !binds) || (isRight && isProduct(operator) === binds);
    return needed ? `(${text})` : text;
  };
  return `${operand(left, false)} ${operator} ${operand(right, true)}`;
}

function template(parts: readonly RuntimeExpression[], separator: string, scope: Scope): string {
  const texts = parts.map((part) =>
    part.kind === "constant" && typeof part.value === "string"
      ? templateText(part.value)
      : `\${${printExpression(part, scope)}}`,
  );
  return `\`${texts.join(separator)}\``;
}

/** A parameter's type as the runtime's `parameters` takes it: a type's name or a list of literals. */
export function parameterType(type: { readonly is: string; readonly members?: readonly Scalar[] }): string {
  if (type.members) return `[${type.members.map(literal).join(", ")}]`;
  return literal(type.is === "name" ? "string" : type.is);
}
