import type { Option, OptionType } from "../../../runtime/card.ts";

/** Which bounds a number breaks, in words; undefined where none. */
export function brokenBounds(
  value: number | undefined,
  type: OptionType,
  range: Option["range"] = {},
): string | undefined {
  if (value === undefined) return undefined;
  const floor = type.is === "count" || type.is === "ratio" ? 0 : undefined;
  const min = range.min ?? (range.above === undefined ? floor : undefined);
  const max = range.max ?? (type.is === "ratio" && range.below === undefined ? 1 : undefined);
  const { above, below } = range;
  const isBroken =
    (min !== undefined && value < min) ||
    (max !== undefined && value > max) ||
    (above !== undefined && value <= above) ||
    (below !== undefined && value >= below);
  if (!isBroken) return undefined;
  const lower = min !== undefined ? `at least ${min}` : above !== undefined ? `above ${above}` : undefined;
  const upper = max !== undefined ? `at most ${max}` : below !== undefined ? `below ${below}` : undefined;
  return [lower, upper].filter((bound) => bound !== undefined).join(" and ");
}
