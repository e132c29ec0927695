import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { isSystemError, UserError } from "../../errors.ts";
import { notUtf8 } from "./utf8.ts";

const lineFeed = 0x0a;

/**
 * Gives each line of a UTF-8 file to `take`, with its number from 1 on; a megabyte of lines is held at a time.
 *
 * @throws UserError where the file cannot be read or is no UTF-8, and what `take` throws
 */
export async function readLines(path: string, take: (line: string, number: number) => void): Promise<void> {
  let number = 0;
  for await (const lines of readWholeLines(path)) {
    const texts = lines.toString("utf8").split("\n");
    // Behind the last line feed there is nothing.
    if (texts.at(-1) === "") texts.pop();
    for (const text of texts) {
      number++;
      take((number === 1 ? text.replace(/^\ufeff/, "") : text).replace(/\r$/, ""), number);
    }
  }
}

/**
 * The bytes of a UTF-8 file in pieces that end where a line ends.
 * @throws UserError that names the line that is none
 */
export async function* readWholeLines(path: string): AsyncGenerator<Buffer, void, void> {
  let numLines = 0;
  /** The start of a line that goes on in the next chunk. */
  let started: Buffer[] = [];
  for await (const chunk of readChunks(path)) {
    const end = chunk.lastIndexOf(lineFeed) + 1;
    if (end > 0) {
      const lines = Buffer.concat([...started, chunk.subarray(0, end)]);
      numLines += checkLines(lines, path, numLines);
      yield lines;
      started = [];
    }
    if (end < chunk.length) started.push(chunk.subarray(end));
  }
  if (started.length === 0) return;
  const last = Buffer.concat(started);
  checkLines(last, path, numLines);
  yield last;
}

/** The number of lines that end in some bytes. @throws UserError that names the line that is no UTF-8 */
function checkLines(lines: Buffer, path: string, numBefore: number): number {
  const isWhole = isUtf8(lines);
  let numLines = 0;
  let start = 0;
  for (let end = lines.indexOf(lineFeed); end >= 0; end = lines.indexOf(lineFeed, start)) {
    if (!isWhole && !isUtf8(lines.subarray(start, end))) break;
    numLines++;
    start = end + 1;
  }
  if (!isWhole) throw notUtf8(`${path} line ${numBefore + numLines + 1}`);
  return numLines;
}

/** The bytes of a text file in pieces of a megabyte. @throws UserError where it cannot be read, or is none by its start */
export async function* readChunks(path: string): AsyncGenerator<Buffer, void, void> {
  let isStart = true;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      if (isStart) checkStart(path, chunk as Buffer);
      isStart = false;
      yield chunk as Buffer;
    }
  } catch (cause) {
    throw readingError(path, cause);
  }
}

/** What files begin with that people take for texts, and what to do about it. */
const foreignStarts = [
  {
    bytes: [0x1f, 0x8b],
    what: "is compressed",
    hint: "unpack it with gunzip, and name the file that it gives",
  },
  {
    bytes: [0x50, 0x4b, 0x03, 0x04],
    what: "is a ZIP archive or a spreadsheet",
    hint: "unpack it, or save the sheet as CSV, and name the file that it gives",
  },
] as const;
/** UTF-16 with its byte order mark, as spreadsheets write "Unicode text". */
const utf16Marks = [
  [0xff, 0xfe],
  [0xfe, 0xff],
] as const;

function checkStart(path: string, chunk: Buffer): void {
  const startsWith = (bytes: readonly number[]) => bytes.every((byte, at) => chunk[at] === byte);
  const foreign = foreignStarts.find(({ bytes }) => startsWith(bytes));
  if (foreign) throw new UserError(`${path} ${foreign.what}, and no text`, foreign.hint);
  if (utf16Marks.some(startsWith)) throw notUtf8(path);
}

/** What went wrong when a file was read: the user's to mend where the system refused it. */
export function readingError(path: string, cause: unknown): unknown {
  if (!isSystemError(cause)) return cause;
  const reasons: Record<string, string> = {
    ENOENT: "there is no such file",
    EISDIR: "it is a folder",
    ENOTDIR: "it is no folder, or lies in none",
  };
  const reason = reasons[cause.code ?? ""] ?? cause.message;
  return new UserError(`cannot read ${path}: ${reason}`, undefined, { cause });
}
