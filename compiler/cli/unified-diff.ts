/** A line of a diff: kept, removed, or added. */
interface Change {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

const contextLines = 3;

/** The difference of two texts in the unified format; empty where they are equal. */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return "";
  const changes = diffLines(linesOf(before), linesOf(after));
  const hunks = groupChanges(changes).map(([start, end]) => hunkText(changes, start, end));
  return `--- ${path}\n+++ ${path}\n${hunks.join("")}`;
}

/** The lines of a text; the last one says so where no line break ends it. */
function linesOf(text: string): string[] {
  const lines = text.split("\n");
  const rest = lines.pop() ?? "";
  return rest === "" ? lines : [...lines, `${rest}\n\\ No newline at end of file`];
}

/** The shortest edit script by the longest common subsequence of lines: O(n·m), for files of people's size. */
function diffLines(before: readonly string[], after: readonly string[]): Change[] {
  const [n, m] = [before.length, after.length];
  const width = m + 1;
  // common[i · width + j]: the length of the longest common subsequence of before[i..] and after[j..].
  const common = new Uint32Array((n + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--)
      common[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const changes: Change[] = [];
  let [i, j] = [0, 0];
  while (i < n || j < m) {
    if (i < n && j < m && before[i] === after[j]) {
      changes.push({ sign: " ", text: before[i++] ?? "" });
      j++;
    } else if (i < n && (j === m || at(i + 1, j) >= at(i, j + 1)))
      changes.push({ sign: "-", text: before[i++] ?? "" });
    else changes.push({ sign: "+", text: after[j++] ?? "" });
  }
  return changes;
}

/** Stretches of changes with their context; those that would touch are one. */
function groupChanges(changes: readonly Change[]): (readonly [start: number, end: number])[] {
  const groups: [number, number][] = [];
  changes.forEach(({ sign }, at) => {
    if (sign === " ") return;
    const start = Math.max(0, at - contextLines);
    const end = Math.min(changes.length, at + contextLines + 1);
    const open = groups.at(-1);
    if (open && start <= open[1]) open[1] = end;
    else groups.push([start, end]);
  });
  return groups;
}

function hunkText(changes: readonly Change[], start: number, end: number): string {
  const count = (from: readonly Change[], without: Change["sign"]) =>
    from.filter(({ sign }) => sign !== without).length;
  const head = changes.slice(0, start);
  const body = changes.slice(start, end);
  const range = (without: "+" | "-") => `${count(head, without) + 1},${count(body, without)}`;
  const lines = body.map(({ sign, text }) => `${sign}${text}\n`);
  return `@@ -${range("+")} +${range("-")} @@\n${lines.join("")}`;
}
