import { UserError } from "../errors.ts";
import type { programFlags } from "../program-flags.card.ts";
import type { Stamped, TrainCommand } from "../train/events.ts";
import { openJson } from "./json.ts";
import { openPlain } from "./plain.ts";

/** How a run is shown: `auto` is the terminal interface on a terminal and plain lines elsewhere. */
export type UiChoice = (typeof programFlags)["ui"]["type"][number];

export interface UserInterface {
  handle(event: Stamped): void;
  /** Shows a line that the training process printed. */
  log(line: string): void;
  /** Leaves the terminal as it was, with the results still on it. */
  close(): Promise<void>;
}

/** What a person can ask for from the interface. */
export interface UiActions {
  send(command: TrainCommand): void;
  /** Ctrl-C: in raw mode a terminal sends no signal. The first stops cleanly, the second at once. */
  interrupt(): void;
}

/**
 * Opens the interface; Ink and React are loaded only when it is the terminal one.
 * @throws UserError when that is asked for and there is no terminal
 */
export async function openUserInterface(choice: UiChoice, actions: UiActions): Promise<UserInterface> {
  const isTerminal = process.stdout.isTTY === true && process.stdin.isTTY === true;
  if (choice === "json") return openJson();
  if (choice === "plain" || (choice === "auto" && (!isTerminal || process.env.CI))) return openPlain();
  if (!isTerminal) {
    throw new UserError("--ui ink needs a terminal", "leave --ui out, or take plain or json");
  }
  const { openInk } = await import("./ink/open.tsx");
  return openInk(actions);
}
