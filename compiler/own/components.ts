import type { Card } from "../../runtime/card.ts";
import type { OwnKind } from "../../runtime/own/options.card.ts";
import type { DiagnosticCollector } from "../diagnostics/index.ts";
import { ownPackage } from "../package.ts";
import type { Host, Unreadable } from "../program/index.ts";
import { createProbe } from "./contract.ts";
import { misfitOf } from "./fit.ts";
import { type OwnModule, readModule } from "./module.ts";
import { isOwnCard, type OwnCard, type OwnFile } from "./own-card.ts";
import { Workspace } from "./workspace.ts";

/** A file that is named for a component of a kind. */
export interface OwnRequest {
  readonly kind: OwnKind;
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

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
  /** What was said of a task and a model, and what was known of both then. */
  readonly #misfits = new Map<
    string,
    { readonly of: readonly Known[]; readonly why: readonly string[] | undefined }
  >();
  #workspace: Workspace | undefined;

  /** `runtimeTypes` are the declarations of `lavis/runtime`: this package's own, unless given. */
  constructor(runtimeTypes?: string) {
    this.#runtimeTypes = runtimeTypes;
  }

  /**
   * What files, whose texts are given, say of components. Ask for all at once: each change makes TypeScript begin
   * anew.
   */
  read(host: Host, requests: readonly OwnRequest[]): readonly Known[] {
    const isKnown = (request: OwnRequest): boolean => {
      const before = this.#known.get(keyOf(request));
      return before !== undefined && isCurrent(before, host);
    };
    const distinct = new Map(requests.map((request) => [keyOf(request), request]));
    const unread = [...distinct.values()].filter((request) => !isKnown(request));
    const [first] = unread;
    if (first) this.#readAll(this.#workspaceOf(host, first), host, unread);
    return requests.flatMap((request) => this.#known.get(keyOf(request)) ?? []);
  }

  /**
   * Why a model is not what a task asks for; undefined where it is, or where something else is wrong with one of them,
   * which is reported.
   */
  misfit(host: Host, task: OwnRequest, model: Card): readonly string[] | undefined {
    const own: OwnRequest | undefined = isOwnCard(model)
      ? { kind: "model", path: model.own.file.path, text: model.own.file.source.text }
      : undefined;
    const of = this.read(host, own ? [task, own] : [task]);
    const isAsked = own !== undefined || model.implemented !== false;
    if (!isAsked || of.some(({ module }) => module.diagnostics.hasErrors)) return undefined;
    const key = `${keyOf(task)} ${own ? keyOf(own) : model.name}`;
    const before = this.#misfits.get(key);
    if (before?.of.every((known, at) => known === of[at])) return before.why;
    const workspace = this.#workspaceOf(host, task);
    const why = misfitOf(workspace, task.path, own ? { path: own.path } : { name: model.name });
    this.#misfits.set(key, { of, why });
    return why;
  }

  #readAll(workspace: Workspace, host: Host, requests: readonly OwnRequest[]): void {
    const loaded = requests.map((request) => ({
      request,
      files: workspace.load(host, request.path, request.text),
      probe: createProbe(workspace, request.kind, request.path),
    }));
    for (const { request, files, probe } of loaded) {
      const module = readModule(workspace, host, request, files, probe);
      this.#known.set(keyOf(request), { module, files: files.files, absent: files.absent });
    }
    for (const { probe } of loaded) workspace.project.removeSourceFile(probe);
  }

  #workspaceOf(host: Host, { path }: OwnRequest): Workspace {
    this.#workspace ??= new Workspace(host.directory(path), this.#runtimeTypes ?? ownPackage().runtimeTypes);
    return this.#workspace;
  }
}

const keyOf = ({ kind, path }: OwnRequest): string => `${kind} ${path}`;

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

  /** Reads the files of several components at once, so that asking for each of them is quick. */
  prepare(requests: readonly OwnRequest[]): void {
    this.#library.read(this.#host, requests);
  }

  /** The card of the component that a file describes; undefined where none can be had, which is reported. */
  card(name: string, request: OwnRequest): OwnCard | undefined {
    const [known] = this.#library.read(this.#host, [request]);
    if (!known) throw new Error(`${request.path} was not read`);
    const { module, files, absent } = known;
    for (const [one, file] of files) this.files.set(one, file);
    for (const one of absent) this.absent.add(one);
    this.#diagnostics.addAll(module.diagnostics);
    if (!module.card) return undefined;
    // Each section has a card of its own: what options follow and get as defaults is looked up by the card.
    const card = { ...module.card, name };
    if (request.kind !== "task") return card;
    const misfit = (model: Card) => this.#library.misfit(this.#host, request, model);
    return { ...card, own: { ...card.own, misfit } };
  }
}
