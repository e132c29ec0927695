import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { create } from "tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeData } from "../runtime/train/fixture.ts";
import { cleanEnvironment } from "../runtime/train/program.ts";
import { tinyCaptioner } from "./tiny-recipe.ts";

const bundle = fileURLToPath(new URL("../../dist/lavisc.js", import.meta.url));
if (!existsSync(bundle)) throw new Error('the command line is not built: run "npm run build" first');

/** A recipe of a captioner that takes a step in milliseconds, on the data of a section. */
const recipe = (dataset: string): string => `recipe own {
  ${tinyCaptioner}
  ${dataset}
  schedule constant_lr { init_lr = 1e-3, max_epoch = 1 }
  run {
    batch_size_train = 4
    batch_size_eval = 4
    test_splits = []
    device = cpu
    engine = wasm
    threads = 1
    num_workers = 1
    output_dir = "output"
  }
}
`;

interface KarpathyRow {
  readonly image: string;
  readonly image_id: number;
  readonly caption: string | readonly string[];
}

let folder: string;
const node = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...cleanEnvironment(), LAVIS_CACHE: join(folder, "cache") },
  });
  return { code: status, lines: stdout.trimEnd().split("\n"), error: stderr };
};
const rowsOf = (split: string): readonly KarpathyRow[] =>
  JSON.parse(readFileSync(join(folder, `${split}.json`), "utf8"));
const captionsOf = ({ caption }: KarpathyRow): readonly string[] => [caption].flat();

beforeAll(async () => {
  folder = await makeData();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** How each format's files are made of the same pictures, and the section that reads them. */
const formats: Readonly<
  Record<string, { readonly section: string; make(split: string): void | Promise<void> }>
> = {
  jsonl: {
    section: `dataset shapes from jsonl {
    images = "images"
    annotations { train = "train.jsonl", val = ["val.jsonl"] }
    columns { image = "file", caption = "title", image_id = "id" }
    vis_processor { train = blip_image_train, eval = blip_image_eval }
    text_processor { train = blip_caption, eval = blip_caption }
  }`,
    make: (split) => {
      const lines = rowsOf(split).map(({ image, image_id, caption }) =>
        JSON.stringify({ file: image, id: image_id, title: caption }),
      );
      writeFileSync(join(folder, `${split}.jsonl`), lines.join("\n"));
    },
  },
  csv: {
    section: 'dataset shapes from csv { annotations { train = "train.csv", val = "val.csv" } }',
    make: (split) => {
      const lines = rowsOf(split).flatMap((row) =>
        captionsOf(row).map((one) => `"images/${row.image}",${one}`),
      );
      writeFileSync(join(folder, `${split}.csv`), `image,caption\n${lines.join("\n")}\n`);
    },
  },
  image_folder: {
    section:
      'dataset shapes from image_folder { annotations { train = "folders/train", val = "folders/val" } }',
    make: (split) => {
      for (const row of rowsOf(split)) {
        const path = join(folder, "folders", split, captionsOf(row)[0]!.replaceAll(" ", "_"), row.image);
        mkdirSync(dirname(path), { recursive: true });
        copyFileSync(join(folder, "images", row.image), path);
      }
    },
  },
  webdataset: {
    section:
      'dataset shapes from webdataset { annotations { train = "shards/train.tar", val = "shards/val.tar" } }',
    make: async (split) => {
      const samples = join(folder, "samples", split);
      mkdirSync(samples, { recursive: true });
      mkdirSync(join(folder, "shards"), { recursive: true });
      const names = rowsOf(split).flatMap((row) => {
        const text = `${row.image.replace(/\..*/, "")}.txt`;
        copyFileSync(join(folder, "images", row.image), join(samples, row.image));
        writeFileSync(join(samples, text), captionsOf(row)[0]!);
        return [row.image, text];
      });
      await create({ file: join(folder, "shards", `${split}.tar`), cwd: samples }, names);
    },
  },
};

describe("a recipe with data of one's own", () => {
  it.each(Object.entries(formats))("trains and validates on %s", async (name, { section, make }) => {
    await make("train");
    await make("val");
    writeFileSync(join(folder, `${name}.lavis`), recipe(section));
    expect(node(bundle, `${name}.lavis`, "-o", `out-${name}`)).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, `out-${name}`, "run.ts"), "utf8")).toContain(`from_${name}("shapes", {`);
    const { code, lines, error } = node(`out-${name}/run.js`, "--ui", "json");
    expect({ code, error }).toEqual({ code: 0, error: "" });
    const events = lines.map((line) => JSON.parse(line));
    expect(events.filter(({ type }) => type === "step")).not.toEqual([]);
    expect(events.find(({ type }) => type === "evaluated")).toMatchObject({ split: "val" });
  });

  it("says where its data is damaged", () => {
    writeFileSync(
      join(folder, "train.jsonl"),
      '{"file": "0.png", "title": "a circle", "id": 0}\n{"file": \n',
    );
    const { code, error } = node("out-jsonl/run.js", "--ui", "plain");
    expect(code).toBe(1);
    expect(error).toContain("train.jsonl line 2 is not JSON");
    expect(error).toContain("mend the line, or take it out");
  });
});
