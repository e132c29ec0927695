import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { emojiStyles } from "../../../runtime/datasets/emoji/metadata.ts";
import { type EmojiSourceFolders, emojiSources } from "../../../runtime/datasets/emoji/sources.ts";

interface Fixture {
  readonly hexcode: string;
  readonly group: string;
  readonly subgroup: string;
  readonly name: string;
  readonly tags: string;
  /** The styles that draw it; a picture given here is shared by all emoji that name the same. */
  readonly styles: readonly string[];
  readonly picture?: string;
  readonly tone?: number;
  readonly base?: string;
}

const all = ["noto", "twemoji", "openmoji", "fluent"];
const emoji: readonly Fixture[] = [
  {
    hexcode: "1F600",
    group: "smileys-emotion",
    subgroup: "face-smiling",
    name: "grinning face",
    tags: "face, grin, happy",
    styles: all,
  },
  { hexcode: "1F9D1", group: "people-body", subgroup: "person", name: "person", tags: "adult", styles: all },
  {
    hexcode: "1F468",
    group: "people-body",
    subgroup: "person",
    name: "man",
    tags: "adult, male",
    styles: all,
    picture: "1F9D1",
  },
  {
    hexcode: "1F469",
    group: "people-body",
    subgroup: "person",
    name: "woman",
    tags: "adult, lady",
    styles: all,
  },
  {
    hexcode: "1F469-1F3FD",
    group: "people-body",
    subgroup: "person",
    name: "woman: medium skin tone",
    tags: "",
    styles: all,
    tone: 3,
    base: "1F469",
  },
  {
    hexcode: "1F404",
    group: "animals-nature",
    subgroup: "animal-mammal",
    name: "cow",
    tags: "animal, moo",
    styles: ["noto", "twemoji", "openmoji"],
  },
  {
    hexcode: "1F408",
    group: "animals-nature",
    subgroup: "animal-mammal",
    name: "cat",
    tags: "pet",
    styles: ["noto", "twemoji"],
  },
  {
    hexcode: "1F550",
    group: "travel-places",
    subgroup: "time",
    name: "one o’clock",
    tags: "1:00, clock",
    styles: all,
  },
  // A territory that comes before the country whose flag it flies.
  {
    hexcode: "1F1E8-1F1F5",
    group: "flags",
    subgroup: "country-flag",
    name: "flag: Clipperton Island",
    tags: "CP, flag",
    styles: ["twemoji", "openmoji", "flag", "circle"],
    picture: "1F1EB-1F1F7",
  },
  {
    hexcode: "1F1EB-1F1F7",
    group: "flags",
    subgroup: "country-flag",
    name: "flag: France",
    tags: "FR, flag",
    styles: ["twemoji", "openmoji", "flag", "circle"],
  },
];

/** Writes source packages of a few emoji, of the same shapes as the real ones, under `folder`. */
export function writeEmojiFixture(folder: string): EmojiSourceFolders {
  const keys = Object.keys(emojiSources) as (keyof typeof emojiSources)[];
  const folders = Object.fromEntries(keys.map((key) => [key, join(folder, key)])) as EmojiSourceFolders;
  const write = (path: string, content: unknown): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  };
  for (const style of emojiStyles) {
    const icons: Record<string, unknown> = {};
    const characters: Record<string, string> = {};
    for (const { hexcode, styles, picture = hexcode } of emoji) {
      if (!styles.includes(style)) continue;
      const icon = iconName(style, hexcode);
      characters[hexcode.toLowerCase()] = icon;
      const colour = colourOf(`${picture} ${style}`);
      icons[icon] = { body: `<circle cx="16" cy="16" r="12" fill="${colour}"/>` };
    }
    write(join(folders[style], "icons.json"), { prefix: style, icons, width: 32, height: 32 });
    if (style !== "flag" && style !== "circle") write(join(folders[style], "chars.json"), characters);
  }
  const table = emoji.map(({ hexcode, group, subgroup, name, tags, tone, base }) => ({
    emoji: charactersOf(hexcode),
    hexcode,
    group,
    subgroups: subgroup,
    annotation: name,
    tags,
    skintone: tone ?? "",
    skintone_combination: tone === undefined ? "" : "single",
    skintone_base_hexcode: base ?? "",
  }));
  write(join(folders.names, "data", "openmoji.json"), table);
  const descriptions = [{ emoji: charactersOf("1F404"), description: "cow, standing" }];
  write(join(folders.gemoji, "package.json"), { name: "gemoji", type: "module" });
  write(join(folders.gemoji, "index.js"), `export const gemoji = ${JSON.stringify(descriptions)};`);
  const keywords = {
    [charactersOf("1F600")]: ["grinning_face", "smile", ":D"],
    [charactersOf("1F404")]: ["beef", "ox"],
  };
  write(join(folders.emojilib, "dist", "emoji-en-US.json"), keywords);
  write(join(folders.countries, "countries.json"), [
    { cca2: "FR", region: "Europe", subregion: "Western Europe", unMember: true },
  ]);
  return folders;
}

function iconName(style: string, hexcode: string): string {
  const country = charactersOf(hexcode)
    .split(/(?=\p{Regional_Indicator})/u)
    .map((letter) => String.fromCharCode((letter.codePointAt(0) ?? 0) - 0x1f1e6 + 0x61))
    .join("");
  if (style === "flag") return `${country}-4x3`;
  return style === "circle" ? country : `icon-${hexcode.toLowerCase()}`;
}

function charactersOf(hexcode: string): string {
  return String.fromCodePoint(...hexcode.split("-").map((code) => Number.parseInt(code, 16)));
}

/** A colour of its own for each picture. */
function colourOf(picture: string): string {
  let hash = 0;
  for (const character of picture) hash = (hash * 31 + character.charCodeAt(0)) % 0xffffff;
  return `#${hash.toString(16).padStart(6, "0")}`;
}
