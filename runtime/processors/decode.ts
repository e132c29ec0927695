import sharp, { type Sharp } from "sharp";
import { UserError } from "../errors.ts";
import type { Image } from "./image.ts";
import { readImageBytes } from "./image-source.ts";

/** A file that gives no image: missing, empty, damaged, or of a format that is not read. */
export class ImageError extends UserError {
  readonly path: string;
  /** What is wrong with the file, without its path. */
  readonly reason: string;

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(
      `cannot read the image ${path}: ${reason}`,
      "Replace the file, or take it out of the annotations.",
      options,
    );
    this.path = path;
    this.reason = reason;
  }
}

/** Formats that Pillow reads as well; sharp would also draw SVG and PDF. */
const formats: ReadonlySet<string> = new Set(["jpeg", "png", "webp", "gif", "tiff", "heif"]);

/**
 * Makes decoding use one thread and keep no cache, for processes and worker threads that decode many images
 * beside each other. Holds for the whole process.
 */
export function decodeOnOneThread(): void {
  sharp.concurrency(1);
  sharp.cache(false);
}

/**
 * Decodes an image file, or a slice of one (see `image-source.ts`), to 8-bit RGB, as LAVIS does with Pillow's
 * `Image.open(path).convert("RGB")`: the first frame; alpha dropped, not blended; greys repeated; CMYK without a
 * colour profile; embedded profiles and the EXIF orientation ignored. One difference: of 16-bit greys the high byte
 * is kept, where Pillow clips them to white.
 * @throws ImageError which names the file and what is wrong with it.
 */
export async function decodeImage(path: string): Promise<Image> {
  let bytes: Buffer;
  try {
    bytes = readImageBytes(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ImageError(path, code === "ENOENT" ? "there is no such file" : message, { cause: error });
  }
  return decodeBytes(bytes, path);
}

/** Decodes the bytes of an image file as {@link decodeImage} does; `path` is for errors. @throws ImageError */
export async function decodeBytes(bytes: Uint8Array, path: string): Promise<Image> {
  if (bytes.length === 0) throw new ImageError(path, "the file is empty");
  try {
    const input = sharp(bytes, { failOn: "error", ignoreIcc: true });
    const inks = !isPlain(bytes) && (await hasInks(input, path));
    if (inks) input.pipelineColourspace("cmyk").toColourspace("cmyk");
    const { data, info } = await input.raw().toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    return { width, height, data: inks ? fromInks(data) : withoutAlpha(data, channels) };
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError(path, describe((error as Error).message), { cause: error });
  }
}

/** Whether the image is in cyan, magenta, yellow, black. @throws ImageError when its format is not read. */
async function hasInks(input: Sharp, path: string): Promise<boolean> {
  const { format, space } = await input.metadata();
  if (!formats.has(format)) throw new ImageError(path, `images of the format ${format} are not read`);
  return space === "cmyk";
}

/**
 * Whether the first bytes tell that this is a PNG, or a JPEG with greys or three colours: most images are, and
 * asking the decoder would cost as much as decoding a small one. False says nothing.
 */
function isPlain(bytes: Uint8Array): boolean {
  const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  if (pngSignature.every((byte, at) => bytes[at] === byte)) return true;
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return false;
  // Segments of JPEG: 0xff, the kind, the length (two bytes, with themselves). ITU-T T.81, Annex B.
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; ) {
    const kind = bytes[at + 1]!;
    const startsFrame = kind >= 0xc0 && kind <= 0xcf && kind !== 0xc4 && kind !== 0xc8 && kind !== 0xcc;
    // A frame's precision, height, and width come before the number of its components.
    if (startsFrame) return bytes[at + 9]! <= 3;
    at += 2 + bytes[at + 2]! * 256 + bytes[at + 3]!;
  }
  return false;
}

/** sharp's message in one line: the decoder reports each of its complaints on a line of its own. */
function describe(message: string): string {
  if (message.includes("unsupported image format"))
    return "it is damaged, or no image of a format that is read";
  return [...new Set(message.trim().split(/\s*\n\s*/))].join("; ");
}

/** Red, green, blue of pixels with `channels` channels, 3 or 4. */
function withoutAlpha(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return new Uint8Array(data.buffer, data.byteOffset, data.length);
  if (channels !== 4) throw new Error(`the decoder gave ${channels} channels, not 3 or 4`);
  const out = new Uint8Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    out[to] = data[from]!;
    out[to + 1] = data[from + 1]!;
    out[to + 2] = data[from + 2]!;
  }
  return out;
}

/** Red, green, blue of cyan, magenta, yellow, black, by Pillow's formula (src/libImaging/Convert.c, cmyk2rgb). */
function fromInks(data: Uint8Array): Uint8Array {
  const out = new Uint8Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const light = 255 - data[from + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      const product = data[from + channel]! * light + 128;
      out[to + channel] = light - (((product >> 8) + product) >> 8);
    }
  }
  return out;
}
