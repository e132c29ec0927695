import { fetchNpmPackage } from "../npm-package.ts";

/** One package that the emoji data set is made from. */
export interface EmojiSource {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  /** The files read of it. */
  readonly files: readonly string[];
  readonly licence: string;
  /** Who made it, what it gives, and where it comes from: text of the attribution file. */
  readonly credit: string;
}

/** The packages, pinned by the checksum of their tarballs, in the order of the attribution file. */
export const emojiSources = {
  noto: {
    name: "@iconify-json/noto",
    version: "1.2.9",
    integrity:
      "sha512-DQiuXENbun41ch+XPSV55H9FaWKpHTyz46YIKtSaKYD4fIDDzL1tR6H4np/T38jfrTAeI3rcKF0mqHYeZVAuaw==",
    files: ["icons.json", "chars.json"],
    licence: "Apache-2.0",
    credit: "Noto Emoji by Google Inc, https://github.com/googlefonts/noto-emoji (pictures)",
  },
  twemoji: {
    name: "@iconify-json/twemoji",
    version: "1.2.5",
    integrity:
      "sha512-uKpuIEV0v6K5BW3Mjdyl+XKFVAbbcPxAgifKvEMtZoUZB5+YiY5zaMm2uNNCxyXzAWU9yNLlj41WU6/mvgALsw==",
    files: ["icons.json", "chars.json"],
    licence: "CC-BY-4.0",
    credit: "Twemoji by Twitter and contributors, https://github.com/jdecked/twemoji (pictures)",
  },
  openmoji: {
    name: "@iconify-json/openmoji",
    version: "1.2.29",
    integrity:
      "sha512-vXdhkqcXVSO6suy+m9LbcUM3OdVyuNOtpV8/als/WqfkQIRxevL5Geb/g+6GH/Qwnq1OqksEmaDGTCmZ5nFKJQ==",
    files: ["icons.json", "chars.json"],
    licence: "CC-BY-SA-4.0",
    credit: "OpenMoji by HfG Schwäbisch Gmünd, https://github.com/hfg-gmuend/openmoji (pictures)",
  },
  fluent: {
    name: "@iconify-json/fluent-emoji-flat",
    version: "1.2.6",
    integrity:
      "sha512-RY47RgPb47fYUiyrA64sIOL0+UU02s29sXpNBbIQRBUlPlfNFTKUmZDERGuxDs/7yNGWqQYvuaSYM1M4fRXlUw==",
    files: ["icons.json", "chars.json"],
    licence: "MIT",
    credit: "Fluent Emoji by Microsoft Corporation, https://github.com/microsoft/fluentui-emoji (pictures)",
  },
  flag: {
    name: "@iconify-json/flag",
    version: "1.2.12",
    integrity:
      "sha512-B5zphOSTn54UX9v1sKsR1atuhyuXExiAkjuLQA8aeDcB68+P6oiStEDeEEVkbHgwvFvklPM2G7GhqFw6VMnXhw==",
    files: ["icons.json"],
    licence: "MIT",
    credit: "Flag Icons by Panayiotis Lipiridis, https://github.com/lipis/flag-icons (pictures)",
  },
  circle: {
    name: "@iconify-json/circle-flags",
    version: "1.2.11",
    integrity:
      "sha512-vrx2btOkTQ4/P75ElEDnjXShmNTwInXuhhpIQQ6U6YUTdxfWyvm/4ijNG8FX8iWFr+sqqQRCvXpm2RfRtjVXfg==",
    files: ["icons.json"],
    licence: "MIT",
    credit: "Circle Flags by HatScripts, https://github.com/HatScripts/circle-flags (pictures)",
  },
  names: {
    name: "openmoji",
    version: "17.0.0",
    integrity:
      "sha512-EBnYrNGdcdw+OSXmENeNE1yBNRu6tOraTmoOyUbJkTmvT/+XETp8RZLSJFzD3lrPc5N9CzsyPnRTk0Vp4UaI9w==",
    files: ["data/openmoji.json"],
    licence: "CC-BY-SA-4.0",
    credit:
      "OpenMoji's table of Unicode CLDR names, tags, groups, and skin tones, https://openmoji.org (captions)",
  },
  gemoji: {
    name: "gemoji",
    version: "8.1.0",
    integrity:
      "sha512-HA4Gx59dw2+tn+UAa7XEV4ufUKI4fH1KgcbenVA9YKSj1QJTT0xh5Mwv5HMFNN3l2OtUe3ZIfuRwSyZS5pLIWw==",
    files: ["index.js", "package.json", "license"],
    licence: "MIT",
    credit: "gemoji by Titus Wormer, from GitHub's gemoji, https://github.com/wooorm/gemoji (captions)",
  },
  emojilib: {
    name: "emojilib",
    version: "4.0.3",
    integrity:
      "sha512-KbWiYre9aRSaPbHrHZIz9zmoM+21LAsK1VFJtnTh1VCtWE/rNMDviGhQTmselFl95dhqtGlY22iH0leG5BuW0g==",
    files: ["dist/emoji-en-US.json", "LICENSE"],
    licence: "MIT",
    credit: "emojilib by Mu-An Chiou, https://github.com/muan/emojilib (captions)",
  },
  countries: {
    name: "world-countries",
    version: "5.1.0",
    integrity:
      "sha512-CXR6EBvTbArDlDDIWU3gfKb7Qk0ck2WNZ234b/A0vuecPzIfzzxH+O6Ejnvg1sT8XuiZjVlzOH0h08ZtaO7g0w==",
    files: ["countries.json", "LICENSE"],
    licence: "ODbL-1.0",
    credit:
      "World countries by Mohammed Le Doze, https://github.com/mledoze/countries (continents in questions)",
  },
} as const satisfies Record<string, EmojiSource>;

export type EmojiSourceKey = keyof typeof emojiSources;

/** The folder of each source package. */
export type EmojiSourceFolders = Readonly<Record<EmojiSourceKey, string>>;

/**
 * Fetches the source packages (about 18 MB in all) into the data cache.
 *
 * @param onProgress how many of the packages are there
 */
export async function fetchEmojiSources(
  onProgress?: (done: number, total: number) => void,
): Promise<EmojiSourceFolders> {
  const entries = Object.entries(emojiSources) as [EmojiSourceKey, EmojiSource][];
  let done = 0;
  onProgress?.(done, entries.length);
  const folders = await Promise.all(
    entries.map(async ([key, { name, version, integrity, files }]) => {
      const folder = await fetchNpmPackage(name, version, integrity, { files });
      onProgress?.(++done, entries.length);
      return [key, folder] as const;
    }),
  );
  return Object.fromEntries(folders) as Record<EmojiSourceKey, string>;
}
