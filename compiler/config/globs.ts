/**
 * Whether a path (with `/`, relative to the configuration's folder) is matched by a pattern: `*` is any name,
 * `?` any character of one, `**` any folders, `{a,b}` either; a pattern without `/` matches names at any depth,
 * and one that names a folder all that is in it.
 */
export function matchesGlob(path: string, pattern: string): boolean {
  const trimmed = pattern.replace(/^\.\//, "").replace(/\/$/, "");
  const anchored = trimmed.includes("/") ? trimmed : `**/${trimmed}`;
  return expressionOf(anchored).test(path);
}

function expressionOf(pattern: string): RegExp {
  const parts = pattern.replace(/^\//, "").match(/\*\*\/|\*\*|\*|\?|\{[^{}/]*\}|[^*?{]+|\{/g) ?? [];
  const source = parts.map((part) => {
    if (part === "**/") return "(?:[^/]+/)*";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    if (part.startsWith("{") && part.endsWith("}"))
      return `(?:${part.slice(1, -1).split(",").map(escapeText).join("|")})`;
    return escapeText(part);
  });
  return new RegExp(`^${source.join("")}(?:/.*)?$`);
}

const escapeText = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
