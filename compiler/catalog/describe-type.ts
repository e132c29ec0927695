import type { Dimension, OptionType } from "../../runtime/card.ts";
import { oneOfNames } from "../diagnostics/suggestions.ts";

/** A type in words, for messages: "an integer from 0 on", "one of `cuda` or `cpu`". */
export function describeType(type: OptionType): string {
  switch (type.is) {
    case "number":
      return "a number";
    case "count":
      return "an integer from 0 on";
    case "ratio":
      return "a number from 0 to 1";
    case "bool":
      return "true or false";
    case "string":
      return "a string in quotes";
    case "name":
      return "a name";
    case "path":
      return "a path in quotes";
    case "url":
      return "a URL in quotes";
    case "checkpoint":
      return "a path or URL in quotes";
    case "secret":
      return "a secret";
    case "enum":
      return oneOfNames(type.members);
    case "list":
      return `a list, each ${describeType(type.of)}`;
    case "component":
      return `a ${type.of}`;
    case "block":
      return "a block of options";
    case "map":
      return "a block of named entries";
  }
}

/** A dimension as people name its quantities. */
export function describeDimension(dimension: Dimension | undefined): string {
  return dimension ?? "plain numbers";
}
