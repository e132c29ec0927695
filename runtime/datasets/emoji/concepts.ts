import { createHash } from "node:crypto";
import {
  codePointKey,
  type EmojiEntry,
  type EmojiMetadata,
  type EmojiStyle,
  emojiStyles,
} from "./metadata.ts";

export const emojiSplits = ["train", "val", "test"] as const;
export type EmojiSplit = (typeof emojiSplits)[number];

/** One picture: an emoji in a style. */
export interface Picture {
  /** Counts from 1: the pictures without a skin tone first, in Unicode order, then those with one. */
  readonly id: number;
  /** Relative to the folder of images; ends in the id in 12 digits, as COCO's names do. */
  readonly file: string;
  readonly style: EmojiStyle;
  readonly svg: string;
  readonly split: EmojiSplit;
  /** The emoji that is drawn; its `skinTone` is set in pictures that only questions are asked about. */
  readonly entry: EmojiEntry;
}

/** A thing that several styles draw. */
export interface Concept {
  readonly entry: EmojiEntry;
  readonly pictures: readonly Picture[];
}

export interface Concepts {
  readonly concepts: readonly Concept[];
  /** The same people and hands with one of five skin tones. */
  readonly tonedPictures: readonly Picture[];
}

/** A concept needs this many pictures: one each for test and validation, and at least one to learn from. */
const MINIMUM_PICTURES = 3;
/** One concept in so many gives a picture to validation. */
const VALIDATION_EVERY = 4;

/**
 * Chooses the concepts and their pictures, and splits the pictures.
 *
 * Styles that draw two emoji alike (man and person, a territory's flag and its country's) would give one
 * picture two truths: the first emoji keeps it. Each concept keeps one style out for test, one concept in
 * four another for validation; which, follows from a hash of the emoji and from nothing else.
 */
export function chooseConcepts(metadata: EmojiMetadata): Concepts {
  const seen = new Set<string>();
  const drawings = new Map<string, ReadonlyMap<EmojiStyle, string>>();
  const plain = metadata.entries.filter((entry) => !entry.hasManyTones && entry.skinTone === undefined);
  for (const entry of inNamingOrder(plain, metadata)) {
    drawings.set(entry.hexcode, unseenDrawings(entry, metadata, seen));
  }
  let id = 0;
  const splitOf = new Map<string, ReadonlyMap<EmojiStyle, EmojiSplit>>();
  const concepts: Concept[] = [];
  for (const entry of plain) {
    const drawn = drawings.get(entry.hexcode)!;
    if (drawn.size < MINIMUM_PICTURES) continue;
    const splits = splitStyles(entry.hexcode, [...drawn.keys()]);
    splitOf.set(entry.hexcode, splits);
    const pictures = [...drawn].map(([style, svg]) => picture(++id, entry, style, svg, splits.get(style)!));
    concepts.push({ entry, pictures });
  }
  const tonedPictures: Picture[] = [];
  for (const entry of metadata.entries) {
    const splits = entry.skinTone === undefined ? undefined : splitOf.get(entry.baseHexcode ?? "");
    if (!splits) continue;
    for (const [style, svg] of unseenDrawings(entry, metadata, seen)) {
      // A style that its emoji without a tone lacks was never held out, so it may be learnt from.
      tonedPictures.push(picture(++id, entry, style, svg, splits.get(style) ?? "train"));
    }
  }
  return { concepts, tonedPictures };
}

/** Two-letter lower-case country code of a flag emoji, from its pair of regional indicators. */
export function countryCode(entry: EmojiEntry): string | undefined {
  if (entry.subgroup !== "country-flag") return undefined;
  const letters = entry.hexcode.split("-").map((code) => Number.parseInt(code, 16) - 0x1f1e6 + 0x61);
  return String.fromCharCode(...letters);
}

/** Members of the United Nations before territories, so that a flag in common is named by its country. */
function inNamingOrder(entries: readonly EmojiEntry[], { countries }: EmojiMetadata): readonly EmojiEntry[] {
  const isMember = (entry: EmojiEntry): boolean =>
    countries.get(countryCode(entry) ?? "")?.isUnitedNationsMember ?? false;
  return [...entries.filter(isMember), ...entries.filter((entry) => !isMember(entry))];
}

function unseenDrawings(
  entry: EmojiEntry,
  { icons }: EmojiMetadata,
  seen: Set<string>,
): ReadonlyMap<EmojiStyle, string> {
  const found = new Map<EmojiStyle, string>();
  for (const style of emojiStyles) {
    const name = iconName(entry, style, icons[style].nameOf);
    const svg = name === undefined ? undefined : icons[style].svg(name);
    if (svg === undefined || seen.has(svg)) continue;
    seen.add(svg);
    found.set(style, svg);
  }
  return found;
}

function iconName(
  entry: EmojiEntry,
  style: EmojiStyle,
  nameOf: ReadonlyMap<string, string>,
): string | undefined {
  const country = countryCode(entry);
  if (style === "flag") return country && `${country}-4x3`;
  if (style === "circle") return country;
  return nameOf.get(codePointKey(entry.hexcode));
}

function splitStyles(hexcode: string, styles: readonly EmojiStyle[]): ReadonlyMap<EmojiStyle, EmojiSplit> {
  const hash = createHash("sha256").update(`split ${hexcode}`).digest();
  const test = hash.readUInt32LE(0) % styles.length;
  const givesValidation = hash.readUInt32LE(4) % VALIDATION_EVERY === 0;
  const validation = (test + 1 + (hash.readUInt32LE(8) % (styles.length - 1))) % styles.length;
  const splitAt = (index: number): EmojiSplit =>
    index === test ? "test" : givesValidation && index === validation ? "val" : "train";
  return new Map(styles.map((style, index) => [style, splitAt(index)]));
}

function picture(id: number, entry: EmojiEntry, style: EmojiStyle, svg: string, split: EmojiSplit): Picture {
  const file = `${style}/emoji_${style}_${String(id).padStart(12, "0")}.jpg`;
  return { id, file, style, svg, split, entry };
}
