import { isMissing, type Name, visit } from "../../grammar/index.ts";
import type { Declared, SourceFile } from "../program/index.ts";

/** A place where the name of a declaration stands. */
export interface Occurrence {
  readonly name: Name;
  readonly declared: Declared;
  readonly role: "declaration" | "import" | "use";
}

/**
 * Every place of a file where the name of a declaration stands, its own and imported ones, in order: where it
 * is declared, imported, used, extended, and where it is a value.
 */
export function occurrencesIn(file: SourceFile): readonly Occurrence[] {
  const found: Occurrence[] = [];
  const add = (name: Name, role: Occurrence["role"]): void => {
    const declared = isMissing(name) ? undefined : file.names.get(name.text);
    if (declared) found.push({ name, declared, role });
  };
  const declare = (node: { readonly name: Name }) => add(node.name, "declaration");
  visit(file.tree, {
    import: (node) => {
      for (const name of node.names) add(name, "import");
    },
    param: declare,
    secret: declare,
    let: declare,
    fragment: declare,
    recipe: (node) => {
      declare(node);
      if (node.base) add(node.base, "use");
    },
    use: (node) => add(node.fragment, "use"),
    reference: ({ path }) => {
      const [first] = path.segments;
      if (first && path.segments.length === 1) add(first, "use");
    },
  });
  return found;
}

/** The occurrence at an offset, its end included. */
export function occurrenceAt(file: SourceFile, offset: number): Occurrence | undefined {
  return occurrencesIn(file).find(({ name }) => name.span.start <= offset && offset <= name.span.end);
}

/**
 * Whether two declarations are one: files that are read through several programs are parsed for each, so they
 * are told by where they stand.
 */
export function isSame(a: Declared, b: Declared): boolean {
  return a.file.path === b.file.path && a.declaration.name.span.start === b.declaration.name.span.start;
}
