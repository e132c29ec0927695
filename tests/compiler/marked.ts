import { type CheckResult, checkRecipe } from "../../compiler/check-recipe.ts";
import { memoryHost } from "../../compiler/program/index.ts";
import { applyEdits, type Diagnostic, type Span } from "../../grammar/index.ts";

/** Sections of a recipe that is right as it stands; a test replaces or extends some of them. */
export interface Parts {
  /** Before the recipe. */
  readonly head?: string;
  readonly task?: string;
  readonly model?: string;
  readonly dataset?: string;
  readonly schedule?: string;
  readonly optimizer?: string;
  readonly run?: string;
  /** Behind the sections, inside of the recipe. */
  readonly more?: string;
}

/** A recipe without mistakes but for those in the parts that are given. */
export function recipe(parts: Parts = {}): string {
  const {
    head = "",
    task = "task captioning",
    model = "model blip_caption.tiny",
    dataset = "dataset emoji_caption",
    schedule = "",
    optimizer = "",
    run = "run { device = cpu }",
    more = "",
  } = parts;
  const sections = [task, model, dataset, schedule, optimizer, run, more].filter((part) => part !== "");
  return `${head === "" ? "" : `${head}\n`}recipe r {\n${sections.map((part) => `  ${part}\n`).join("")}}\n`;
}

/** A text in which «…» marks the places where diagnostics are expected. */
export function unmark(marked: string): { readonly text: string; readonly spans: readonly Span[] } {
  const spans: Span[] = [];
  const starts: number[] = [];
  let text = "";
  for (const character of marked) {
    if (character === "«") starts.push(text.length);
    else if (character === "»") spans.push({ start: starts.pop() ?? 0, end: text.length });
    else text += character;
  }
  return { text, spans: spans.sort((a, b) => a.start - b.start || a.end - b.end) };
}

export interface CheckedText extends CheckResult {
  readonly text: string;
  /** The marked places. */
  readonly spans: readonly Span[];
}

export interface CheckSettings {
  readonly files?: Readonly<Record<string, string>>;
  readonly params?: readonly string[];
  readonly sets?: readonly string[];
  readonly recipe?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Checks a text as the file `/r.lavis`. */
export function checkText(marked: string, settings: CheckSettings = {}): CheckedText {
  const { files = {}, environment, ...given } = settings;
  const { text, spans } = unmark(marked);
  const host = memoryHost({ ...files, "/r.lavis": text }, environment);
  return { ...checkRecipe(host, "/r.lavis", given), text, spans };
}

/** The diagnostics as lines: `LV3006 min_len (40) must be less than max_len (30)`. */
export const lines = (diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics.map(({ code, message }) => `${code} ${message}`);

/** The text after the first fix of a diagnostic. */
export function fixed(text: string, diagnostic: Diagnostic | undefined): string | undefined {
  const edits = diagnostic?.fixes[0]?.edits;
  return edits && applyEdits(text, edits);
}
