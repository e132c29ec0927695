import { dirname, relative, sep } from "node:path";

/** The innermost folder that folders, given by absolute paths, have in common; "" where there are none. */
export function commonFolder([first = "", ...others]: readonly string[]): string {
  return others.reduce((common, one) => {
    let at = common;
    while (relative(at, one).split(sep)[0] === "..") at = dirname(at);
    return at;
  }, first);
}

/** The order of files by their paths, for `sort`: the same on every machine. */
export const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
  a.path < b.path ? -1 : 1;
