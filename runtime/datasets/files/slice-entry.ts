/** An image in a larger file, as a table of rows holds it: `1536+20480 000` is a place and the name of its sample. */
export interface SliceEntry {
  /** In bytes, from the file's start. */
  readonly offset: number;
  readonly size: number;
  /** The sample's name in the file. */
  readonly key: string;
}

export const entryText = ({ offset, size, key }: SliceEntry): string => `${offset}+${size} ${key}`;

export function parseEntry(text: string): SliceEntry {
  const [whole, offset, size, key = ""] = /^(\d+)\+(\d+) (.*)$/s.exec(text) ?? [];
  if (whole === undefined) throw new Error(`not the place of an image: ${text}`);
  return { offset: Number(offset), size: Number(size), key };
}
