/** How a table is printed: for a terminal, or for a page of documentation. */
export type Format = "text" | "markdown";

/** A table whose first line is its head; the first `labels` columns are words, the others numbers. */
export function formatTable(lines: readonly (readonly string[])[], labels: number, format: Format): string {
  const [head = []] = lines;
  if (format === "markdown") {
    const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
    const rule = line(head.map((_, column) => (column < labels ? "---" : "--:")));
    return [line(head), rule, ...lines.slice(1).map(line)].join("\n");
  }
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return column < labels ? cell.padEnd(width) : cell.padStart(width);
  };
  return lines.map((line) => line.map(pad).join("  ").trimEnd()).join("\n");
}
