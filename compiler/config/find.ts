import type { Host } from "../program/index.ts";
import {
  type Configuration,
  ConfigurationError,
  defaultConfiguration,
  readConfiguration,
} from "./configuration.ts";
import { matchesGlob } from "./globs.ts";

export const configurationName = "lavisc.json";

/** Finds the configuration of recipes: the nearest `lavisc.json` in their folder or above it. Each is read once. */
export class Configurations {
  readonly #host: Host;
  /** By folder. */
  readonly #found = new Map<string, Configuration>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** The configuration of an absolute path of a file. Throws {@link ConfigurationError}. */
  ofFile(path: string): Configuration {
    return this.ofFolder(this.#host.directory(path));
  }

  ofFolder(folder: string): Configuration {
    const known = this.#found.get(folder);
    if (known) return known;
    const found = this.#read(folder) ?? this.#above(folder);
    this.#found.set(folder, found);
    return found;
  }

  #read(folder: string): Configuration | undefined {
    const path = this.#host.resolve(folder, configurationName);
    const text = this.#host.readFile(path);
    const shown = this.#host.display(path);
    if (typeof text === "string") return readConfiguration(text, shown, folder);
    if (text.problem === "is not there") return undefined;
    throw new ConfigurationError(shown, [`${shown} ${text.problem}`]);
  }

  #above(folder: string): Configuration {
    const parent = this.#host.directory(folder);
    return parent === folder ? defaultConfiguration(folder) : this.ofFolder(parent);
  }
}

/** Whether a configuration is about a file of a folder: among its `files`, and not ignored. */
export const isSelected = (configuration: Configuration, path: string): boolean =>
  configuration.files.some((pattern) => matchesGlob(relativeTo(configuration, path), pattern)) &&
  !isIgnored(configuration, path);

/** Whether a configuration leaves a file out, also where it is named. */
export const isIgnored = (configuration: Configuration, path: string): boolean =>
  configuration.ignore.some((pattern) => matchesGlob(relativeTo(configuration, path), pattern));

function relativeTo({ folder }: Configuration, path: string): string {
  const start = folder.endsWith("/") ? folder : `${folder}/`;
  const unix = path.replaceAll("\\", "/");
  return unix.startsWith(start) ? unix.slice(start.length) : unix;
}
