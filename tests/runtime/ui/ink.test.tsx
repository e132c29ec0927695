import { render } from "ink-testing-library";
import { describe, expect, it } from "vitest";
import type { TrainCommand } from "../../../runtime/train/events.ts";
import { App } from "../../../runtime/ui/ink/app.tsx";
import { addLine, emptyView, foldEvent, type RunView } from "../../../runtime/ui/view.ts";
import { evaluated, start, step } from "./fixture.ts";

const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 50));

function show(view: RunView) {
  const commands: TrainCommand[] = [];
  let interrupts = 0;
  const actions = {
    send: (command: TrainCommand) => void commands.push(command),
    interrupt: () => void interrupts++,
  };
  const screen = render(<App view={view} actions={actions} />);
  return {
    ...screen,
    commands,
    interrupts: () => interrupts,
    press: async (keys: string) => {
      await settled();
      screen.stdin.write(keys);
      await settled();
    },
  };
}

const running = [
  start,
  { type: "phase", phase: "training", time: 0 } as const,
  step(1),
  step(2),
  step(30),
  evaluated,
].reduce(foldEvent, emptyView);

describe("the terminal interface", () => {
  it("says that it is starting before the first event", () => {
    expect(show(emptyView).lastFrame()).toContain("starting: loading the engine");
  });

  it("shows the recipe, device, progress, speed, memory, curves, validation and its samples", () => {
    const frame = show(addLine(running, "warning: 1 damaged image skipped")).lastFrame() ?? "";
    for (const part of [
      "emoji_caption",
      "blip_caption.tiny · 3.3 M parameters",
      "wasm on cpu, 1 thread",
      "epoch 1/2",
      "step 30/200",
      "35 s left",
      "64 samples/s",
      "loader 10 %",
      "120 MB tensors, 450 MB process",
      "learning rate 3.00e-4",
      "val after epoch 1  Bleu_4 0.1312 · CIDEr 0.8231 best",
      "red apple",
      "a red apple · apple fruit",
      "warning: 1 damaged image skipped",
      "? help",
    ]) {
      expect(frame).toContain(part);
    }
    expect(frame).toMatch(/[\u2801-\u28ff]/);
  });

  it("asks to pause, to go on, for a checkpoint and to stop by keys", async () => {
    const screen = show(running);
    await screen.press("p");
    await screen.press("c");
    await screen.press("q");
    expect(screen.commands).toEqual([{ type: "pause" }, { type: "checkpoint" }, { type: "stop" }]);

    const paused = show(foldEvent(running, { type: "phase", phase: "paused", time: 0 }));
    await paused.press("p");
    expect(paused.commands).toEqual([{ type: "resume" }]);
    expect(paused.lastFrame()).toContain("p resume");
  });

  it("passes ctrl-c on as an interrupt, not as a key", async () => {
    const screen = show(running);
    await screen.press("\u0003");
    expect(screen.interrupts()).toBe(1);
    expect(screen.commands).toEqual([]);
  });

  it("shows and hides the help", async () => {
    const screen = show(running);
    await screen.press("?");
    expect(screen.lastFrame()).toContain("write a checkpoint after the running step");
    await screen.press("?");
    expect(screen.lastFrame()).toContain("step 30/200");
  });
});
