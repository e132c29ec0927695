import { CompletionItemKind } from "vscode-languageserver";
import type { Host } from "../../../program/index.ts";
import type { Candidate } from "./item.ts";

/** What a folder holds; empty where it cannot be read. */
export type FolderReader = (path: string) => readonly { readonly name: string; readonly isFolder: boolean }[];

/** Files and folders for the last part of a path that is being written. */
export function fileCandidates(
  written: string,
  directory: string,
  host: Host,
  readFolder: FolderReader,
  fits: (name: string) => boolean,
): readonly Candidate[] {
  const folder = host.resolve(directory, written.slice(0, written.lastIndexOf("/") + 1) || ".");
  const last = written.slice(written.lastIndexOf("/") + 1);
  const shown = readFolder(folder).filter(({ name }) => last.startsWith(".") || !name.startsWith("."));
  return shown
    .filter(({ name, isFolder }) => isFolder || fits(name))
    .map(({ name, isFolder }) => ({
      label: isFolder ? `${name}/` : name,
      kind: isFolder ? CompletionItemKind.Folder : CompletionItemKind.File,
      rank: isFolder ? 1 : 0,
    }));
}
