import { UserError } from "../../errors.ts";
import { readChunks } from "./lines.ts";
import { textOf } from "./utf8.ts";

/** An item of a list in a JSON file. */
export interface JsonItem {
  /** The key of the list in the file's object; undefined where the file is the list. */
  readonly key: string | undefined;
  /** Its number in the list, from 0 on. */
  readonly index: number;
  readonly value: unknown;
}

/** What a file holds at its top. */
export type JsonForm = "list" | "object";

/**
 * Gives each item of a JSON file to `take`: of the list that the file is, or of the lists under `keys` where it is
 * an object. One item is held at a time, so that a file may be larger than memory, or than a text can be.
 *
 * @returns what the file is, and which keys it has
 * @throws UserError that names the file, and the line and item where it is no JSON or ends too early
 */
export async function readJsonItems(
  path: string,
  keys: readonly string[],
  take: (item: JsonItem) => void,
): Promise<{ readonly form: JsonForm; readonly keys: readonly string[] }> {
  const reader = new JsonItemReader(path, keys, take);
  for await (const chunk of readChunks(path)) reader.read(chunk);
  return reader.end();
}

const [quote, backslash, comma, colon, lineFeed] = [...'"\\,:\n'].map((one) => one.charCodeAt(0));
const [openList, closeList, openObject, closeObject] = [..."[]{}"].map((one) => one.charCodeAt(0));
const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** Where the reader is between values. */
type Place = "file" | "key" | "colon" | "member" | "list";

/** Follows the bytes of a JSON file through {@link readJsonItems}'s lists. */
export class JsonItemReader {
  readonly #path: string;
  readonly #wanted: ReadonlySet<string>;
  readonly #take: (item: JsonItem) => void;
  readonly #keys: string[] = [];
  #form: JsonForm | undefined;
  #place: Place = "file";
  #isEnded = false;
  /** Whether a comma, or the list's or object's end, has to come. */
  #needsComma = false;
  /** Whether a comma stood last: a value has to come. */
  #afterComma = false;
  #key: string | undefined;
  #index = 0;
  #line = 1;
  // The value that is being read: what it is, its earlier chunks, and how deep the reader is in it.
  #isReading = false;
  #isScalar = false;
  #pieces: Buffer[] = [];
  #depth = 0;
  #inText = false;
  #isEscaped = false;

  constructor(path: string, keys: readonly string[], take: (item: JsonItem) => void) {
    this.#path = path;
    this.#wanted = new Set(keys);
    this.#take = take;
  }

  /** The next bytes of the file. */
  read(chunk: Buffer): void {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (byte === lineFeed) this.#line++;
      if (!this.#isReading) {
        if (isSpace(byte) || (this.#form === undefined && byteOrderMark.includes(byte))) continue;
        if (!this.#between(byte)) continue;
        start = at;
        this.#isReading = true;
        this.#isScalar = byte !== quote && byte !== openList && byte !== openObject;
      }
      if (this.#isScalar) {
        if (!isSpace(byte) && byte !== comma && byte !== closeList && byte !== closeObject) continue;
        this.#finish(chunk.subarray(start, at));
        if (!isSpace(byte)) this.#between(byte);
      } else if (this.#closes(byte)) this.#finish(chunk.subarray(start, at + 1));
    }
    // The value of a key that nobody wants is passed over.
    if (this.#isReading && this.#place !== "member") this.#pieces.push(chunk.subarray(start));
  }

  /** The file ends here: what it was. */
  end(): { readonly form: JsonForm; readonly keys: readonly string[] } {
    if (this.#form === undefined)
      throw this.#isReading
        ? this.#error("it is neither a list nor an object")
        : new UserError(`${this.#path} is empty`);
    if (!this.#isEnded) throw this.#error(`it ends in the middle of ${this.#where()}: the file is cut off`);
    return { form: this.#form, keys: this.#keys };
  }

  /** A byte between values; true where a value starts with it. */
  #between(byte: number): boolean {
    if (this.#isEnded) throw this.#error("something stands behind its end", undefined, this.#endHint());
    if (this.#form === undefined) {
      if (byte !== openList && byte !== openObject) throw this.#error("it is neither a list nor an object");
      this.#form = byte === openList ? "list" : "object";
      this.#place = byte === openList ? "list" : "key";
      return false;
    }
    if (this.#place === "colon") {
      if (byte !== colon) throw this.#error(`":" is missing behind "${this.#key}"`);
      this.#place = "member";
      return false;
    }
    if (this.#place === "member" && byte === openList && this.#wanted.has(this.#key ?? "")) {
      this.#place = "list";
      this.#index = 0;
      return false;
    }
    if (this.#place === "list" ? byte === closeList : this.#place === "key" && byte === closeObject) {
      if (this.#afterComma) throw this.#error(`a comma stands behind the last of ${this.#where()}`);
      if (this.#place === "list" && this.#form === "object") {
        this.#place = "key";
        this.#needsComma = true;
      } else this.#isEnded = true;
      return false;
    }
    if (byte === comma) {
      if (!this.#needsComma) throw this.#error(`there is a comma too many in ${this.#where()}`);
      this.#needsComma = false;
      this.#afterComma = true;
      return false;
    }
    if (this.#needsComma) throw this.#error(`a comma is missing in front of ${this.#where()}`);
    if (this.#place === "key" && byte !== quote) throw this.#error("a key in quotes is missing");
    this.#afterComma = false;
    return true;
  }

  /** Follows a text, list or object; true where the byte ends it. */
  #closes(byte: number): boolean {
    if (this.#inText) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === backslash) this.#isEscaped = true;
      else if (byte === quote) {
        this.#inText = false;
        return this.#depth === 0;
      }
    } else if (byte === quote) this.#inText = true;
    else if (byte === openList || byte === openObject) this.#depth++;
    else if (byte === closeList || byte === closeObject) return --this.#depth === 0;
    return false;
  }

  #finish(last: Buffer): void {
    const text = this.#pieces.length === 0 ? last : Buffer.concat([...this.#pieces, last]);
    this.#pieces = [];
    this.#isReading = false;
    this.#needsComma = this.#place !== "key";
    switch (this.#place) {
      case "key":
        this.#key = String(this.#parse(text));
        this.#keys.push(this.#key);
        this.#place = "colon";
        break;
      case "list":
        this.#take({ key: this.#key, index: this.#index, value: this.#parse(text) });
        this.#index++;
        break;
      default:
        this.#place = "key";
    }
  }

  #parse(bytes: Buffer): unknown {
    const text = textOf(bytes, () => `${this.#path} line ${this.#line}, ${this.#where()},`);
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw this.#error(`${this.#where()}: ${(cause as Error).message}`, cause);
    }
  }

  #where(): string {
    if (this.#place === "list") return `${this.#key === undefined ? "row " : `${this.#key} `}${this.#index}`;
    return this.#key === undefined ? "the file" : `"${this.#key}"`;
  }

  #endHint(): string | undefined {
    return this.#form === "object"
      ? "a file with an object on each line is read with `from jsonl`"
      : undefined;
  }

  #error(what: string, cause?: unknown, hint?: string): UserError {
    return new UserError(`${this.#path} is not JSON, line ${this.#line}: ${what}`, hint, { cause });
  }
}
