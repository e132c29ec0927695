import { render } from "ink";
import type { Stamped } from "../../train/events.ts";
import type { UiActions, UserInterface } from "../open.ts";
import { describeEvent } from "../plain.ts";
import { addLine, emptyView, foldEvent, type RunView } from "../view.ts";
import { App } from "./app.tsx";

/** Milliseconds between two repaints: a fast model makes far more events than an eye can read. */
const repaintInterval = 100;

/** Lines of output that are left on the terminal where a run failed. */
const lastLines = 20;

/** The terminal interface. When it closes, the screen gives way to a summary in plain lines. */
export function openInk(actions: UiActions): UserInterface {
  let view: RunView = emptyView;
  const summary = new Summary();
  let timer: NodeJS.Timeout | undefined;
  const paint = () => app.rerender(<App view={view} actions={shown} />);
  const repaintSoon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      paint();
    }, repaintInterval);
  };
  // A step can take long: what was asked for is on the screen before it is done.
  const ask = (asked: RunView["asked"]) => {
    view = { ...view, asked: view.asked === "stop" ? "stop" : asked };
    paint();
  };
  const shown: UiActions = {
    send(command) {
      actions.send(command);
      ask(command.type);
    },
    interrupt() {
      actions.interrupt();
      ask("stop");
    },
  };
  const app = render(<App view={view} actions={shown} />, { exitOnCtrlC: false, patchConsole: false });
  return {
    handle(event) {
      view = foldEvent(view, event);
      summary.add(event, view);
      repaintSoon();
    },
    log(line) {
      view = addLine(view, line);
      summary.addOutput(line);
      repaintSoon();
    },
    async close() {
      clearTimeout(timer);
      app.rerender(null);
      app.unmount();
      await app.waitUntilExit();
      for (const line of summary.lines()) console.log(line);
    },
  };
}

/** What stays on the terminal: what ran, its best validation, its tests with samples, and how it ended. */
class Summary {
  #start: readonly string[] = [];
  #best: readonly string[] = [];
  readonly #tests: string[] = [];
  readonly #output: string[] = [];
  #end: readonly string[] = [];
  #isFailed = false;

  add(event: Stamped, view: RunView): void {
    const lines = describeEvent(event, view);
    if (event.type === "start") this.#start = lines.slice(0, 2);
    if (event.type === "evaluated" && event.isBest) this.#best = lines.slice(0, 1);
    if (event.type === "evaluated" && typeof event.epoch !== "number") this.#tests.push(...lines);
    if (event.type === "done" || event.type === "failed") this.#end = lines;
    this.#isFailed ||= event.type === "failed";
  }

  /** A line that the training process printed: of use where it failed. */
  addOutput(line: string): void {
    this.#output.push(line);
    if (this.#output.length > lastLines) this.#output.shift();
  }

  lines(): readonly string[] {
    const output = this.#isFailed ? this.#output : [];
    return [...this.#start, ...this.#best, ...this.#tests, ...output, ...this.#end];
  }
}
