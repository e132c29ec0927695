import { literal } from "../emit/literals.ts";
import { type CardName, type Origin, type Place, plainValue, type Resolved } from "../resolve/resolved.ts";

/** A card as people name it: "task captioning", "model blip_caption.base_coco", "run". */
export function describeCard({ kind, name, variant }: CardName): string {
  const title = variant === undefined ? name : `${name}.${variant}`;
  return kind === name ? kind : `${kind} ${title}`;
}

/** A place as people find it: `recipes/caption.lavis:12`. */
function describePlace({ source, span }: Place): string {
  return `${source.path}:${source.positionAt(span.start).line}`;
}

/** Where a value came from, in words. */
export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case "recipe":
      return origin.inherited
        ? `recipe ${origin.recipe}, ${describePlace(origin.place)}`
        : describePlace(origin.place);
    case "fragment":
      return `fragment ${origin.fragment}, ${describePlace(origin.place)}`;
    case "default":
      return `default of ${describeCard(origin.card)}`;
    case "follows":
      return `follows ${origin.path}, by default of ${describeCard(origin.card)}`;
    case "set":
      return `--set ${origin.text}`;
    case "parameter":
      return `-p ${origin.text}`;
  }
}

/** A value as a recipe would say it: `none`, `[val, test]`, `"a picture of "`, `blip_image_eval`. */
export function describeValue(resolved: Resolved): string {
  switch (resolved.kind) {
    case "scalar":
      return describeScalar(plainValue(resolved), resolved.type.is);
    case "list":
      return `[${resolved.elements.map(describeValue).join(", ")}]`;
    case "component":
      return resolved.card.name;
    case "block":
    case "map":
      return "{ … }";
  }
}

/** A scalar as a recipe would say it. */
export function describeScalar(value: unknown, type: Resolved["type"]["is"]): string {
  if (value === undefined) return "(given when the program runs)";
  if (value === null) return "none";
  if (typeof value === "number") return literal(value);
  const isBare = type === "enum" || type === "name";
  return typeof value === "string" && !isBare ? JSON.stringify(value) : String(value);
}
