import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { goodRecipe, workspace } from "./lavisc.ts";

const untidy = goodRecipe.replace("    init_lr = peak_lr", "  init_lr=peak_lr");

describe("lavisc fmt", () => {
  it("formats files in place and is quiet about it", async () => {
    const { folder, lavisc } = workspace({ "a.lavis": untidy });
    expect(await lavisc(["fmt", "a.lavis"])).toEqual({ code: 0, out: "", error: "" });
    expect(readFileSync(join(folder, "a.lavis"), "utf8")).toBe(goodRecipe);
  });

  it("only says which files are not formatted with --check", async () => {
    const { folder, lavisc } = workspace({ "a.lavis": untidy, "b.lavis": goodRecipe });
    expect(await lavisc(["fmt", "--check", "a.lavis", "b.lavis"])).toEqual({
      code: 1,
      out: "",
      error: "a.lavis is not formatted\n",
    });
    expect(readFileSync(join(folder, "a.lavis"), "utf8")).toBe(untidy);
    expect(await lavisc(["fmt", "--check", "b.lavis"])).toEqual({ code: 0, out: "", error: "" });
  });

  it("shows what would change with --diff", async () => {
    const { lavisc } = workspace({ "a.lavis": untidy });
    const { code, out } = await lavisc(["fmt", "--diff", "a.lavis"]);
    expect(code).toBe(1);
    expect(out).toContain("--- a.lavis\n");
    expect(out).toContain("-  init_lr=peak_lr\n+    init_lr = peak_lr\n");
  });

  it("formats standard input to standard output", async () => {
    const { lavisc } = workspace({});
    expect(await lavisc(["fmt", "-"], untidy)).toEqual({ code: 0, out: goodRecipe, error: "" });
  });

  it("cannot format what is not there", async () => {
    const { lavisc } = workspace({});
    expect(await lavisc(["fmt", "a.lavis"])).toMatchObject({ code: 2 });
  });
});
