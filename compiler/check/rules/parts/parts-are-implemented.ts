import type { Card } from "../../../../runtime/card.ts";
import { type ResolvedOptions, sectionsOf } from "../../../resolve/resolved.ts";
import { type Found, optionsIn, type Rule } from "../../rule.ts";

/** LV3050: the runtime has each component that the recipe names; one error for each that it lacks. */
export const partsAreImplemented: Rule = (recipe, report) => {
  const reported = new Set<Card>();
  for (const section of sectionsOf(recipe)) {
    const visit = (card: Card, about: Parameters<typeof report>[2]) => {
      if (card.implemented !== false || reported.has(card)) return;
      reported.add(card);
      report("LV3050", { kind: card.kind.replace("_", " "), name: card.name }, about);
    };
    visit(section.card, section.header ? [section.header] : []);
    for (const [card, found] of componentsIn(section.options, section)) visit(card, [found]);
  }
};

/** The components among values, at any depth. */
function* componentsIn(
  options: ResolvedOptions,
  section: Found["section"],
): Iterable<readonly [Card, Found]> {
  for (const [name, value] of options) {
    if (value.kind === "component") yield [value.card, { name, value, section }];
    const inner = optionsIn(value);
    if (inner) yield* componentsIn(inner, section);
  }
}
