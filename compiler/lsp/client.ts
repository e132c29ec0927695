/** What is known of the client: what it can do, and how it is configured. */

import type { ClientCapabilities, InitializeParams } from "vscode-languageserver";
import type { HintMode } from "./features/inlay-hints.ts";

export interface Client {
  readonly snippets: boolean;
  readonly versionedEdits: boolean;
  readonly configuration: boolean;
  readonly watchesFiles: boolean;
  readonly workspaceFolders: boolean;
  /** Whether it asks for inlay hints again when it is told to. */
  readonly refreshesHints: boolean;
  /** The scheme under which the client shows the explanation of a code, such as `lavis-explain`. */
  readonly explanationScheme: string | undefined;
}

export function clientOf({ capabilities, initializationOptions }: InitializeParams): Client {
  const { textDocument, workspace }: ClientCapabilities = capabilities;
  const scheme = propertyOf(initializationOptions, "explanationScheme");
  return {
    snippets: textDocument?.completion?.completionItem?.snippetSupport ?? false,
    versionedEdits: workspace?.workspaceEdit?.documentChanges ?? false,
    configuration: workspace?.configuration ?? false,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false,
    workspaceFolders: workspace?.workspaceFolders ?? false,
    refreshesHints: workspace?.inlayHint?.refreshSupport ?? false,
    explanationScheme: typeof scheme === "string" ? scheme : undefined,
  };
}

/** The section `lavis` of the client's configuration. */
export interface Settings {
  readonly inlayHints: HintMode;
}

const hintModes: readonly HintMode[] = ["inherited", "all", "off"];

/** Reads settings as the client sends them; what is missing or of no use has its default. */
export function settingsOf(sent: unknown): Settings {
  const mode = propertyOf(sent, "inlayHints");
  return { inlayHints: hintModes.find((one) => one === mode) ?? "inherited" };
}

/** The section `lavis` of what `workspace/didChangeConfiguration` carries, for clients that are not asked. */
export const sectionOf = (settings: unknown): unknown => propertyOf(settings, "lavis");

function propertyOf(value: unknown, key: string): unknown {
  const isObject = typeof value === "object" && value !== null && Object.hasOwn(value, key);
  return isObject ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
