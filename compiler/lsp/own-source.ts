import { type Node, pathTo } from "../../grammar/index.ts";
import type { Card } from "../../runtime/card.ts";
import { isSectionKind } from "../catalog/index.ts";
import { isOwnCard, isOwnProcessorKind, type OwnPlace, ownProcessorKinds } from "../own/index.ts";
import type { Analysis } from "./analysis.ts";
import { cardsOf } from "./places.ts";

/** What owns the keys from a node of a path on: the node's place in it, and its card. */
interface Owner {
  readonly at: number;
  readonly card: Card;
}

/**
 * The TypeScript of what is under the cursor: the property of an option's key, and `create` for the name and the file
 * of a component of the user's own.
 */
export function ownSource(analysis: Analysis, offset: number): OwnPlace | undefined {
  const nodes = pathTo(analysis.tree, offset);
  const [leaf, parent] = [nodes.at(-1), nodes.at(-2)];
  const owner = ownerOf(nodes, analysis);
  if (!leaf || !owner || !isOwnCard(owner.card)) return undefined;
  const { create, options } = owner.card.own;
  const holder = nodes[owner.at];
  const isNamed = parent?.kind === "path" && nodes.at(-3) === holder;
  const isFile = holder?.kind === "section" && holder.from !== undefined && nodes.includes(holder.from);
  if (isNamed || isFile) return create;
  const keys = nodes.slice(owner.at + 1).flatMap((node) => keyOf(node) ?? []);
  const isKey = parent && keyOf(parent) === leaf;
  return isKey ? options.get(keys.map(({ text }) => text).join(".")) : undefined;
}

/** The innermost component around: a value, or a section of the recipe. */
function ownerOf(nodes: readonly Node[], analysis: Analysis): Owner | undefined {
  for (let at = nodes.length - 1; at >= 0; at--) {
    const node = nodes[at];
    const name = node?.kind === "call" ? node.callee : node?.kind === "reference" ? node.path : undefined;
    const [value] = ownProcessorKinds.flatMap(
      (kind) => (name && analysis.catalog.get(kind, name.text)) ?? [],
    );
    if (value) return { at, card: value };
    if (node?.kind !== "section" || nodes[at - 2]?.kind !== "recipe") continue;
    const { sectionKind, label } = node;
    const recipe = nodes[at - 2];
    if (isOwnProcessorKind(sectionKind.text)) {
      const declared = label && analysis.catalog.get(sectionKind.text, label.text);
      return declared && { at, card: declared };
    }
    if (!isSectionKind(sectionKind.text)) return undefined;
    const around = recipe?.kind === "recipe" ? recipe.name.text : undefined;
    const [card, ...others] = cardsOf(sectionKind.text, label, around, analysis).cards;
    return card && others.length === 0 ? { at, card } : undefined;
  }
  return undefined;
}

/** The key that a node is the value, the block or the argument of. */
function keyOf(node: Node) {
  if (node.kind === "entry") return node.key;
  if (node.kind === "section") return node.sectionKind;
  return node.kind === "argument" ? node.name : undefined;
}
