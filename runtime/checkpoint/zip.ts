import { UserError } from "../errors.ts";
import type { ByteFile } from "./file.ts";

/** A stored (uncompressed) entry of a zip archive. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: number;
  readonly crc32: number;
  /** Where its local header starts in the file. */
  readonly headerAt: number;
}

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const end64LocatorSignature = 0x07064b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
/** In a 32-bit field: the value is in the zip64 record. */
const inZip64 = 0xffffffff;

/**
 * Lists a zip archive's entries from its central directory (PKWARE APPNOTE 6.3, sections 4.3 and 4.5.3).
 * PyTorch stores its checkpoints uncompressed; a compressed entry is an error.
 * @throws UserError when the archive is damaged, compressed, or encrypted.
 */
export function readZipDirectory(file: ByteFile): Map<string, ZipEntry> {
  const damaged = (what: string): never => {
    throw new UserError(
      `${file.path} is a damaged zip archive: ${what}`,
      "It may be a partial download: fetch it again.",
    );
  };
  const { count, offset, size } = findDirectory(file, damaged);
  const bytes = file.read(offset, size, "the zip directory");
  const view = new DataView(bytes.buffer);
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + 46 > size || view.getUint32(at, true) !== centralSignature)
      return damaged(`entry ${index} of its directory is not at byte ${offset + at}`);
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const commentLength = view.getUint16(at + 32, true);
    const next = at + 46 + nameLength + extraLength + commentLength;
    if (next > size) return damaged(`entry ${index} of its directory is cut off`);
    const name = Buffer.from(bytes.subarray(at + 46, at + 46 + nameLength)).toString("utf8");
    const compressedBytes = view.getUint32(at + 20, true);
    const plainBytes = view.getUint32(at + 24, true);
    const localOffset = view.getUint32(at + 42, true);
    // The zip64 record holds the fields that overflowed, in this order.
    const extra = zip64Fields(view, at + 46 + nameLength, extraLength);
    const take = (value: number): number =>
      value === inZip64 ? (extra.shift() ?? damaged(`${name} lacks its zip64 sizes`)) : value;
    const entryBytes = take(plainBytes);
    const storedBytes = take(compressedBytes);
    const headerAt = take(localOffset);
    if (flags & 1) return damaged(`${name} is encrypted`);
    if (method !== 0 || storedBytes !== entryBytes)
      throw new UserError(
        `${file.path}: entry ${name} is compressed, which PyTorch never does`,
        "Load it in PyTorch and save it again with torch.save.",
      );
    entries.set(name, { name, bytes: entryBytes, crc32: view.getUint32(at + 16, true), headerAt });
    at = next;
  }
  return entries;
}

/** Where an entry's bytes start, from its local header (whose extra field may differ from the directory's). */
export function zipDataStart(file: ByteFile, entry: ZipEntry): number {
  const header = new DataView(file.read(entry.headerAt, 30, `the header of ${entry.name}`).buffer);
  if (header.getUint32(0, true) !== localSignature)
    throw new UserError(
      `${file.path} is a damaged zip archive: no entry ${entry.name} at byte ${entry.headerAt}`,
    );
  return entry.headerAt + 30 + header.getUint16(26, true) + header.getUint16(28, true);
}

function findDirectory(
  file: ByteFile,
  damaged: (what: string) => never,
): { count: number; offset: number; size: number } {
  // The end record is 22 bytes and a comment of at most 65,535.
  const tailStart = Math.max(0, file.size - 22 - 0xffff);
  const tail = file.read(tailStart, file.size - tailStart, "the end of the archive");
  const view = new DataView(tail.buffer);
  let at = tail.length - 22;
  while (at >= 0 && view.getUint32(at, true) !== endSignature) at--;
  if (at < 0) return damaged("its directory at the end is missing; it was cut off");
  let count = view.getUint16(at + 10, true);
  let size = view.getUint32(at + 12, true);
  let offset = view.getUint32(at + 16, true);
  if (at >= 20 && view.getUint32(at - 20, true) === end64LocatorSignature) {
    const recordAt = Number(view.getBigUint64(at - 20 + 8, true));
    const record = new DataView(file.read(recordAt, 56, "the zip64 end record").buffer);
    if (record.getUint32(0, true) !== end64Signature)
      return damaged(`no zip64 end record at byte ${recordAt}`);
    count = Number(record.getBigUint64(32, true));
    size = Number(record.getBigUint64(40, true));
    offset = Number(record.getBigUint64(48, true));
  }
  return { count, offset, size };
}

function zip64Fields(view: DataView, start: number, length: number): number[] {
  for (let at = start; at + 4 <= start + length; ) {
    const id = view.getUint16(at, true);
    const size = view.getUint16(at + 2, true);
    const end = Math.min(at + 4 + size, start + length);
    if (id === 1) {
      const fields: number[] = [];
      for (let field = at + 4; field + 8 <= end; field += 8)
        fields.push(Number(view.getBigUint64(field, true)));
      return fields;
    }
    at += 4 + size;
  }
  return [];
}
