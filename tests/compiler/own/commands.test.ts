import { describe, expect, it } from "vitest";
import { workspace } from "../cli/lavisc.ts";
import { studyFiles } from "./study.ts";

describe("lavisc describe", () => {
  it("tells the options of a TypeScript file", async () => {
    const { lavisc } = workspace(studyFiles());
    const { code, out, error } = await lavisc(["describe", "model", "captioner.ts", "--format", "json"]);
    expect({ code, error }).toEqual({ code: 0, error: "" });
    const { name, doc, reads, tasks, options } = JSON.parse(out);
    expect({ name, doc, reads, tasks }).toEqual({
      name: "captioner",
      doc: "Captions from the mean of an image's patches, a word from the one before.",
      reads: ["image", "text_input"],
      tasks: ["captioning"],
    });
    expect(options[0]).toEqual({
      path: "width",
      type: "an integer",
      orNone: false,
      setBy: [],
      range: "at least 1",
      default: "32",
      doc: "Width of all states.",
      notes: [],
    });
  });

  it("says what is wrong with a file, or that there is none", async () => {
    const { lavisc } = workspace({ "mine.ts": "\nexport const create = 3;\n" });
    expect(await lavisc(["describe", "model", "mine.ts"])).toMatchObject({
      code: 2,
      error: expect.stringContaining("mine.ts:2: mine.ts exports no function `create`"),
    });
    expect(await lavisc(["describe", "model", "lost.ts"])).toMatchObject({
      code: 2,
      error: expect.stringContaining("lost.ts is not there"),
    });
  });
});

describe("lavisc check", () => {
  it("shows the line of the TypeScript file, and is clean where nothing is wrong", async () => {
    const study = studyFiles();
    const broken = `${study["plain.ts"]}export const width: number = "wide";\n`;
    expect(await workspace(study).lavisc(["check", "study.lavis"])).toMatchObject({ code: 0 });
    const { code, out, error } = await workspace({ ...study, "plain.ts": broken }).lavisc([
      "check",
      "study.lavis",
    ]);
    expect(code).toBe(1);
    expect(out + error).toContain("LV2304");
    expect(out + error).toContain('export const width: number = "wide";');
  });

  it("says once what is wrong with a file that several recipes name", async () => {
    const study = studyFiles();
    const other = (study["study.lavis"] ?? "").replace("recipe study", "recipe other");
    const broken = `${study["plain.ts"]}export const width: number = "wide";\n`;
    const { lavisc } = workspace({ ...study, "other.lavis": other, "plain.ts": broken });
    const { out } = await lavisc(["check", "study.lavis", "other.lavis", "--format", "json"]);
    const { diagnostics } = JSON.parse(out);
    expect(diagnostics).toHaveLength(1);
  });
});
