import { describe, expect, it } from "vitest";
import { badRecipe, goodRecipe, workspace } from "./lavisc.ts";

describe("lavisc explain", () => {
  it("says where each value of a recipe comes from", async () => {
    const { lavisc } = workspace({ "a.lavis": goodRecipe });
    const { code, out, error } = await lavisc(["explain", "a.lavis", "--set", "run.seed=7"]);
    expect({ code, error }).toEqual({ code: 0, error: "" });
    const lines = out.split("\n").map((line) => line.trim().replaceAll(/ {2,}/g, " | "));
    expect(lines[0]).toBe("recipe emoji");
    expect(lines).toContain("schedule.init_lr | 2e-5 | a.lavis:11 (depends on parameter peak_lr)");
    expect(lines).toContain(
      "schedule.warmup_lr | 2e-5 | follows schedule.init_lr, by default of schedule linear_warmup_cosine_lr (depends on parameter peak_lr)",
    );
    expect(lines).toContain("task.max_len | 20 | default of task captioning");
    expect(lines).toContain("run.seed | 7 | --set run.seed=7");
  });

  it("explains what it can of a recipe with mistakes", async () => {
    const { lavisc } = workspace({ "a.lavis": badRecipe });
    const { code, out, error } = await lavisc(["explain", "a.lavis"]);
    expect(code).toBe(1);
    expect(error).toContain("max_epohc");
    expect(out).toContain("task.max_len");
  });

  it("prints the long text of a diagnostic, by its code in any case or its slug", async () => {
    const { lavisc } = workspace({});
    const byCode = await lavisc(["explain", "lv2026"]);
    expect(byCode).toMatchObject({ code: 0, error: "" });
    expect(byCode.out).toMatch(/^LV2026 unknown-setting \(error\)\n\n\S/);
    expect(await lavisc(["explain", "unknown-setting"])).toEqual(byCode);
  });

  it("suggests codes and slugs", async () => {
    const { lavisc } = workspace({});
    expect(await lavisc(["explain", "unknown-seting"])).toMatchObject({
      code: 2,
      error: expect.stringContaining("did you mean `unknown-setting`"),
    });
    expect((await lavisc(["explain", "LV9999"])).code).toBe(2);
  });
});
