import { type FileHandle, open } from "node:fs/promises";
import { Header, Pax } from "tar";
import { UserError } from "../../errors.ts";
import { readingError } from "./lines.ts";

/** A file in a tar archive. */
export interface TarMember {
  readonly name: string;
  /** Where its bytes start in the archive, and how many they are. */
  readonly offset: number;
  readonly size: number;
  /** Reads them. */
  text(): Promise<string>;
}

/** Tar archives consist of blocks of so many bytes. */
const block = 512;

/**
 * The files of an uncompressed tar archive in their order. Only headers are read, so that this costs little
 * beside the archive's size; tar's own parser would read every byte and not say where a file lies.
 *
 * @throws UserError where the archive is compressed, damaged, or cut off
 */
export async function* tarMembers(path: string): AsyncGenerator<TarMember, void, void> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (cause) {
    throw readingError(path, cause);
  }
  try {
    const { size } = await file.stat();
    yield* membersOf(new Archive(path, file, size));
  } finally {
    await file.close();
  }
}

async function* membersOf(archive: Archive): AsyncGenerator<TarMember, void, void> {
  let extended: Pax | undefined;
  let global: Pax | undefined;
  for (let at = 0; at < archive.size; ) {
    const header = await archive.header(at, extended, global);
    if (!header) return; // Two blocks of zeros end an archive; what follows them is padding.
    const { type, path: name = "", size = 0 } = header;
    const offset = at + block;
    at = offset + Math.ceil(size / block) * block;
    if (offset + size > archive.size) throw archive.damaged(offset - block, `${name || "a file"} is cut off`);
    const text = () => archive.text(offset, size);
    if (type === "ExtendedHeader" || type === "OldExtendedHeader")
      extended = Pax.parse(await text(), extended);
    else if (type === "GlobalExtendedHeader") global = Pax.parse(await text(), global, true);
    else if (type === "NextFileHasLongPath" || type === "OldGnuLongPath") {
      const long = (await text()).replace(/\0.*$/s, "");
      extended = new Pax({ ...extended, path: long });
    } else {
      extended = undefined;
      if (type === "File" || type === "OldFile" || type === "ContiguousFile")
        yield { name, offset, size, text };
    }
  }
}

class Archive {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly #file: FileHandle;

  constructor(path: string, file: FileHandle, size: number) {
    this.path = path;
    this.#file = file;
    this.size = size;
  }

  /** The header at a place; undefined at the archive's end. */
  async header(at: number, extended: Pax | undefined, global: Pax | undefined): Promise<Header | undefined> {
    const bytes = await this.#read(at, Math.min(block, this.size - at));
    if (at === 0 && bytes[0] === 0x1f && bytes[1] === 0x8b)
      throw new UserError(
        `${this.path} is compressed, so that images cannot be read from the middle of it`,
        "unpack it to a plain .tar: gunzip, or zcat FILE > FILE.tar",
      );
    if (bytes.length < block) throw this.damaged(at, "it ends inside of a header");
    const header = new Header(bytes, 0, extended, global);
    if (header.nullBlock) return undefined;
    if (!header.cksumValid)
      throw this.damaged(at, at === 0 ? "it is no tar archive" : "a header's checksum is wrong");
    return header;
  }

  async text(offset: number, size: number): Promise<string> {
    return (await this.#read(offset, size)).toString("utf8");
  }

  damaged(at: number, why: string): UserError {
    return new UserError(`${this.path}, byte ${at}: ${why}`, "get the archive anew, or leave it out");
  }

  async #read(offset: number, size: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(size);
    let read = 0;
    while (read < size) {
      const { bytesRead } = await this.#file.read(bytes, read, size - read, offset + read);
      if (bytesRead === 0) throw this.damaged(offset + read, "it ends too early");
      read += bytesRead;
    }
    return bytes;
  }
}
