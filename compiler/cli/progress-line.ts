import type { Terminal } from "./terminal.ts";

/** How often a line changes on a terminal, in milliseconds. */
const refreshInterval = 100;

/** Progress as one line that changes on a terminal, and elsewhere as a line whenever the step changes. */
export class ProgressLine {
  readonly #terminal: Terminal;
  #step: string | undefined;
  #shownAt = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Says that `step` is at `done` of `total`; a step without a total has no count. */
  show(step: string, done = 0, total = 0): void {
    const isNew = step !== this.#step;
    if (!this.#terminal.stderrIsTerminal) {
      if (isNew) this.#terminal.error(`${step}\n`);
      this.#step = step;
      return;
    }
    const now = Date.now();
    if (!isNew && done < total && now - this.#shownAt < refreshInterval) return;
    if (isNew) this.end();
    this.#step = step;
    this.#shownAt = now;
    this.#terminal.error(`\r\u001b[K${step}${total > 0 ? ` ${done}/${total}` : ""}`);
  }

  /** Ends the line, so that what comes next has its own. */
  end(): void {
    if (this.#step !== undefined && this.#terminal.stderrIsTerminal) this.#terminal.error("\n");
    this.#step = undefined;
  }
}
