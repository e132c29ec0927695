/** The user's own TypeScript in a program: compiled beside it, in the folders that the files have among each other. */

import { dirname, join, relative, sep } from "node:path";
import type { OwnCard, OwnFile } from "../own/index.ts";
import { byPath, commonFolder } from "../paths.ts";
import { transpile } from "./compile.ts";
import { fromFolder, type Locations } from "./locations.ts";

/** The folder of an output folder that holds them. */
const folder = "components";

/** Which module of a program each file of the user's becomes. */
export class OwnModules {
  readonly #files: ReadonlyMap<string, OwnFile>;
  /** The folder that all files lie in, at any depth. */
  readonly #root: string;

  constructor(cards: readonly OwnCard[]) {
    const files = cards.flatMap(({ own }) => own.files);
    this.#files = new Map([...files].sort(byPath).map((file) => [file.path, file]));
    this.#root = commonFolder([...this.#files.keys()].map(dirname));
  }

  /** The module of a component, as the program imports it: `./components/captioner.js`. */
  specifierOf({ own }: OwnCard): string {
    return `./${this.#nameOf(own.file.path)}`;
  }

  /** The JavaScript of the files, with their source maps, by their names in the output folder. */
  emit({ outputFolder }: Locations): ReadonlyMap<string, string> {
    const emitted = new Map<string, string>();
    for (const [path, { source }] of this.#files) {
      const name = this.#nameOf(path);
      const { text, mappings } = transpile(source.text, path);
      const sources = [fromFolder(dirname(join(outputFolder, name)), path)];
      const map = { version: 3, file: name.split("/").at(-1), sources, names: [], mappings };
      emitted.set(name, text);
      emitted.set(`${name}.map`, `${JSON.stringify(map)}\n`);
    }
    return emitted;
  }

  /**
   * What the type check of the program needs, by absolute path: the files themselves, and for each module a file
   * in its place that leads to them.
   */
  sources({ outputFolder }: Locations): ReadonlyMap<string, string> {
    return new Map(
      [...this.#files].flatMap(([path, { source }]) => [
        [path, source.text] as const,
        [
          join(outputFolder, this.#nameOf(path).replace(/\.js$/, ".ts")),
          `export * from ${JSON.stringify(path)};\n`,
        ] as const,
      ]),
    );
  }

  #nameOf(path: string): string {
    const inside = relative(this.#root, path).split(sep).join("/");
    return `${folder}/${inside.replace(/\.ts$/, ".js")}`;
  }
}
