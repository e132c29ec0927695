import { type DocumentSymbol, SymbolKind } from "vscode-languageserver";
import { type Block, type Declaration, type Item, isMissing, type Span } from "../../../grammar/index.ts";
import type { Analysis } from "../analysis.ts";
import { rangeOf } from "../text.ts";

const kinds: Readonly<Record<Declaration["kind"], SymbolKind>> = {
  param: SymbolKind.Variable,
  secret: SymbolKind.Key,
  let: SymbolKind.Constant,
  fragment: SymbolKind.Interface,
  recipe: SymbolKind.Class,
};

/** The outline: declarations, the sections inside of them, and their keys. */
export function documentSymbols({ tree, source }: Analysis): readonly DocumentSymbol[] {
  const symbol = (
    name: string,
    detail: string,
    kind: SymbolKind,
    whole: Span,
    selection: Span,
    children: readonly DocumentSymbol[] = [],
  ): DocumentSymbol => ({
    name,
    detail,
    kind,
    range: rangeOf(source, whole),
    selectionRange: rangeOf(source, selection),
    children: [...children],
  });
  const inside = (block: Block | undefined): readonly DocumentSymbol[] => (block?.items ?? []).flatMap(item);
  function item(one: Item): readonly DocumentSymbol[] {
    if (one.kind === "entry" && !isMissing(one.key))
      return [
        symbol(
          one.key.text,
          shortened(source.slice(one.value.span)),
          SymbolKind.Property,
          one.span,
          one.key.span,
        ),
      ];
    if (one.kind === "section" && !isMissing(one.sectionKind)) {
      const detail = one.label?.text ?? "";
      return [
        symbol(
          one.sectionKind.text,
          detail,
          SymbolKind.Module,
          one.span,
          one.sectionKind.span,
          inside(one.block),
        ),
      ];
    }
    return [];
  }
  return tree.declarations
    .filter(({ name }) => !isMissing(name))
    .map((declaration) => {
      const { kind, name, span } = declaration;
      const children = "block" in declaration ? inside(declaration.block) : [];
      return symbol(name.text, detailOf(declaration), kinds[kind], span, name.span, children);
    });
}

function detailOf(declaration: Declaration): string {
  switch (declaration.kind) {
    case "fragment":
      return `fragment for ${declaration.target.text}`;
    case "recipe":
      return declaration.base ? `recipe extends ${declaration.base.text}` : "recipe";
    default:
      return declaration.kind;
  }
}

const shortened = (text: string): string => {
  const line = text.replace(/\s+/g, " ");
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
};
