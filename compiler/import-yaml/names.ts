import { statementWords } from "../../grammar/index.ts";
import type { Card, ComponentKind } from "../../runtime/card.ts";
import type { Catalog } from "../catalog/index.ts";

/** Whether a text can stand as a bare name. */
export const isName = (text: string): boolean =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !statementWords.includes(text);

/** The name under which LAVIS registers what a card describes. */
const registeredName = ({ name, lavisName }: Card): string => lavisName ?? name;

/** The card of a kind that LAVIS registers under a name. */
export const cardFor = (catalog: Catalog, kind: ComponentKind, name: string): Card | undefined =>
  catalog.ofKind(kind).find((card) => registeredName(card) === name);

/** The names under which LAVIS registers the components of a kind. */
export const registeredNames = (catalog: Catalog, kind: ComponentKind): readonly string[] =>
  catalog.ofKind(kind).map(registeredName);

/** The variant of a card that LAVIS's name stands for. */
export const variantFor = ({ variants = {} }: Card, name: string): string | undefined =>
  Object.entries(variants).find(([key, { lavisName }]) => (lavisName ?? key) === name)?.[0];

/** LAVIS's names of a card's variants. */
export const variantNames = ({ variants = {} }: Card): readonly string[] =>
  Object.entries(variants).map(([key, { lavisName }]) => lavisName ?? key);

/** The default that a card, or a model's variant, states for an option; undefined where it follows another. */
export function statedDefault(
  { options, variants }: Card,
  variant: string | undefined,
  key: string,
): unknown {
  const own = Object.hasOwn(options, key) ? options[key]?.default : undefined;
  const varied = variant === undefined ? undefined : variants?.[variant]?.options[key];
  return varied ?? (own && "value" in own ? own.value : undefined);
}

/** A recipe's name made from a file's: `finetune-db-dog` becomes `finetune_db_dog`. */
export function recipeName(stem: string): string {
  const words = stem
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .replace(/^_+|_+$/g, "");
  if (words === "") return "imported";
  return isName(words) ? words : `recipe_${words}`;
}
