import { describeCard } from "../explain/origin.ts";
import type { Origin, Place, Resolved } from "../resolve/resolved.ts";
import { placeFromRecipe } from "./locations.ts";

/**
 * The card whose default a whole value is, or `undefined` where some of it comes from elsewhere. Options that
 * are defaults stand together below one comment.
 */
export function defaultCard(value: Resolved): string | undefined {
  if (value.kind === "block" || value.kind === "map") {
    const inner = [...(value.kind === "block" ? value.options : value.entries).values()].map(defaultCard);
    const [first] = inner;
    return inner.every((card) => card === first) ? first : undefined;
  }
  return value.origin.kind === "default" ? describeCard(value.origin.card) : undefined;
}

/** Where a value came from, for the comment behind it; `undefined` where the recipe itself says it. */
export function originComment(origin: Origin, recipe: Place): string | undefined {
  switch (origin.kind) {
    case "recipe":
      return origin.inherited
        ? `recipe ${origin.recipe}, ${placeFromRecipe(origin.place, recipe)}`
        : undefined;
    case "fragment":
      return `fragment ${origin.fragment}, ${placeFromRecipe(origin.place, recipe)}`;
    case "follows":
      return `follows ${origin.path}`;
    case "set":
      return `--set ${origin.text}`;
    case "parameter":
      return `-p ${origin.text}`;
    case "default":
      return `default of ${describeCard(origin.card)}`;
  }
}
