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

/** The pixels inside `box`. @throws RangeError when the box is empty or leaves the image. */
export function crop(image: Image, box: Box): Image {
  const { left, top, width, height } = box;
  const inside =
    left >= 0 &&
    top >= 0 &&
    left + width <= image.width &&
    top + height <= image.height &&
    width * height > 0;
  if (!inside)
    throw new RangeError(
      `crop: ${width}×${height} at (${left}, ${top}) does not lie in an image of ${image.width}×${image.height}`,
    );
  if (width === image.width && height === image.height) return image;
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const start = ((top + row) * image.width + left) * 3;
    data.set(image.data.subarray(start, start + width * 3), row * width * 3);
  }
  return { width, height, data };
}

/** The image mirrored left to right. */
export function mirror(image: Image): Image {
  const { width, height } = image;
  const data = new Uint8Array(image.data.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (row * width + column) * 3;
      const to = (row * width + width - 1 - column) * 3;
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
  const data = new Uint8Array(image.data.length);
  for (let at = 0; at < data.length; at += 3) {
    data[at] = red[image.data[at]!]!;
    data[at + 1] = green[image.data[at + 1]!]!;
    data[at + 2] = blue[image.data[at + 2]!]!;
  }
  return { ...image, data };
}
