import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { catalog } from "../../../compiler/catalog/index.ts";
import { datasetsFor, draftRecipe, errorsIn, modelsFor, tasksOf } from "../../../compiler/init/index.ts";
import { format } from "../../../grammar/index.ts";
import { workspace } from "./lavisc.ts";

/** A terminal on which somebody gives answers, one after another. */
function answering(...answers: string[]) {
  const questions: string[] = [];
  const ask = async (question: string) => {
    questions.push(question);
    return answers.shift();
  };
  return { questions, terminal: { stdinIsTerminal: true, ask } };
}

const blip = ["--task", "captioning", "--model", "blip_caption.tiny", "--dataset", "emoji_caption"];

describe("lavisc init", () => {
  it("writes a recipe that checks, of what flags name", async () => {
    const { lavisc, folder } = workspace({});
    expect(await lavisc(["init", ...blip, "-o", "mine.lavis"])).toEqual({
      code: 0,
      out: "",
      error: "mine.lavis is there; try `lavisc check mine.lavis`\n",
    });
    const text = readFileSync(join(folder, "mine.lavis"), "utf8");
    expect(text).toContain("  model blip_caption.tiny { load_pretrained = false }\n");
    expect(text).toContain("dataset emoji_caption");
    expect(await lavisc(["lint", "mine.lavis", "--max-warnings", "0"])).toMatchObject({ code: 0 });
    expect(await lavisc(["fmt", "--check", "mine.lavis"])).toMatchObject({ code: 0 });
  });

  it("takes the first of everything with --yes, and prints to standard output", async () => {
    const { lavisc, folder } = workspace({});
    const { code, out } = await lavisc(["init", "--yes", "-o", "-"]);
    expect(code).toBe(0);
    expect(out).toContain(`  task ${tasksOf(catalog)[0]?.name}\n`);
    expect(existsSync(join(folder, "-"))).toBe(false);
  });

  it("asks on a terminal, by number or name, again where it does not understand", async () => {
    const { lavisc, folder } = workspace({});
    const { terminal, questions } = answering("blip_caption.tiny", "99", "emoji_caption");
    const { code, error } = await lavisc(["init", "--task", "captioning"], "", terminal);
    expect(code).toBe(0);
    expect(error).toContain("  1. blip_caption.base_coco  ViT-B/16");
    expect(error).toContain("It is a number from 1 to");
    expect(questions).toEqual(["model [1]: ", "dataset [1]: ", "dataset [1]: "]);
    expect(readFileSync(join(folder, "captioning.lavis"), "utf8")).toContain("dataset emoji_caption");
  });

  it("writes nothing where nobody answers", async () => {
    const { lavisc, folder } = workspace({});
    const { terminal } = answering();
    expect(await lavisc(["init", "--task", "captioning"], "", terminal)).toMatchObject({ code: 2 });
    expect(await lavisc(["init", "--task", "captioning"])).toMatchObject({
      code: 2,
      error: expect.stringContaining("name it with --model"),
    });
    expect(existsSync(join(folder, "captioning.lavis"))).toBe(false);
  });

  it("replaces no file unless it is told to", async () => {
    const { lavisc, folder } = workspace({ "a.lavis": "mine" });
    expect(await lavisc(["init", ...blip, "-o", "a.lavis"])).toMatchObject({
      code: 2,
      error: expect.stringContaining("a.lavis is there already"),
    });
    expect(readFileSync(join(folder, "a.lavis"), "utf8")).toBe("mine");
    expect(await lavisc(["init", ...blip, "-o", "a.lavis", "--force"])).toMatchObject({ code: 0 });
    expect(await lavisc(["init", ...blip, "-o", "none/a.lavis"])).toMatchObject({
      code: 2,
      error: expect.stringContaining("none/a.lavis cannot be written"),
    });
  });

  it("suggests what may have been meant", async () => {
    const { lavisc } = workspace({});
    expect(await lavisc(["init", "--task", "captoining"])).toMatchObject({
      code: 2,
      error: expect.stringContaining("did you mean `captioning`?"),
    });
    expect(await lavisc(["init", "--task", "captioning", "--model", "blip_caption.tny"])).toMatchObject({
      error: expect.stringContaining("did you mean `blip_caption.tiny`?"),
    });
  });

  it("writes a recipe for data of one's own, by its format", async () => {
    const { lavisc, folder } = workspace({});
    expect(await lavisc(["init", "--task", "captioning", "--dataset", "csv", "--yes"])).toMatchObject({
      code: 0,
    });
    const text = readFileSync(join(folder, "captioning.lavis"), "utf8");
    expect(text).toContain("on data of my own.\n");
    expect(text).toContain(
      '  dataset my_data from csv {\n    annotations {\n      train = "data/train.csv"\n      val = "data/val.csv"\n',
    );
  });

  it("makes a recipe without errors, and formatted, of whatever it offers", () => {
    for (const task of tasksOf(catalog))
      for (const model of modelsFor(catalog, task.name)) {
        const datasets = datasetsFor(catalog, task.name, model.name);
        expect(datasets.length, `${task.name} ${model.name}`).toBeGreaterThan(0);
        for (const dataset of datasets) {
          const text = draftRecipe(catalog, { task: task.name, model: model.name, dataset: dataset.name });
          expect(errorsIn(text, catalog)).toEqual([]);
          expect(format(text)).toBe(text);
        }
      }
  });
});
