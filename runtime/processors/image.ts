/** A decoded image: 8-bit red, green, blue per pixel, row after row ([height, width, 3]), no padding. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A rectangle of pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The box of all pixels. */
export function wholeOf({ width, height }: Image): Box {
  return { left: 0, top: 0, width, height };
}

/** @throws RangeError when the box is empty or leaves the image. */
export function checkInside(image: Image, { left, top, width, height }: Box): void {
  const inside =
    left >= 0 &&
    top >= 0 &&
    left + width <= image.width &&
    top + height <= image.height &&
    width > 0 &&
    height > 0;
  if (!inside)
    throw new RangeError(
      `crop: ${width}×${height} at (${left}, ${top}) does not lie in an image of ${image.width}×${image.height}`,
    );
}

/** Writes the pixels inside `box` to the start of `target`, row after row. */
export function copyPixels(image: Image, { left, top, width, height }: Box, target: Uint8Array): void {
  if (width === image.width) {
    const start = top * width * 3;
    target.set(image.data.subarray(start, start + height * width * 3));
    return;
  }
  for (let row = 0; row < height; row++) {
    const start = ((top + row) * image.width + left) * 3;
    target.set(image.data.subarray(start, start + width * 3), row * width * 3);
  }
}

/** The pixels inside `box`. @throws RangeError as {@link checkInside}. */
export function crop(image: Image, box: Box): Image {
  checkInside(image, box);
  const { width, height } = box;
  if (width === image.width && height === image.height) return image;
  const data = new Uint8Array(width * height * 3);
  copyPixels(image, box, data);
  return { width, height, data };
}

/** The image mirrored left to right. */
export function mirror(image: Image): Image {
  const { width, height } = image;
  const data = new Uint8Array(image.data.length);
  for (let row = 0; row < height; row++) {
    let from = (row + 1) * width * 3;
    for (let to = row * width * 3; to < (row + 1) * width * 3; to += 3) {
      from -= 3;
      data[to] = image.data[from]!;
      data[to + 1] = image.data[from + 1]!;
      data[to + 2] = image.data[from + 2]!;
    }
  }
  return { width, height, data };
}

/** An image with every byte replaced by its entry in `tables`: one table of 256 for each channel. */
export function mapChannels(image: Image, tables: readonly [Uint8Array, Uint8Array, Uint8Array]): Image {
  const [red, green, blue] = tables;
  const { data: source } = image;
  const data = new Uint8Array(source.length);
  for (let at = 0; at < data.length; at += 3) {
    data[at] = red[source[at]!]!;
    data[at + 1] = green[source[at + 1]!]!;
    data[at + 2] = blue[source[at + 2]!]!;
  }
  return { ...image, data };
}
