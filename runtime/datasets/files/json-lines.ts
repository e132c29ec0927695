import { UserError } from "../../errors.ts";
import { readLines } from "./lines.ts";

/**
 * Gives the value of each line of a file to `take`, with the line's number; empty lines are passed over.
 *
 * @throws UserError that names the line at fault
 */
export function readJsonLines(path: string, take: (value: unknown, line: number) => void): Promise<void> {
  return readLines(path, (line, number) => {
    if (line.trim() !== "") take(parseLine(line, `${path} line ${number}`), number);
  });
}

function parseLine(line: string, origin: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    const hint = line.trimStart().startsWith("[")
      ? "a file that is one JSON list is read with `from karpathy`"
      : "each line must be one JSON object: mend the line, or take it out";
    throw new UserError(`${origin} is not JSON: ${(cause as Error).message}`, hint, { cause });
  }
}
