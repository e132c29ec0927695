import { render } from "ink";
import type { UiActions, UserInterface } from "../open.ts";
import { describeEvent } from "../plain.ts";
import { addLine, emptyView, foldEvent, type RunView } from "../view.ts";
import { App } from "./app.tsx";

/** Milliseconds between two repaints: a fast model makes far more events than an eye can read. */
const repaintInterval = 100;

/** The terminal interface. When it closes, its last words stay on the terminal as plain lines. */
export function openInk(actions: UiActions): UserInterface {
  let view: RunView = emptyView;
  const lastWords: string[] = [];
  const paint = () => <App view={view} actions={actions} />;
  const app = render(paint(), { exitOnCtrlC: false, patchConsole: false });
  let timer: NodeJS.Timeout | undefined;
  const repaintSoon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      app.rerender(paint());
    }, repaintInterval);
  };
  return {
    handle(event) {
      view = foldEvent(view, event);
      if (event.type === "evaluated" || event.type === "done" || event.type === "failed") {
        lastWords.push(...describeEvent(event, view));
      }
      repaintSoon();
    },
    log(line) {
      view = addLine(view, line);
      repaintSoon();
    },
    async close() {
      clearTimeout(timer);
      app.rerender(paint());
      app.unmount();
      await app.waitUntilExit();
      for (const line of lastWords) console.log(line);
    },
  };
}
