import type { OwnKind } from "../../runtime/own/options.card.ts";
import type { DiagnosticCollector } from "../diagnostics/index.ts";
import { ownPackage } from "../package.ts";
import type { Host } from "../program/index.ts";
import { type OwnModule, readModule } from "./module.ts";
import type { OwnCard } from "./own-card.ts";
import { Workspace } from "./workspace.ts";

/** What is known of a file, and the texts that it follows from. */
interface Known {
  readonly module: OwnModule;
  readonly texts: ReadonlyMap<string, string>;
  readonly absent: readonly string[];
}

/**
 * The components of users' own, by their files. What is known of a file is kept for as long as it and what it
 * imports stay as they are, so that an editor pays for TypeScript once.
 */
export class OwnComponents {
  readonly #runtimeTypes: string | undefined;
  readonly #known = new Map<string, Known>();
  #workspace: Workspace | undefined;

  /** `runtimeTypes` are the declarations of `lavis/runtime`: this package's own, unless given. */
  constructor(runtimeTypes?: string) {
    this.#runtimeTypes = runtimeTypes;
  }

  /**
   * The card of the component of a kind that the file at an absolute path describes, whose text is given. What is
   * wrong with the file is reported each time; undefined where no card can be had.
   */
  card(
    host: Host,
    kind: OwnKind,
    name: string,
    { path, text }: { readonly path: string; readonly text: string },
    diagnostics: DiagnosticCollector,
  ): OwnCard | undefined {
    const key = `${kind} ${path}`;
    const before = this.#known.get(key);
    const known = before && isCurrent(before, host) ? before : this.#read(host, kind, path, text);
    this.#known.set(key, known);
    const { module } = known;
    diagnostics.addAll(module.diagnostics);
    // Each section has a card of its own: what options follow and get as defaults is looked up by the card.
    return module.card && { ...module.card, name };
  }

  #read(host: Host, kind: OwnKind, path: string, text: string): Known {
    this.#workspace ??= new Workspace(host.directory(path), this.#runtimeTypes ?? ownPackage().runtimeTypes);
    const files = this.#workspace.load(host, path, text);
    const module = readModule(this.#workspace, host, kind, path, files);
    const texts = new Map([...files.files].map(([one, { source }]) => [one, source.text]));
    return { module, texts, absent: files.absent };
  }
}

const isCurrent = ({ texts, absent }: Known, host: Host): boolean =>
  [...texts].every(([path, text]) => host.readFile(path) === text) &&
  absent.every((path) => typeof host.readFile(path) !== "string");
