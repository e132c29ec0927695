import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { probeMessages } from "../../../compiler/probe/index.ts";
import { badRecipe, goodRecipe, workspace } from "./lavisc.ts";

const plan = (...flags: string[]) =>
  workspace({ "r.lavis": goodRecipe }).lavisc(["plan", "r.lavis", ...flags]);

const step = (seconds: number) => JSON.stringify({ type: "step", seconds });
const log = [
  JSON.stringify({ type: "start", batchSize: 32 }),
  step(9),
  step(0.5),
  step(0.25),
  JSON.stringify({ type: "evaluated", seconds: 100 }),
  step(0.4),
  '{ "type": "step", "sec',
].join("\n");

describe("lavisc plan", () => {
  it("says what a recipe will do and need", async () => {
    const { code, out, error } = await plan();
    expect(code).toBe(0);
    expect(error).toBe("");
    for (const title of ["parameters", "training", "learning rate", "memory of a process", "disk", "time"])
      expect(out).toContain(`\n${title}\n`);
    expect(out).toContain("19,344");
    expect(out).toContain("unknown: no step was measured");
  });

  it("takes the samples of a pass, and the seconds of a step", async () => {
    const { out } = await plan("--samples", "3200", "--step-seconds", "0.5");
    expect(out).toMatch(/steps of an epoch +100/);
    expect(out).toMatch(/all steps +50 s/);
  });

  it("is one JSON object for programs, in which the unknown says why", async () => {
    const { out } = await plan("--format", "json", "--samples", "3200");
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      plans: [
        {
          recipe: "emoji",
          model: "blip_caption.tiny",
          parameters: { total: expect.any(Number), parts: expect.any(Array) },
          training: {
            length: { totalSteps: 100, samplesSeen: 3200 },
            rates: { points: expect.any(Array) },
            memory: { engine: "torch", total: expect.any(Number) },
            checkpoints: { bytes: expect.any(Number) },
            time: { unknown: expect.stringContaining("--from") },
          },
        },
      ],
    });
  });

  it("takes the median step of a run, and says of which batch", async () => {
    const { lavisc } = workspace({ "r.lavis": goodRecipe, "out/run/log.jsonl": log });
    const { code, out } = await lavisc(["plan", "r.lavis", "--samples", "3200", "--from", "out/run"]);
    expect(code).toBe(0);
    expect(out).toMatch(/a step +500 ms +median of 4 steps of out\/run, 32 samples each/);
    expect(out).toMatch(/all steps +50 s/);
  });

  it.each([
    [["--from", "nowhere"], "nowhere is no folder of a run"],
    [["--from", "empty"], "empty/log.jsonl has no step"],
    [["--from", "empty", "--step-seconds", "1"], "--step-seconds and --from both say how long a step takes"],
    [["--samples", "0"], "more than 0"],
    [["--samples", "many"], "a whole number"],
    [["--step-seconds", "-1"], "a number of seconds above 0"],
    [["--step-seconds", "fast"], "a number of seconds above 0"],
    [["--recipe", "other"], "has no recipe other"],
  ])("refuses %j", async (flags, message) => {
    const { lavisc } = workspace({ "r.lavis": goodRecipe, "empty/log.jsonl": "" });
    const { code, out, error } = await lavisc(["plan", "r.lavis", ...flags]);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(error).toContain(message);
  });

  it("tells of a recipe with mistakes what can be told, and fails", async () => {
    const { lavisc } = workspace({ "r.lavis": badRecipe });
    const { code, out, error } = await lavisc(["plan", "r.lavis"]);
    expect(code).toBe(1);
    expect(error).toContain("max_epohc");
    expect(out).toContain("recipe emoji, model blip_caption.tiny");
  });

  it("reads standard input, parameters and overrides", async () => {
    const { lavisc } = workspace({});
    const flags = ["-p", "peak_lr=1e-3", "--set", "run.batch_size_train=8", "--samples", "80"];
    const { code, out } = await lavisc(["plan", "-", ...flags], goodRecipe);
    expect(code).toBe(0);
    expect(out).toMatch(/start +1e-3|start +0\.001/);
    expect(out).toMatch(/steps of an epoch +10\n/);
  });

  it("plans each recipe of a file, or the one that is named", async () => {
    const two = `${goodRecipe}\nrecipe large extends emoji {\n  run { batch_size_train = 64 }\n}\n\nrecipe small extends emoji {\n  run { batch_size_train = 2 }\n}\n`;
    const { lavisc } = workspace({ "r.lavis": two });
    expect((await lavisc(["plan", "r.lavis"])).out.match(/^recipe \w+/gm)).toEqual([
      "recipe large",
      "recipe small",
    ]);
    expect((await lavisc(["plan", "r.lavis", "--recipe", "small"])).out.match(/^recipe \w+/gm)).toEqual([
      "recipe small",
    ]);
  });
});

describe("docs/plan.md", () => {
  it("shows what the command prints", async () => {
    const root = fileURLToPath(new URL("../../..", import.meta.url));
    const documented = readFileSync(join(root, "docs", "plan.md"), "utf8");
    const [, command = "", shown] = /```console\n\$ lavisc (.*)\n([\s\S]*?)```/.exec(documented) ?? [];
    const { out } = await workspace({}).lavisc(command.split(" "), "", { workingFolder: root });
    expect(shown).toBe(out);
  });

  it("lists every finding", () => {
    const documented = readFileSync(new URL("../../../docs/plan.md", import.meta.url), "utf8");
    expect(documented.match(/^\| LV\d+/gm)).toEqual(Object.keys(probeMessages).map((code) => `| ${code}`));
  });
});

describe("lavisc check --probe", () => {
  const missing = goodRecipe.replace("blip_caption.tiny", 'blip_caption.tiny { vocab_file = "gone.txt" }');

  it("finds what a recipe names and is not there; without --probe nobody looks", async () => {
    const { lavisc } = workspace({ "r.lavis": missing });
    expect(await lavisc(["check", "r.lavis"])).toMatchObject({ code: 0 });
    const { code, out } = await lavisc(["check", "r.lavis", "--probe", "--format", "json"]);
    expect(code).toBe(1);
    const { diagnostics } = JSON.parse(out);
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ code: "LV6001", message: expect.stringContaining("gone.txt is not there") }),
    );
  }, 120_000);
});
