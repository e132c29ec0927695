import { jsonLine } from "../train/output.ts";
import type { UserInterface } from "./open.ts";

/** One JSON object a line: every event as it came, and what the training process prints as `{"type":"output"}`. */
export function openJson(write: (line: string) => void = console.log): UserInterface {
  return {
    handle: (event) => write(jsonLine(event)),
    log: (text) => write(jsonLine({ type: "output", text, time: Date.now() })),
    close: async () => {},
  };
}
