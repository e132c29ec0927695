import type { MessageCode } from "../../../compiler/diagnostics/index.ts";
import type { CheckSettings } from "../marked.ts";

/** A recipe with one mistake, marked with «…», and what is said about it. */
export interface Case extends CheckSettings {
  readonly code: MessageCode;
  readonly title: string;
  readonly source: string;
  readonly message: string;
  /** A note that must be among the notes. */
  readonly note?: string;
  /** The text after the first fix: a part that it must contain. */
  readonly fixed?: string;
  /** What a label says. */
  readonly label?: string;
}
