import ts from "typescript";

/** What a module of JavaScript imports: as it loads, and with `import()` when it needs it. */
export function importsOf(text: string): { readonly always: string[]; readonly onDemand: string[] } {
  const file = ts.createSourceFile("module.js", text, ts.ScriptTarget.ESNext, false, ts.ScriptKind.JS);
  const always: string[] = [];
  const onDemand: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier))
        always.push(node.moduleSpecifier.text);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (specifier && ts.isStringLiteral(specifier)) onDemand.push(specifier.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { always, onDemand };
}
