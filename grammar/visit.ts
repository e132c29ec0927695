import type { Node, NodeKind, NodeOf } from "./tree.ts";

/** What to do on entering a node of a kind; `false` leaves out what is inside it. */
export type Visitor = { readonly [K in NodeKind]?: (node: NodeOf<K>) => unknown };

/** Walks a tree in the order of the text, calling the visitor's function for each node's kind. */
export function visit(root: Node, visitor: Visitor): void {
  const enter = visitor[root.kind] as ((node: Node) => unknown) | undefined;
  if (enter?.(root) === false) return;
  for (const child of childrenOf(root)) visit(child, visitor);
}

/** The nodes directly inside a node, in the order of the text. Comments are no children. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case "file": {
      const members = [...present(node.version), ...node.imports, ...node.declarations, ...node.broken];
      return members.sort((a, b) => a.span.start - b.span.start);
    }
    case "version":
      return [node.number];
    case "import":
      return [...node.names, node.from];
    case "param":
      return [node.name, ...present(node.type), ...present(node.default)];
    case "secret":
    case "let":
      return [node.name, node.value];
    case "fragment":
      return [node.name, node.target, node.block];
    case "recipe":
      return [node.name, ...present(node.base), node.block];
    case "block":
      return node.items;
    case "use":
      return [node.fragment];
    case "remove":
      return [node.target, ...present(node.label)];
    case "entry":
      return [node.key, node.value];
    case "section":
      return [node.sectionKind, ...present(node.label), ...present(node.from), ...present(node.block)];
    case "path":
      return node.segments;
    case "type":
      return node.members;
    case "number":
      return present(node.unit);
    case "string":
      return node.parts;
    case "interpolation":
    case "parenthesized":
      return [node.expression];
    case "list":
      return node.elements;
    case "reference":
      return [node.path];
    case "call":
      return [node.callee, ...node.arguments];
    case "argument":
      return [...present(node.name), node.value];
    case "binary":
      return [node.left, node.right];
    case "broken":
    case "name":
    case "string-text":
    case "boolean":
    case "none":
    case "missing":
      return [];
  }
}

/** The innermost node whose span holds an offset (its end included), and those around it, outermost first. */
export function pathTo(root: Node, offset: number): readonly Node[] {
  const path: Node[] = [];
  let node: Node | undefined = root;
  while (node !== undefined) {
    path.push(node);
    node = childrenOf(node).findLast((child) => child.span.start <= offset && offset <= child.span.end);
  }
  return path;
}

function present<N extends Node>(node: N | undefined): readonly N[] {
  return node === undefined ? [] : [node];
}
