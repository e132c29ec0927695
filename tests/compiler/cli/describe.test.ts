import { describe, expect, it } from "vitest";
import { catalog } from "../../../compiler/catalog/index.ts";
import { configurationKeys } from "../../../compiler/config/index.ts";
import { lintRules } from "../../../compiler/lint/index.ts";
import { workspace } from "./lavisc.ts";

const { lavisc } = workspaceOnce();
function workspaceOnce() {
  return { lavisc: (argv: readonly string[]) => workspace({}).lavisc(["describe", ...argv]) };
}

describe("lavisc describe", () => {
  it("lists what recipes can name", async () => {
    const { code, out } = await lavisc([]);
    expect(code).toBe(0);
    for (const { name, doc } of catalog.ofKind("task")) expect(out).toContain(`  ${name}  ${doc}\n`);
    const { out: json } = await lavisc(["--format", "json"]);
    expect(JSON.parse(json)).toHaveLength(catalog.all().length);
    expect((await lavisc(["dataset"])).out).not.toContain("blip_caption");
  });

  it("describes each card in each format, with each of its options", async () => {
    for (const card of catalog.all())
      for (const format of ["text", "json", "markdown"]) {
        const { code, out } = await lavisc([card.kind, card.name, "--format", format]);
        expect(code).toBe(0);
        for (const [name, { doc, type }] of Object.entries(card.options)) {
          expect(out).toContain(name);
          if (type.is !== "block" && format === "text") expect(out).toContain(doc);
        }
      }
  });

  it("tells type, unit, range, default and doc of an option", async () => {
    const { out } = await lavisc(["model", "blip_caption", "--format", "json"]);
    const { options } = JSON.parse(out);
    const named = (path: string) => options.find((option: { path: string }) => option.path === path);
    expect(named("image_size")).toEqual({
      path: "image_size",
      type: "an integer",
      orNone: false,
      setBy: [],
      unit: "pixels",
      range: "at least 1",
      default: "384",
      doc: "Height and width of the input image; a multiple of `patch_size`.",
      notes: [],
    });
    expect(named("load_finetuned").default).toBe("that of run.evaluate");
    const { out: dataset } = await lavisc(["dataset", "coco_caption", "--format", "json"]);
    const paths = JSON.parse(dataset).options.map(({ path }: { path: string }) => path);
    expect(paths).toContain("vis_processor.train");
    expect(paths).toContain("build_info.annotations.<name>.md5");
  });

  it("describes a variant with what it sets", async () => {
    const { out } = await lavisc(["model", "blip_caption.tiny", "--format", "json"]);
    const described = JSON.parse(out);
    expect(described).toMatchObject({ name: "blip_caption.tiny", variants: [] });
    const size = described.options.find(({ path }: { path: string }) => path === "vit_type");
    expect(size.default).toBe("tiny");
  });

  it("describes lint rules and lavisc.json", async () => {
    const { out: rules } = await lavisc(["rule"]);
    for (const { code, slug } of lintRules) expect(rules).toContain(`${code} ${slug}`);
    const { out: rule } = await lavisc(["rule", "unused-let", "--format", "markdown"]);
    expect(rule).toContain("# unused-let (LV4012)");
    expect(rule).toContain("```lavis");
    const { out: configuration } = await lavisc(["configuration"]);
    for (const key of Object.keys(configurationKeys)) expect(configuration).toContain(`## \`${key}\``);
    expect((await lavisc(["configuration", "ignore"])).out).not.toContain("baseline");
    expect(JSON.parse((await lavisc(["configuration", "--format=json"])).out).additionalProperties).toBe(
      false,
    );
  });

  it.each([
    [["modle"], "did you mean `model`?"],
    [["model", "blip_captoin"], "did you mean `blip_caption`?"],
    [["model", "blip_caption.tny"], "did you mean `tiny`?"],
    [["rule", "unused-lte"], "did you mean `unused-let`"],
    [["configuration", "rulse"], "did you mean `rules`?"],
  ])("suggests what may have been meant by %j", async (argv, hint) => {
    expect(await lavisc(argv)).toMatchObject({ code: 2, out: "", error: expect.stringContaining(hint) });
  });
});
