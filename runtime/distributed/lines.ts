import type { Socket } from "node:net";

/** A line as it comes in: anything that JSON has. */
export type Line = Readonly<Record<string, unknown>>;

/**
 * Calls `handle` with each line of JSON objects that a socket receives; `refuse` with what is wrong where it
 * receives anything else, after which nothing more is handled.
 */
export function readLines(
  socket: Socket,
  limit: () => number,
  handle: (line: Line) => void,
  refuse: (problem: string) => void,
): void {
  let rest: Buffer = Buffer.alloc(0);
  const stop = (problem: string): void => {
    socket.off("data", take);
    refuse(problem);
  };
  const take = (chunk: Buffer): void => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (!socket.destroyed) {
      const end = rest.indexOf(0x0a);
      if ((end < 0 ? rest.length : end) > limit()) return void stop("a line that is too long");
      if (end < 0) return;
      const value = parseObject(rest.subarray(0, end).toString("utf8"));
      rest = rest.subarray(end + 1);
      if (value === undefined) return void stop("something that is no JSON object");
      handle(value);
    }
  };
  socket.on("data", take);
}

function parseObject(text: string): Line | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Line) : undefined;
  } catch {
    return undefined;
  }
}
