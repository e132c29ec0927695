import { isUtf8 } from "node:buffer";
import { UserError } from "../../errors.ts";

/**
 * The text that bytes are, without a byte order mark. Another encoding would give captions with replacement characters,
 * which nobody sees until a model writes them.
 *
 * @throws UserError where they are no UTF-8
 */
export function textOf(bytes: Uint8Array, origin: () => string): string {
  if (!isUtf8(bytes)) throw notUtf8(origin());
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString("utf8")
    .replace(/^\ufeff/, "");
}

export const notUtf8 = (where: string): UserError =>
  new UserError(`${where} is not UTF-8`, 'save the file in this encoding: spreadsheets call it "CSV UTF-8"');
