import { createReadStream } from "node:fs";
import { isSystemError, UserError } from "../../errors.ts";

const lineFeed = 0x0a;

/**
 * Gives each line of a UTF-8 file to `take`, with its number from 1 on; a few lines are held at a time.
 *
 * @throws UserError where the file cannot be read, and what `take` throws
 */
export async function readLines(path: string, take: (line: string, number: number) => void): Promise<void> {
  let number = 0;
  /** The start of a line that goes on in the next chunk. */
  let started: Buffer[] = [];
  const end = (last: Buffer) => {
    const line = Buffer.concat([...started, last]).toString("utf8");
    started = [];
    number++;
    take((number === 1 ? line.replace(/^\ufeff/, "") : line).replace(/\r$/, ""), number);
  };
  for await (const chunk of readChunks(path)) {
    let from = 0;
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, from)) {
      end(chunk.subarray(from, at));
      from = at + 1;
    }
    if (from < chunk.length) started.push(chunk.subarray(from));
  }
  if (started.length > 0) end(Buffer.alloc(0));
}

/** The bytes of a file in pieces of a megabyte. @throws UserError where it cannot be read */
export async function* readChunks(path: string): AsyncGenerator<Buffer, void, void> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) yield chunk as Buffer;
  } catch (cause) {
    throw readingError(path, cause);
  }
}

/** What went wrong when a file was read: the user's to mend where the system refused it. */
export function readingError(path: string, cause: unknown): unknown {
  if (!isSystemError(cause)) return cause;
  const reasons: Record<string, string> = { ENOENT: "there is no such file", EISDIR: "it is a folder" };
  const reason = reasons[cause.code ?? ""] ?? cause.message;
  return new UserError(`cannot read ${path}: ${reason}`, undefined, { cause });
}
