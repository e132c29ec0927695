import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { EmojiSourceFolders } from "./sources.ts";

/** The drawing styles, in the order of their pictures. The last two draw countries' flags only. */
export const emojiStyles = ["noto", "twemoji", "openmoji", "fluent", "flag", "circle"] as const;
export type EmojiStyle = (typeof emojiStyles)[number];

/** One emoji of the Unicode standard. */
export interface EmojiEntry {
  readonly emoji: string;
  /** Code points, `1F469-200D-1F52C`. */
  readonly hexcode: string;
  readonly group: string;
  readonly subgroup: string;
  /** CLDR short name. */
  readonly name: string;
  /** CLDR keywords. */
  readonly tags: readonly string[];
  /** 1 (light) to 5 (dark); undefined for an emoji without a tone or with several. */
  readonly skinTone: number | undefined;
  readonly hasManyTones: boolean;
  /** Of an emoji with a tone: the emoji without. */
  readonly baseHexcode: string | undefined;
}

/** The drawings of one style. */
export interface IconSet {
  /** The icon's name of an emoji, by {@link codePointKey}. */
  readonly nameOf: ReadonlyMap<string, string>;
  /** A complete, square SVG document by icon name, without a size; undefined when the set has none. */
  svg(name: string): string | undefined;
}

export interface Country {
  readonly continent: string;
  readonly isUnitedNationsMember: boolean;
}

/** Everything that is read from the source packages. */
export interface EmojiMetadata {
  readonly entries: readonly EmojiEntry[];
  /** GitHub's description of an emoji, by {@link codePointKey}. */
  readonly descriptions: ReadonlyMap<string, string>;
  /** emojilib's keywords, by {@link codePointKey}. */
  readonly keywords: ReadonlyMap<string, readonly string[]>;
  /** By ISO 3166 two-letter code, lower case. */
  readonly countries: ReadonlyMap<string, Country>;
  readonly icons: Readonly<Record<EmojiStyle, IconSet>>;
}

/** What one emoji is known by in every source: its code points without the variation selector. */
export function codePointKey(hexcode: string): string {
  const parts = hexcode.toLowerCase().split("-");
  return parts.filter((part) => part !== "fe0f").join("-");
}

/** Reads the source packages; a file of another shape than the pinned version's is an internal error. */
export async function readEmojiMetadata(folders: EmojiSourceFolders): Promise<EmojiMetadata> {
  const table = await readJson<OpenMojiRow[]>(join(folders.names, "data", "openmoji.json"));
  const gemoji = (await import(
    /* @vite-ignore */ pathToFileURL(join(folders.gemoji, "index.js")).href
  )) as GemojiModule;
  const emojilib = await readJson<Record<string, string[]>>(
    join(folders.emojilib, "dist", "emoji-en-US.json"),
  );
  const countries = await readJson<CountryRow[]>(join(folders.countries, "countries.json"));
  const icons = await Promise.all(
    emojiStyles.map(async (style) => [style, await readIconSet(folders[style])] as const),
  );
  return {
    entries: table.filter(isStandard).map(entryOf),
    descriptions: new Map(gemoji.gemoji.map((row) => [emojiKey(row.emoji), row.description])),
    keywords: new Map(Object.entries(emojilib).map(([emoji, words]) => [emojiKey(emoji), words])),
    countries: new Map(countries.map((row) => [row.cca2.toLowerCase(), countryOf(row)])),
    icons: Object.fromEntries(icons) as Record<EmojiStyle, IconSet>,
  };
}

interface OpenMojiRow {
  emoji: string;
  hexcode: string;
  group: string;
  subgroups: string;
  annotation: string;
  tags: string;
  skintone: number | string;
  skintone_combination: string;
  skintone_base_hexcode: string;
}

interface GemojiModule {
  gemoji: { emoji: string; description: string }[];
}

interface CountryRow {
  cca2: string;
  region: string;
  subregion: string;
  unMember: boolean;
}

interface IconifyFile {
  icons: Record<string, { body: string; width?: number; height?: number; left?: number; top?: number }>;
  aliases?: Record<string, { parent: string; hFlip?: boolean; vFlip?: boolean; rotate?: number }>;
  width?: number;
  height?: number;
}

/** OpenMoji adds pictures of its own, and loose skin tones and hair are parts, not pictures of a thing. */
function isStandard(row: OpenMojiRow): boolean {
  return !row.group.startsWith("extras") && row.group !== "component";
}

function entryOf(row: OpenMojiRow): EmojiEntry {
  return {
    emoji: row.emoji,
    hexcode: row.hexcode,
    group: row.group,
    subgroup: row.subgroups,
    name: row.annotation,
    tags: row.tags.split(",").flatMap((tag) => tag.trim() || []),
    skinTone: typeof row.skintone === "number" ? row.skintone : undefined,
    hasManyTones: typeof row.skintone === "string" && row.skintone.includes(","),
    baseHexcode: row.skintone === "" ? undefined : row.skintone_base_hexcode,
  };
}

/** Continents as people name them; the source calls both Americas one region. */
function countryOf(row: CountryRow): Country {
  const americas = row.subregion === "South America" ? "South America" : "North America";
  const continent =
    row.region === "Americas" ? americas : row.region === "Antarctic" ? "Antarctica" : row.region;
  return { continent, isUnitedNationsMember: row.unMember };
}

function emojiKey(emoji: string): string {
  return codePointKey([...emoji].map((character) => character.codePointAt(0)!.toString(16)).join("-"));
}

async function readIconSet(folder: string): Promise<IconSet> {
  const file = await readJson<IconifyFile>(join(folder, "icons.json"));
  const characters = await readJson<Record<string, string>>(join(folder, "chars.json")).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return {}; // Flag sets name icons by country and have no such table.
      throw error;
    },
  );
  return {
    nameOf: new Map(Object.entries(characters).map(([code, name]) => [codePointKey(code), name])),
    svg: (name) => svgDocument(file, name),
  };
}

/** A square is drawn around pictures of another shape (flags), so that none is distorted or cut. */
function svgDocument(file: IconifyFile, name: string): string | undefined {
  const alias = file.aliases?.[name];
  // No emoji is drawn as another one mirrored or turned; such an alias is another picture, so none of ours.
  if (alias?.hFlip || alias?.vFlip || alias?.rotate) return undefined;
  if (alias) return svgDocument(file, alias.parent);
  const icon = file.icons[name];
  if (!icon) return undefined;
  const { body, left = 0, top = 0, width = file.width ?? 16, height = file.height ?? 16 } = icon;
  const side = Math.max(width, height);
  const box = `${left - (side - width) / 2} ${top - (side - height) / 2} ${side} ${side}`;
  const namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
  return `<svg ${namespaces} viewBox="${box}">${body}</svg>`;
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, "utf8")) as T;
}
