/**
 * What a plain scalar means to LAVIS: YAML 1.1 as PyYAML's safe loader reads it, with the two changes of
 * OmegaConf's loader (omegaconf/_utils.py): a float needs no point before its exponent, and there are no dates.
 */

export type ScalarValue = string | number | boolean | null;

const nullPattern = /^(?:~|null|Null|NULL|)$/;
const boolPattern = /^(?:(yes|Yes|YES|true|True|TRUE|on|On|ON)|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const intPattern =
  /^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const floatPattern =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** The value of a scalar that has neither quotes nor a tag. */
export function plainScalar(text: string): ScalarValue {
  if (nullPattern.test(text)) return null;
  const bool = boolPattern.exec(text);
  if (bool) return bool[1] !== undefined;
  if (intPattern.test(text)) return integer(text);
  if (floatPattern.test(text)) return float(text);
  return text;
}

/** The value of a scalar with one of YAML's own tags (`!!int "3"`); undefined where it is none of that type. */
export function taggedScalar(tag: string, text: string): ScalarValue | undefined {
  const value = plainScalar(text);
  switch (tag) {
    case "str":
      return text;
    case "null":
      return null;
    case "bool":
      return typeof value === "boolean" ? value : undefined;
    case "int":
    case "float":
      return typeof value === "number" ? value : undefined;
    default:
      return undefined;
  }
}

function integer(text: string): number {
  const digits = text.replaceAll("_", "").replace(/^[-+]/, "");
  const size = /^0[xb]/.test(digits)
    ? Number(digits)
    : digits.includes(":")
      ? sexagesimal(digits)
      : /^0./.test(digits)
        ? Number.parseInt(digits, 8)
        : Number(digits);
  return text.startsWith("-") ? -size : size;
}

function float(text: string): number {
  const digits = text.replaceAll("_", "").replace(/^[-+]/, "").toLowerCase();
  if (digits === ".nan") return Number.NaN;
  const size =
    digits === ".inf"
      ? Number.POSITIVE_INFINITY
      : digits.includes(":")
        ? sexagesimal(digits)
        : Number(digits);
  return text.startsWith("-") ? -size : size;
}

/** `1:30` is 90: numbers to base 60. */
const sexagesimal = (digits: string): number =>
  digits.split(":").reduce((sum, part) => 60 * sum + Number(part), 0);
