import { describe, expect, it, vi } from "vitest";
import { catalog } from "../../../compiler/catalog/index.ts";
import { factoryName } from "../../../compiler/emit/options.ts";
import { programText } from "../../../compiler/emit/program-text.ts";
import * as components from "../../../runtime/components.ts";
import * as runtime from "../../../runtime/index.ts";
import { files, resolveFixture } from "./recipes.ts";

const locations = { outputFolder: "/project/out", workingFolder: "/" };
const emit = (options: Parameters<typeof resolveFixture>[0] = {}) =>
  programText(resolveFixture(options), locations).text;

describe("an emitted program", () => {
  it("reads like one that a person wrote", async () => {
    await expect(emit()).toMatchFileSnapshot("__snapshots__/emoji.run.ts.snap");
  });

  it("has the same bytes for the same recipe", () => {
    expect(emit()).toBe(emit());
  });

  it("says where each value came from that the recipe itself does not give", () => {
    const text = emit({ sets: ["run.threads=2"], params: ["peak_lr=3e-5"] });
    for (const line of [
      "    max_len: 30, // recipe base, line 15",
      "    seed: 7, // fragment quick, line 10",
      "    threads: 2, // --set run.threads=2",
      '  peak_lr: { type: "number", default: 3e-5, doc: "Highest learning rate." }, // -p peak_lr=3e-5',
      "    vit_embed_dim: 192, // follows model.vit_type",
      "    // Defaults of model blip_caption.tiny.",
      "  // The recipe names no optimizer: adamw is the default.",
    ])
      expect(text.split("\n")).toContain(line);
  });

  it("follows parameters when it runs", () => {
    const text = emit();
    expect(text).toContain("image_size: params.side, // recipe base, line 16");
    expect(text).toContain("init_lr: (params.peak_lr + 1e-6) * 2,");
    expect(text).toContain("image_size: params.side, // follows model.image_size");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: emitted text
    expect(text).toContain('vocab_file: here("../recipes", `../data/${params.side}.txt`),');
  });

  it("has paths relative to itself, but those that were written absolute", () => {
    const text = emit();
    expect(text).toContain('source: "../recipes/caption.lavis"');
    expect(text).toContain('images: here("../data/emoji/128"),');
    expect(text).toContain('resume_ckpt_path: "/elsewhere/ckpt",');
    expect(text).not.toContain("/project");
  });

  it("writes where it is run: its output folder is relative to nothing of the recipe's", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: emitted text
    expect(emit()).toContain("output_dir: `output/${params.peak_lr}`,");
    const folder = (set: string) => /output_dir: (.*),/.exec(emit({ sets: [`run.output_dir=${set}`] }))?.[1];
    expect(folder("runs/a")).toBe('"runs/a"');
    expect(folder("/project/runs")).toBe('"/project/runs"');
  });

  it("holds the names of secrets' variables, never what they hold", () => {
    vi.stubEnv("HUB_TOKEN", "hunter2");
    const text = emit({
      text: files["/project/recipes/caption.lavis"]
        .replace("param side", 'secret hub = env("HUB_TOKEN")\nparam side')
        .replace("image_size = side,", "image_size = side, weights_token = hub,"),
    });
    expect(text).toContain('weights_token: secret("HUB_TOKEN"), // recipe base');
    expect(text).toMatch(/^import \{[^}]*\bsecret\b[^}]*\} from "lavis\/runtime";/m);
    expect(text).not.toContain("hunter2");
    vi.unstubAllEnvs();
  });

  it("leads each value that a file gives back to its place there", () => {
    const { text, traces } = programText(resolveFixture({ sets: ["run.threads=2"] }), locations);
    const placesOf = (piece: string) => {
      const at = text.indexOf(piece);
      return traces
        .filter(({ start, end }) => start <= at && at < end)
        .map(({ place: { source, span } }) => `${source.path}:${source.positionAt(span.start).line}`);
    };
    expect(placesOf("max_len:").at(-1)).toBe("project/recipes/caption.lavis:15");
    expect(placesOf("seed:").at(-1)).toBe("project/recipes/caption.lavis:10");
    expect(placesOf("peak_lr:")).toEqual(["project/recipes/caption.lavis:6"]);
    expect(placesOf("threads:").at(-1)).toBe("project/recipes/caption.lavis:31");
    expect(placesOf("await launch")).toEqual([]);
  });

  it("gives paths of parameters relative to itself, but those that were written absolute", () => {
    const text = emit({
      params: ["weights=/w/model.pth"],
      text: `lavis 1
param data: path = "../data"
param coco: path = "/datasets/coco"
param cached: path = "cache:data/emoji"
param weights: checkpoint? = none
recipe emoji {
  task captioning
  model blip_caption.tiny { finetuned = weights }
  dataset emoji_caption { build_info { images = data / "images" } }
  run { device = cpu }
}
`,
    });
    expect(text).toContain('data: { type: "path", default: here("../data") }');
    expect(text).toContain('coco: { type: "path", default: "/datasets/coco" }');
    expect(text).toContain('cached: { type: "path", default: "cache:data/emoji" }');
    expect(text).toContain('nullable: true, default: "/w/model.pth" }');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: emitted text
    expect(text).toContain('images: here("../recipes", `${params.data}/images`),');
  });

  it("keeps what could end a comment or a text from ending it", () => {
    const text = emit({
      text: `lavis 1
/// Ends here */ or not.
param name: string = "a\\"b\`c"
/// Stops */ too.
recipe emoji {
  task captioning
  model blip_caption.tiny { prompt = "\${name} \\\\" }
  dataset emoji_caption
  run { device = cpu }
}
`,
    });
    expect(text).toContain("/** Stops *\\/ too. */");
    expect(text).toContain('default: "a\\"b`c"');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: emitted text
    expect(text).toContain("prompt: `${params.name} \\\\`,");
  });
});

describe("the factories that programs call", () => {
  it("have names of their own, which TypeScript and the rest of the runtime leave free", () => {
    const cards = catalog.all().filter(({ kind }) => kind !== "run");
    const names = cards.map(factoryName);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
    expect(names.filter((name) => !/^[A-Za-z_]\w*$/.test(name))).toEqual([]);
    const others = new Set(Object.keys(runtime).filter((name) => !Object.hasOwn(components, name)));
    expect(names.filter((name) => others.has(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(["gqa", "gqa_dataset", "aok_vqa", "aok_vqa_dataset"]));
  });

  const available = catalog.all().filter(({ kind, implemented = true }) => implemented && kind !== "run");

  it.each(available)("exist for $kind $name", (card) => {
    const factories: Readonly<Record<string, { readonly card: unknown }>> = components;
    expect(factories[factoryName(card)]?.card).toBe(card);
  });
});
