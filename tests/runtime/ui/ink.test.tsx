import { EventEmitter } from "node:events";
import { stripVTControlCharacters } from "node:util";
import { render as inkRender } from "ink";
import { render } from "ink-testing-library";
import { describe, expect, it } from "vitest";
import type { TrainCommand } from "../../../runtime/train/events.ts";
import { App } from "../../../runtime/ui/ink/app.tsx";
import { addLine, emptyView, foldEvent, type RunView } from "../../../runtime/ui/view.ts";
import { evaluated, processes, start, step, stepTogether } from "./fixture.ts";

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

/** The lines that a terminal of that size gets. */
function linesAt(columns: number, rows: number, view: RunView): readonly string[] {
  let frame = "";
  const write = (text: string) => {
    // With CI in the environment Ink writes one more line break at the end.
    if (text.trim() !== "") frame = text;
    return true;
  };
  const stdout = Object.assign(new EventEmitter(), { columns, rows, write });
  const stdin = Object.assign(new EventEmitter(), {
    isTTY: true,
    setRawMode: () => {},
    setEncoding: () => {},
    ref: () => {},
    unref: () => {},
    read: () => null,
  });
  const app = inkRender(<App view={view} actions={{ send: () => {}, interrupt: () => {} }} />, {
    // Ink uses no more of a stream than these.
    stdout: stdout as unknown as NodeJS.WriteStream,
    stdin: stdin as unknown as NodeJS.ReadStream,
    debug: true,
    patchConsole: false,
  });
  app.unmount();
  return stripVTControlCharacters(frame).trimEnd().split("\n");
}

describe("on any terminal", () => {
  const long = "a very long caption that goes on and on ".repeat(9);
  const samples = Array.from({ length: 10 }, (_, i) => ({
    id: `${i}`,
    prediction: long,
    references: [long, long],
  }));
  const metrics = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`Metric_${i}`, i / 3]));
  let full = [
    { ...start, recipe: "recipe_".repeat(20), outputDir: "folder/".repeat(40) },
    ...Array.from({ length: 150 }, (_, i) => step(i + 1)),
    { ...evaluated, samples, metrics, select: "Metric_3" },
  ].reduce(foldEvent, emptyView);
  for (let i = 0; i < 30; i++) full = addLine(full, `warning: ${long}`);

  it.each([
    [80, 24],
    [120, 40],
    [200, 60],
    [60, 16],
    [40, 10],
  ])("of %i × %i is lower than that, and no line is broken", (columns, rows) => {
    const lines = linesAt(columns, rows, full);
    expect(lines.length).toBeLessThan(rows);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    expect(lines.at(-1)).toContain("q stop");
  });

  it.each([
    [80, 24, 4],
    [80, 24, 64],
    [200, 60, 64],
    [60, 16, 64],
    [40, 10, 64],
    [40, 10, 300],
  ])("of %i × %i is lower than that with %i processes too", (columns, rows, size) => {
    const together = [{ ...start, processes: { ...processes, size } }, stepTogether(151, size)];
    const lines = linesAt(columns, rows, together.reduce(foldEvent, full));
    expect(lines.length).toBeLessThan(rows);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    expect(lines.at(-1)).toContain("q stop");
    expect(lines.find((line) => line.includes(`${size} processes`))).toBeDefined();
  });

  it("of 80 × 24 has room for each part", () => {
    const frame = linesAt(80, 24, full).join("\n");
    for (const part of [
      "loss 2",
      "learning rate",
      "Metric_3",
      "best so far",
      "a very long",
      "log",
      "warning",
    ]) {
      expect(frame).toContain(part);
    }
  });
});

describe("the terminal interface", () => {
  it("says what mixed precision computes in", () => {
    const place = "wasm on cpu, 1 thread";
    expect(show(running).lastFrame()).toContain(`${place} · `);
    const mixed = foldEvent(running, { ...start, amp: "bfloat16" });
    expect(show(mixed).lastFrame()).toContain(`${place}, bfloat16 · `);
  });

  it("compares the processes of a run, and shows each in numbers", () => {
    const together = [{ ...start, processes }, stepTogether(1), stepTogether(2)].reduce(foldEvent, emptyView);
    const frame = show(together).lastFrame() ?? "";
    expect(frame).toContain("4 × wasm on cpu, 1 thread · ");
    expect(frame).toContain(
      "4 processes over shm · slowest 2 (550 ms, +7 %) · communication 15 %  each: samples/s, ",
    );
    expect(frame).toMatch(/ 0 █ +16\/s +17 % {2}1 █ +16\/s +17 % {2}2 █ +14.55\/s +8 % {2}3 █ +16\/s +17 %/);
    expect(show(running).lastFrame()).not.toContain("processes");
  });

  it("shows many processes as one line of bars, the slowest highest", () => {
    const ranks = Array.from({ length: 64 }, (_, rank) => ({
      seconds: rank === 40 ? 1 : 0.4,
      communicationSeconds: 0.1,
      samples: 8,
    }));
    const many = foldEvent(foldEvent(running, { ...start, processes: { ...processes, size: 64 } }), {
      ...stepTogether(31),
      ranks,
    });
    const frame = linesAt(80, 24, many).join("\n");
    expect(frame).toContain("64 processes over shm · slowest 40 (1.0 s, +144 %)");
    expect(frame).toContain(`${"▄".repeat(40)}█${"▄".repeat(23)}`);
  });

  it("says what the start is at", () => {
    expect(show(emptyView).lastFrame()).toContain("starting: loading the program");
    const detail = "opening the data set emoji";
    const view = foldEvent(emptyView, { type: "phase", phase: "starting", detail, time: 0 });
    expect(show(view).lastFrame()).toContain("starting: opening the data set emoji");
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
      "val after epoch 1  CIDEr 0.8231 · Bleu_4 0.1312",
      "best so far: epoch 1, CIDEr 0.8231",
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

  it("says at once what was asked for, before the step is over", () => {
    const frame = show({ ...running, asked: "pause" }).lastFrame();
    expect(frame).toContain("training  pausing after this step…");
  });

  it("shows a running evaluation in place of the epoch, with its time left", () => {
    const progress = { type: "evaluate_progress", split: "val", total: 40 } as const;
    const view = [
      { type: "phase", phase: "validating", detail: "on val", time: 1000 } as const,
      { ...progress, done: 10, time: 6000 },
    ].reduce(foldEvent, running);
    const frame = show(view).lastFrame();
    expect(frame).toContain("validating on val");
    expect(frame).toMatch(/val 10\/40 +━+─+ +25 % +15 s left/);
    expect(frame).not.toContain("epoch 1/2");
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
