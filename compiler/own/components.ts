import type { OwnKind } from "../../runtime/own/options.card.ts";
import type { DiagnosticCollector } from "../diagnostics/index.ts";
import { ownPackage } from "../package.ts";
import type { Host, Unreadable } from "../program/index.ts";
import { type OwnModule, readModule } from "./module.ts";
import type { OwnCard, OwnFile } from "./own-card.ts";
import { Workspace } from "./workspace.ts";

/** What is known of a file, and the files that it follows from. */
interface Known {
  readonly module: OwnModule;
  readonly files: ReadonlyMap<string, OwnFile>;
  readonly absent: readonly string[];
}

/**
 * What is known of users' TypeScript files. It is kept for as long as a file and what it imports stay as they are,
 * so that an editor pays for TypeScript once.
 */
export class OwnLibrary {
  readonly #runtimeTypes: string | undefined;
  readonly #known = new Map<string, Known>();
  #workspace: Workspace | undefined;

  /** `runtimeTypes` are the declarations of `lavis/runtime`: this package's own, unless given. */
  constructor(runtimeTypes?: string) {
    this.#runtimeTypes = runtimeTypes;
  }

  /** What the file at an absolute path, whose text is given, says of a component of a kind. */
  read(host: Host, kind: OwnKind, path: string, text: string): Known {
    const key = `${kind} ${path}`;
    const before = this.#known.get(key);
    if (before && isCurrent(before, host)) return before;
    this.#workspace ??= new Workspace(host.directory(path), this.#runtimeTypes ?? ownPackage().runtimeTypes);
    const { files, lost, absent } = this.#workspace.load(host, path, text);
    const module = readModule(this.#workspace, host, kind, path, { files, lost, absent });
    const known = { module, files, absent };
    this.#known.set(key, known);
    return known;
  }
}

const isCurrent = ({ files, absent }: Known, host: Host): boolean =>
  [...files].every(([path, { source }]) => host.readFile(path) === source.text) &&
  absent.every((path) => typeof host.readFile(path) !== "string");

/** The components of users' own in one check. */
export class OwnComponents {
  /** The TypeScript files that the check has read, by their absolute paths. */
  readonly files = new Map<string, OwnFile>();
  /** Absolute paths of files that it has looked for and not found. */
  readonly absent = new Set<string>();
  readonly #library: OwnLibrary;
  readonly #host: Host;
  readonly #diagnostics: DiagnosticCollector;

  constructor(library: OwnLibrary, host: Host, diagnostics: DiagnosticCollector) {
    this.#library = library;
    this.#host = host;
    this.#diagnostics = diagnostics;
  }

  /** The text of a file, or why there is none. */
  text(path: string): string | Unreadable {
    const text = this.#host.readFile(path);
    if (typeof text !== "string") this.absent.add(path);
    return text;
  }

  /** The card of the component of a kind that a file describes; undefined where none can be had, which is reported. */
  card(kind: OwnKind, name: string, path: string, text: string): OwnCard | undefined {
    const { module, files, absent } = this.#library.read(this.#host, kind, path, text);
    for (const [one, file] of files) this.files.set(one, file);
    for (const one of absent) this.absent.add(one);
    this.#diagnostics.addAll(module.diagnostics);
    // Each section has a card of its own: what options follow and get as defaults is looked up by the card.
    return module.card && { ...module.card, name };
  }
}
