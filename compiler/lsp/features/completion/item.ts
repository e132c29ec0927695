import {
  type CompletionItem,
  type CompletionItemKind,
  InsertTextFormat,
  type TextEdit,
} from "vscode-languageserver";

/** A completion before the client's abilities are considered. */
export interface Candidate {
  readonly label: string;
  readonly kind: CompletionItemKind;
  /** In a few words, beside the label. */
  readonly detail?: string | undefined;
  /** Markdown. */
  readonly doc?: string | undefined;
  /** What is written; the label, unless given. */
  readonly text?: string | undefined;
  /** What is written where the client knows tab stops. */
  readonly snippet?: string | undefined;
  /** Lower ones stand first; those of one rank in the order in which they are given. */
  readonly rank?: number;
}

/** A candidate for the protocol; `edit` replaces what is written of it by a text. */
export function itemOf(
  candidate: Candidate,
  order: number,
  snippets: boolean,
  edit: (text: string) => TextEdit,
): CompletionItem {
  const { label, kind, detail, doc, text = label, snippet, rank = 0 } = candidate;
  const isSnippet = snippets && snippet !== undefined;
  return {
    label,
    kind,
    ...(detail !== undefined && { detail }),
    ...(doc !== undefined && { documentation: { kind: "markdown", value: doc } }),
    textEdit: edit(isSnippet ? snippet : text),
    insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    filterText: label,
    sortText: `${rank}${String(order).padStart(4, "0")}`,
  };
}

/** A text in a snippet, where `$`, `}` and `\` have a meaning. */
export const inSnippet = (text: string): string => text.replace(/[$}\\]/g, "\\$&");
