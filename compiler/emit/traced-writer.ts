import { CodeBlockWriter } from "ts-morph";
import type { Place } from "../resolve/resolved.ts";

/** A stretch of the emitted text and the place in a recipe that it comes from. */
export interface Trace {
  readonly start: number;
  readonly end: number;
  readonly place: Place;
}

/** Writes TypeScript and remembers which recipe line each stretch of it comes from. */
export class TracedWriter {
  readonly #writer = new CodeBlockWriter({ indentNumberOfSpaces: 2, useTabs: false, newLine: "\n" });
  readonly #traces: Trace[] = [];

  /** Writes `text`, which may hold line breaks, on from where the last text ended. */
  write(text: string): this {
    this.#writer.write(text);
    return this;
  }

  /** Writes `text`, on from where the last text ended, and ends the line. */
  line(text = ""): this {
    this.#writer.write(text).newLine();
    return this;
  }

  /** An empty line, unless a block has just begun. */
  blankLine(): this {
    this.#writer.blankLineIfLastNot();
    return this;
  }

  /** What `write` writes comes from `place`, where there is one; traces nest, the inner one holds. */
  from(place: Place | undefined, write: () => void): this {
    const start = this.#writer.getLength();
    write();
    if (place) this.#traces.push({ start, end: this.#writer.getLength(), place });
    return this;
  }

  /** `open`, the body on lines of its own, indented, `close`. */
  block(open: string, body: () => void, close: string): this {
    this.#writer.write(open).newLine();
    this.#writer.indent(body);
    this.#writer.write(close);
    return this;
  }

  /** The text with a line break at its end, and its traces from the outermost to the innermost at each place. */
  finish(): { readonly text: string; readonly traces: readonly Trace[] } {
    const traces = [...this.#traces].sort((a, b) => a.start - b.start || b.end - a.end);
    return { text: `${this.#writer.toString().trimEnd()}\n`, traces };
  }
}
