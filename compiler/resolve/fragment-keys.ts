import { type Block, type Fragment, isMissing, type Name } from "../../grammar/index.ts";
import type { Option, Options } from "../../runtime/card.ts";
import { type Catalog, isSectionKind, type SectionKind } from "../catalog/index.ts";
import { type DiagnosticCollector, didYouMean, suggestionsFor } from "../diagnostics/index.ts";
import { isOwnKind } from "../own/index.ts";
import { type Declared, placeIn, renameFixes } from "../program/index.ts";

/** What a block may be of, as long as no recipe says it. */
interface Candidates {
  readonly options: readonly Options[];
  /** Whether a component of the user's own may have other keys: only slips of known ones are told then. */
  readonly isOpen: boolean;
}

/**
 * Reports keys of fragments that no component has. Which component a fragment is for, only the recipe says that uses
 * it, and there its values are checked: this is for fragments that nothing uses, as in a file that recipes import.
 */
export function reportUnknownKeys(
  unused: readonly Declared<Fragment>[],
  catalog: Catalog,
  diagnostics: DiagnosticCollector,
): void {
  for (const { declaration, file } of unused) {
    const { target, block } = declaration;
    if (target.text === "recipe") {
      for (const item of block.items) {
        if (item.kind !== "section" || !item.block || !isSectionKind(item.sectionKind.text)) continue;
        check(item.block, ofSection(item.sectionKind.text));
      }
    } else if (isSectionKind(target.text)) check(block, ofSection(target.text));

    function check(inside: Block, { options, isOpen }: Candidates): void {
      for (const item of inside.items) {
        if (item.kind !== "entry" && item.kind !== "section") continue;
        const name = item.kind === "entry" ? item.key : item.sectionKind;
        if (isMissing(name)) continue;
        const having = options.flatMap((one) =>
          Object.hasOwn(one, name.text) ? (one[name.text] ?? []) : [],
        );
        if (having.length === 0) reportKey(name, options, isOpen);
        else if (item.kind === "section" && item.block) {
          const inner = insideOf(having);
          if (inner) check(item.block, inner);
        }
      }
    }

    function reportKey(name: Name, options: readonly Options[], isOpen: boolean): void {
      const near = suggestionsFor(name.text, new Set(options.flatMap((one) => Object.keys(one))));
      if (near.length === 0 && isOpen) return;
      const names = { key: name.text, owner: `anything that \`${declaration.name.text}\` can be used in` };
      const more = { notes: didYouMean(near), fixes: renameFixes(name, near) };
      diagnostics.report("LV2009", names, placeIn(file, name), more);
    }
  }

  function ofSection(kind: SectionKind): Candidates {
    // Data of the user's own have the options of their format.
    const cards = [...catalog.ofKind(kind), ...(kind === "dataset" ? catalog.ofKind("format") : [])];
    return { options: cards.map(({ options }) => options), isOpen: isOwnKind(kind) };
  }

  /** What a block may be of that has one of these options' names; undefined where its keys are the user's. */
  function insideOf(having: readonly Option[]): Candidates | undefined {
    const types = having.map(({ type }) => type);
    if (types.some(({ is }) => is === "map")) return undefined;
    const components = new Set(types.flatMap((type) => (type.is === "component" ? [type.of] : [])));
    const cards = [...components].flatMap((kind) => catalog.ofKind(kind));
    const blocks = types.flatMap((type) => (type.is === "block" ? [type.options] : []));
    const options = [...blocks, ...cards.map((card) => card.options)];
    return options.length === 0 ? undefined : { options, isOpen: components.size > 0 };
  }
}
