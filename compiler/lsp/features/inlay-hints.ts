/** What a section has without saying so, shown behind its name: `schedule constant_lr { ‹init_lr = 1e-5, …›`. */

import { type InlayHint, InlayHintKind } from "vscode-languageserver";
import { type Block, type Recipe, type Section, type Span, visit } from "../../../grammar/index.ts";
import { isSectionKind } from "../../catalog/index.ts";
import { describeOrigin, describeValue } from "../../explain/index.ts";
import { type Origin, type PartialRecipe, type ResolvedSection, sectionsOf } from "../../resolve/resolved.ts";
import type { Analysis } from "../analysis.ts";
import { takenKeys } from "../places.ts";
import { positionOf } from "../text.ts";

/**
 * Which values are shown: those that come from elsewhere (a base recipe, a fragment, another card, another option),
 * every one that is not written there, or none.
 */
export type HintMode = "inherited" | "all" | "off";

/** So many values are named in a hint; its tooltip has all. */
const maxShown = 4;

/** The hints of the recipes in a stretch of the document. */
export function inlayHints(analysis: Analysis, range: Span, mode: HintMode): readonly InlayHint[] {
  if (mode === "off") return [];
  const hints: InlayHint[] = [];
  visit(analysis.tree, {
    fragment: () => false,
    recipe: (recipe) => {
      if (recipe.span.end < range.start || recipe.span.start > range.end) return false;
      const resolved = analysis.recipes.find(({ place }) => place.span.start === recipe.name.span.start);
      if (resolved) hints.push(...hintsOf(analysis, recipe, resolved, mode));
      return false;
    },
  });
  return hints;
}

function hintsOf(analysis: Analysis, recipe: Recipe, resolved: PartialRecipe, mode: HintMode): InlayHint[] {
  const hints: InlayHint[] = [];
  const written = new Set<ResolvedSection>();
  for (const item of recipe.block.items) {
    const section = item.kind === "section" ? sectionOf(resolved, item) : undefined;
    if (!section || item.kind !== "section") continue;
    written.add(section);
    const lines = valuesNotWritten(section, item.block, mode);
    if (lines.length > 0) hints.push(hintAt(analysis, endOfHead(item), lines));
  }
  const silent = sectionsOf(resolved).filter((section) => !written.has(section) && section.kind !== "run");
  const heads = silent.map(({ kind, label, variant, origin }) => ({
    text: `${kind} ${label}${variant === undefined ? "" : `.${variant}`}`,
    from: describeOrigin(origin),
  }));
  if (heads.length > 0 && recipe.block.span.end > recipe.block.span.start)
    hints.push(hintAt(analysis, recipe.block.span.start + 1, heads));
  return hints;
}

function sectionOf(resolved: PartialRecipe, { sectionKind, label }: Section): ResolvedSection | undefined {
  if (!isSectionKind(sectionKind.text)) return undefined;
  const same = sectionsOf(resolved).filter(({ kind }) => kind === sectionKind.text);
  return sectionKind.text === "dataset" && label ? same.find((one) => one.label === label.text) : same[0];
}

/** Behind the opening brace, or behind the name where there is none. */
function endOfHead({ block, span }: Section): number {
  return block ? Math.min(block.span.start + 1, block.span.end) : span.end;
}

interface HintLine {
  readonly text: string;
  readonly from: string;
}

function valuesNotWritten(
  section: ResolvedSection,
  block: Block | undefined,
  mode: HintMode,
): readonly HintLine[] {
  const taken = block ? takenKeys(block, undefined) : new Set<string>();
  return [...section.options].flatMap(([name, value]) => {
    if (taken.has(name) || value.kind === "block" || value.kind === "map") return [];
    if (mode === "inherited" && isOwnDefault(value.origin, section)) return [];
    return [{ text: `${name} = ${describeValue(value)}`, from: describeOrigin(value.origin) }];
  });
}

/** A default that the section's own card states, for all or for the variant. */
const isOwnDefault = (origin: Origin, { card }: ResolvedSection): boolean =>
  origin.kind === "default" && origin.card.kind === card.kind && origin.card.name === card.name;

function hintAt({ source }: Analysis, offset: number, lines: readonly HintLine[]): InlayHint {
  const shown = lines.slice(0, maxShown).map(({ text }) => text);
  const more = lines.length > maxShown ? [`… ${lines.length - maxShown} more`] : [];
  const table = lines.map(({ text, from }) => `- \`${text}\` — ${from}`).join("\n");
  return {
    position: positionOf(source, offset),
    label: [...shown, ...more].join(", "),
    kind: InlayHintKind.Parameter,
    paddingLeft: true,
    tooltip: { kind: "markdown", value: table },
  };
}
