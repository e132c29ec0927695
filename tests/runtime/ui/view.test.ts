import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawChart } from "../../../runtime/ui/chart.card.ts";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatPath,
} from "../../../runtime/ui/format.ts";
import { openJson } from "../../../runtime/ui/json.ts";
import { openPlain } from "../../../runtime/ui/plain.ts";
import { summarizeRanks } from "../../../runtime/ui/ranks.ts";
import {
  addLine,
  addPoint,
  emptyView,
  evaluationLeft,
  foldEvent,
  timeLeft,
} from "../../../runtime/ui/view.ts";
import { done, evaluated, processes, start, step, stepTogether } from "./fixture.ts";

const time = 0;

describe("the view of a run", () => {
  it("estimates the time left from the smoothed step time", () => {
    const view = [start, step(1), step(50)].reduce(foldEvent, emptyView);
    expect(timeLeft(view)).toEqual({ epoch: 25, run: 75 });
    expect(timeLeft(emptyView)).toBeUndefined();
  });

  it("forgets the first step's time, which pays for what is done once", () => {
    const slow = { ...step(1), seconds: 60 };
    const view = [start, slow, step(2), step(3)].reduce(foldEvent, emptyView);
    expect(view.secondsPerStep).toBe(0.5);
  });

  it("counts the validations that are to come, once it knows how long one takes", () => {
    const view = [start, step(100)].reduce(foldEvent, emptyView);
    expect(timeLeft(view)).toEqual({ epoch: 0, run: 50 });
    const validated = [evaluated, { ...evaluated, split: "test", seconds: 4 }].reduce(foldEvent, view);
    expect(timeLeft(validated)?.run).toBe(50 + 7);
    const ended = [step(200), { ...evaluated, epoch: 2 }].reduce(foldEvent, validated);
    expect(timeLeft(ended)?.run).toBe(0);
  });

  it("estimates what is left of an evaluation", () => {
    const progress = { type: "evaluate_progress", split: "val", total: 40 } as const;
    const view = [
      { type: "phase", phase: "validating", time: 1000 } as const,
      { ...progress, done: 10, time: 3000 },
      { ...progress, done: 20, time: 5000 },
    ].reduce(foldEvent, emptyView);
    expect(evaluationLeft(view)).toBe(4);
  });

  it("drops a request when it has been met", () => {
    const phase = (name: "paused" | "validating" | "stopping") =>
      foldEvent({ ...emptyView, asked: "stop" }, { type: "phase", phase: name, time }).asked;
    expect([phase("validating"), phase("stopping")]).toEqual(["stop", undefined]);
    const paused = foldEvent({ ...emptyView, asked: "pause" }, { type: "phase", phase: "paused", time });
    expect(paused.asked).toBeUndefined();
    const declined = foldEvent(
      { ...emptyView, asked: "checkpoint" },
      { type: "phase", phase: "testing", time },
    );
    expect(declined.asked).toBeUndefined();
    const checkpoint = {
      type: "checkpoint",
      path: "run/step_3",
      step: 3,
      reason: "asked",
      seconds: 1,
      time,
    } as const;
    const written = foldEvent({ ...emptyView, asked: "checkpoint" }, checkpoint);
    expect(written.asked).toBeUndefined();
    expect(written.lines).toEqual(["checkpoint step_3 written (asked)"]);
  });

  it("keeps lines of output apart, without what would move the cursor", () => {
    const { lines } = addLine(emptyView, "one\n\u001b[31mtwo\u001b[0m\tthree\rfour\u0007");
    expect(lines).toEqual(["one", "two  three", "four"]);
  });

  it("keeps a curve's mean whatever its length, in bounded space", () => {
    let curve = emptyView.loss;
    const count = 8192;
    for (let i = 0; i < count; i++) curve = addPoint(curve, i);
    expect(curve.points.length).toBeLessThanOrEqual(2048);
    const mean = curve.points.reduce((sum, value) => sum + value, 0) / curve.points.length;
    expect(mean).toBeCloseTo((count - 1) / 2, 6);
    expect(addPoint(curve, Number.NaN)).toBe(curve);
  });

  it("remembers the best evaluation beside the last one", () => {
    const worse = { ...evaluated, epoch: 2, isBest: false };
    const view = [start, evaluated, worse].reduce(foldEvent, emptyView);
    expect(view.best).toBe(evaluated);
    expect(view.evaluated).toBe(worse);
  });
});

describe("a chart", () => {
  it("has the asked size and only blanks and dots, whatever the values", () => {
    const values = fc.array(fc.oneof(fc.double(), fc.constant(Number.NaN)), { maxLength: 300 });
    fc.assert(
      fc.property(
        values,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 8 }),
        (series, width, height) => {
          const lines = drawChart(series, width, height);
          expect(lines).toHaveLength(height);
          for (const line of lines) {
            expect(line).toHaveLength(width);
            expect(line).toMatch(/^[ \u2800-\u28ff]*$/);
          }
        },
      ),
    );
  });

  it("joins few values over the whole width", () => {
    const [top = "", bottom = ""] = drawChart([0, 1], 8, 2);
    expect(bottom.slice(0, 4)).not.toContain(" ");
    expect(top.slice(5)).not.toContain(" ");
    expect(drawChart([3], 4, 1)[0]).not.toContain(" ");
  });

  it.each([3, 7, 1000])("draws %i equal values as one straight line", (count) => {
    const lines = drawChart(new Array(count).fill(1e-4 / 3), 20, 4);
    expect(lines.map((line) => line.trim().length)).toEqual([0, 0, 20, 0]);
  });

  it("draws a rising series from the bottom left to the top right", () => {
    const [top = "", bottom = ""] = drawChart([0, 1, 2, 3], 2, 2);
    expect(top[0]).toBe(" ");
    expect(top[1]).not.toBe(" ");
    expect(bottom[0]).not.toBe(" ");
  });
});

describe("a path for people", () => {
  it("is relative where it lies in the working directory, and whole elsewhere", () => {
    expect(formatPath(join(process.cwd(), "output", "run"))).toBe(join("output", "run"));
    expect(formatPath("/elsewhere/run")).toBe("/elsewhere/run");
    expect(formatPath(process.cwd())).toBe(process.cwd());
  });
});

describe("numbers for people", () => {
  it.each([
    [formatDuration(3.21), "3.2 s"],
    [formatDuration(59.7), "1 min 0 s"],
    [formatDuration(7_500), "2 h 5 min"],
    [formatDuration(100_000), "1 d 3 h"],
    [formatBytes(999), "999 B"],
    [formatBytes(1_234_567), "1.2 MB"],
    [formatCount(223_000_000), "223 M"],
    [formatNumber(0.00029), "2.90e-4"],
    [formatNumber(12.25), "12.25"],
    [formatNumber(0), "0"],
  ])("writes %s as %s", (written, expected) => {
    expect(written).toBe(expected);
  });
});

describe("the plain interface", () => {
  it("prints a line for the first step and every log_freq-th, and what follows an evaluation and a stop", () => {
    const lines: string[] = [];
    const screen = openPlain((line) => lines.push(line));
    screen.handle(start);
    for (let i = 1; i <= 60; i++) screen.handle(step(i));
    screen.handle(evaluated);
    screen.handle(done);
    const steps = lines.filter((line) => line.startsWith("epoch "));
    expect(steps.map((line) => line.split("  ")[0])).toEqual([
      "epoch 1/2 step 1/200",
      "epoch 1/2 step 50/200",
    ]);
    expect(lines).toContain("val (epoch 1): Bleu_4 0.1312 · CIDEr 0.8231  best so far");
    expect(lines).toContain("  7: red apple  |  a red apple · apple fruit");
    expect(lines.at(-1)).toBe(
      "to go on, start the program with --resume output/emoji/20260131-120000/checkpoints/step_120",
    );
  });

  it("prints a failure with its help to the error stream", () => {
    const errors: string[] = [];
    const screen = openPlain(
      () => {},
      (line) => errors.push(line),
    );
    screen.handle({ type: "failed", time: 0, message: "the loss is NaN", hint: "lower init_lr" });
    expect(errors).toEqual(["error: the loss is NaN", "  help: lower init_lr"]);
  });
});

describe("a run in mixed precision", () => {
  const skipped = {
    ...step(7, Number.NaN),
    gradNorm: Number.POSITIVE_INFINITY,
    lossScale: 32_768,
    overflowed: "gradients",
  } as const;
  const line = "step 7 skipped: the gradients overflowed float16; the loss scale is now 32768";

  it("says in plain lines what it computes in, each skipped step, and how many there were", () => {
    const lines: string[] = [];
    const screen = openPlain((text) => lines.push(text));
    screen.handle({ ...start, amp: "float16" });
    screen.handle({ ...step(6), lossScale: 65_536 });
    screen.handle(skipped);
    screen.handle({ ...done, skippedSteps: 3 } as typeof done);
    expect(lines[1]).toBe("tfjs-node is not installed; 1 thread; mixed precision in float16");
    expect(lines.filter((text) => text.includes("skipped"))).toEqual([
      line,
      expect.stringMatching(/^stopped after 120 steps \(3 skipped as they overflowed float16\), /),
    ]);
  });

  it("shows a skipped step among the lines of the log", () => {
    expect([start, step(6), skipped].reduce(foldEvent, emptyView).lines).toContain(line);
  });

  it("names in JSON what overflowed and the scale after", () => {
    const lines: string[] = [];
    openJson((text) => lines.push(text)).handle(skipped);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      step: 7,
      gradNorm: "Infinity",
      lossScale: 32_768,
      overflowed: "gradients",
    });
  });
});

describe("a run of several processes", () => {
  const together = [{ ...start, processes }, stepTogether(1), stepTogether(2), stepTogether(3)];

  it("knows the slowest, how far it is behind the mean, and the time in communication", () => {
    const { ranks } = together.reduce(foldEvent, emptyView);
    expect(ranks?.map(({ samplesPerSecond }) => Math.round(samplesPerSecond * 10) / 10)).toEqual([
      16, 16, 14.5, 16,
    ]);
    expect(summarizeRanks(ranks)).toMatchObject({ slowest: 2, seconds: 0.55 });
    expect(summarizeRanks(ranks)?.excess).toBeCloseTo(0.55 / 0.5125 - 1, 10);
    expect(summarizeRanks(ranks)?.communicationShare).toBeCloseTo(0.0875 / 0.6, 10);
  });

  it("forgets the first step's time of each process, and of a run that is started again", () => {
    const slow = { ...stepTogether(1), ranks: [{ seconds: 60, communicationSeconds: 0, samples: 8 }] };
    const fast = { ...stepTogether(2), ranks: [{ seconds: 0.5, communicationSeconds: 0, samples: 8 }] };
    expect([start, slow, fast].reduce(foldEvent, emptyView).ranks?.[0]?.seconds).toBe(0.5);
    const again = [start, fast, fast, fast, { ...start, startStep: 2 }, slow, fast];
    expect(again.reduce(foldEvent, emptyView).ranks?.[0]?.seconds).toBe(0.5);
  });

  it("counts its time from the first start where it is started again", () => {
    const again = { ...start, time: 9000, startStep: 3 };
    expect([...together, again].reduce(foldEvent, emptyView).startedAt).toBe(start.time);
  });

  it("says in plain lines who trains together, and how the processes compare", () => {
    const lines: string[] = [];
    const screen = openPlain((line) => lines.push(line));
    for (const event of together) screen.handle(event);
    expect(lines).toContain("4 processes: rank 0 of 4 on one host; data goes by shm");
    expect(lines.at(-1)).toContain(
      "  ranks 14.55–16 samples/s, slowest 2 (550 ms, +7 %), communication 15 %  ",
    );
  });

  it("says which process a warning and a failure come from", () => {
    const lines: string[] = [];
    const screen = openPlain(
      (line) => lines.push(line),
      (line) => lines.push(line),
    );
    screen.handle({ type: "message", level: "warning", text: "a picture is damaged", rank: 3, time });
    screen.handle({ type: "failed", message: "out of memory", rank: 2, time });
    expect(lines).toEqual(["rank 3: warning: a picture is damaged", "error: rank 2: out of memory"]);
  });

  it("says in JSON what each process did", () => {
    const lines: string[] = [];
    openJson((line) => lines.push(line)).handle(stepTogether(1));
    expect(JSON.parse(lines[0] ?? "").ranks[2]).toEqual({
      seconds: 0.55,
      communicationSeconds: 0.05,
      samples: 8,
    });
  });
});

describe("the JSON interface", () => {
  it("writes one object a line and names numbers that JSON lacks", () => {
    const lines: string[] = [];
    const screen = openJson((line) => lines.push(line));
    screen.handle(step(1, Number.NaN));
    screen.log("hello");
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0] ?? "").losses).toEqual({ loss: "NaN", loss_lm: "NaN" });
    expect(JSON.parse(lines[1] ?? "")).toMatchObject({ type: "output", text: "hello" });
  });
});
