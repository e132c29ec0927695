import { type FileHandle, open } from "node:fs/promises";
import { Header, Pax } from "tar";
import { UserError } from "../../errors.ts";
import { readingError } from "./lines.ts";
import { textOf } from "./utf8.ts";

/** A file in a tar archive. */
export interface TarMember {
  readonly name: string;
  /** Where its bytes start in the archive, and how many they are. */
  readonly offset: number;
  readonly size: number;
}

/** Tar archives consist of blocks of so many bytes. */
const block = 512;
/** Bytes that are looked through at a time. */
const largestPiece = 1 << 16;

/**
 * An uncompressed tar archive of which only headers and what is asked for are read, so that a look through it costs
 * little beside its size; tar's own parser would read every byte and not say where a file lies.
 */
export class TarArchive {
  readonly path: string;
  readonly #file: FileHandle;
  /** Bytes. */
  readonly #size: number;

  private constructor(path: string, file: FileHandle, size: number) {
    this.path = path;
    this.#file = file;
    this.#size = size;
  }

  /** @throws UserError where there is no such file */
  static async open(path: string): Promise<TarArchive> {
    try {
      const file = await open(path);
      return new TarArchive(path, file, (await file.stat()).size);
    } catch (cause) {
      throw readingError(path, cause);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** Its files in their order. @throws UserError where the archive is compressed, damaged, or cut off */
  async *members(): AsyncGenerator<TarMember, void, void> {
    let extended: Pax | undefined;
    let global: Pax | undefined;
    for (let at = 0; ; ) {
      if (at >= this.#size)
        throw this.#damaged(this.#size, "it is cut off: the zeros that end an archive are missing");
      const header = await this.#headerAt(at, extended, global);
      if (!header) return this.#checkPadding(at);
      const { type, path: name = "", size = 0 } = header;
      const member = { name, offset: at + block, size };
      if (member.offset + size > this.#size) throw this.#damaged(at, `${name || "a file"} is cut off`);
      at = member.offset + Math.ceil(size / block) * block;
      if (type === "ExtendedHeader" || type === "OldExtendedHeader")
        extended = Pax.parse(await this.#longHeader(member), extended);
      else if (type === "GlobalExtendedHeader")
        global = Pax.parse(await this.#longHeader(member), global, true);
      else if (type === "NextFileHasLongPath" || type === "OldGnuLongPath")
        extended = new Pax({ ...extended, path: (await this.#longHeader(member)).replace(/\0.*$/s, "") });
      else {
        extended = undefined;
        if (type === "File" || type === "OldFile" || type === "ContiguousFile") yield member;
      }
    }
  }

  /** A file as a text. @throws UserError where it is no UTF-8 */
  async text({ name, offset, size }: TarMember): Promise<string> {
    return textOf(await this.#read(offset, size), () => `${this.path}, ${name},`);
  }

  /** What a header that continues the next one says; names may be in any encoding. */
  async #longHeader({ offset, size }: TarMember): Promise<string> {
    return (await this.#read(offset, size)).toString("utf8");
  }

  /** A block of zeros ends an archive, and zeros follow it: else there is more, which would be lost. */
  async #checkPadding(end: number): Promise<void> {
    for (let at = end; at < this.#size; at += largestPiece) {
      const piece = await this.#read(at, Math.min(largestPiece, this.#size - at));
      const more = piece.findIndex((byte) => byte !== 0);
      if (more >= 0)
        throw this.#damaged(at + more, "more follows behind the archive's end, as where archives are joined");
    }
  }

  /** The header at a place; undefined at the archive's end. */
  async #headerAt(
    at: number,
    extended: Pax | undefined,
    global: Pax | undefined,
  ): Promise<Header | undefined> {
    const bytes = await this.#read(at, Math.min(block, this.#size - at));
    if (at === 0 && bytes[0] === 0x1f && bytes[1] === 0x8b)
      throw new UserError(
        `${this.path} is compressed, so that images cannot be read from the middle of it`,
        "unpack it to a plain .tar with gunzip",
      );
    if (bytes.length < block) throw this.#damaged(at, "it ends inside of a header");
    const header = new Header(bytes, 0, extended, global);
    if (header.nullBlock) return undefined;
    if (header.cksumValid) return header;
    throw this.#damaged(at, at === 0 ? "it is no tar archive" : "a header's checksum is wrong");
  }

  #damaged(at: number, why: string): UserError {
    return new UserError(
      `${this.path}, byte ${at}: ${why}`,
      "get the archive anew, pack it anew, or leave it out",
    );
  }

  async #read(offset: number, size: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(size);
    let read = 0;
    while (read < size) {
      const { bytesRead } = await this.#file.read(bytes, read, size - read, offset + read);
      if (bytesRead === 0) throw this.#damaged(offset + read, "it ends too early");
      read += bytesRead;
    }
    return bytes;
  }
}
