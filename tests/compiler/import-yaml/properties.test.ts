import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { catalog, plainOptions, sectionsOf } from "../../../compiler/index.ts";
import { format } from "../../../grammar/index.ts";
import type { Card, OptionType } from "../../../runtime/card.ts";
import { importText } from "./imported.ts";
import { differences, yamlData } from "./lavis-merge.ts";

const folder = new URL("./configs/projects/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, folder), "utf8");
const bases = [
  read("blip/train/retrieval_coco_ft.yaml"),
  read("alpro/train/msrvtt_qa_ft.yaml"),
  read("xinstruct_blip/eval/discrn/audio_video_describe.yaml"),
  read("blip_diffusion/finetune-db-dog.yaml"),
];

const pieces = `{ } [ ] ( ) " ' \${ : , . - * & ! !!int | > % @ ? # ~ <<: *a \t yes 1:30 1e5 1e999 null ??? --- \${run.seed} \${.x}`;
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.oneof(fc.constant(0), fc.nat(40)),
  inserted: fc.constantFrom(...pieces.split(" "), "\n", "\r", "\n  ", " ", "", "a: 1\n", "&a ", "- ", "  "),
});
const mutant = fc
  .tuple(fc.constantFrom(...bases), fc.array(edit, { minLength: 1, maxLength: 4 }))
  .map(([base, edits]) =>
    edits.reduce((text, { at, removed, inserted }) => {
      const start = Math.floor(at * text.length);
      return text.slice(0, start) + inserted + text.slice(start + removed);
    }, base),
  );

describe("any text", () => {
  it("becomes a formatted recipe, or is refused with a line; nothing is thrown", () => {
    fc.assert(
      fc.property(mutant, (yaml) => {
        const { text, refusals, check } = importText(yaml);
        if (text === "") {
          expect(refusals.length).toBeGreaterThan(0);
          const last = yaml.split(/\r\n?|\n/).length;
          for (const refusal of refusals) {
            const line = Number(/^LV50\d\d (\d+): /.exec(refusal)?.[1]);
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(last);
          }
        } else {
          expect(format(text)).toBe(text);
          expect(check.diagnostics.filter(({ code }) => code.startsWith("LV1"))).toEqual([]);
        }
      }),
      { numRuns: 400 },
    );
  });
});

/** The bases with a comment of its own name beside some lines, and above some in the columns around it. */
const commented = fc
  .record({
    base: fc.constantFrom(...bases),
    places: fc.infiniteStream(fc.record({ above: fc.nat(9), beside: fc.nat(3), isApart: fc.boolean() })),
  })
  .map(({ base, places }) => {
    let count = 0;
    const comment = (): string => `# comment ${count++}.`;
    const lines = base.split("\n").flatMap((line) => {
      if (/^\s*(?:#.*)?$/.test(line)) return [line];
      const { above, beside, isApart } = places.next().value;
      const column = /^ */.exec(line)?.[0].length ?? 0;
      const indentations = [column, column, 0, column + 2, Math.max(0, column - 2)];
      const indentation = indentations[above];
      const own = indentation === undefined ? [] : [`${" ".repeat(indentation)}${comment()}`];
      return [...(isApart ? [""] : []), ...own, beside === 0 ? `${line} ${comment()}` : line];
    });
    return { yaml: `${lines.join("\n")}\n${comment()}\n`, count };
  });

describe("comments anywhere", () => {
  it("are each in the recipe, once", () => {
    fc.assert(
      fc.property(commented, ({ yaml, count }) => {
        const { text, refusals } = importText(yaml);
        expect(refusals).toEqual([]);
        const numFound = Array.from(
          { length: count },
          (_, at) => text.split(new RegExp(`//.*comment ${at}\\.`)).length - 1,
        );
        expect(numFound).toEqual(numFound.map(() => 1));
      }),
      { numRuns: 60 },
    );
  });
});

/** A value of an option's type as YAML, where LAVIS's files can hold one. */
function yamlValue({ type }: { readonly type: OptionType }): fc.Arbitrary<string> | undefined {
  switch (type.is) {
    case "count":
      return fc.integer({ min: 1, max: 100_000 }).map(String);
    case "number":
      return fc.oneof(
        fc.double({ min: 1e-9, max: 1e4, noNaN: true }).map(String),
        fc.constantFrom("1e-5", "2E-4", "3", ".5", "1."),
      );
    case "ratio":
      return fc.constantFrom("0.5", ".25", "1e-1");
    case "bool":
      return fc.constantFrom("True", "False", "yes", "off");
    case "string":
      return fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => JSON.stringify(text));
    case "enum":
      return fc.constantFrom(...type.members).map((member) => JSON.stringify(member));
    default:
      return undefined;
  }
}

/** Some of a card's options with values, as lines of YAML. */
const someOptions = (card: Card, indentation: string): fc.Arbitrary<string> => {
  const options = Object.entries(card.options).flatMap(([key, option]) => {
    const value = yamlValue(option);
    const isPlain =
      !option.idleWhile &&
      !option.excludes &&
      // The last one is none of LAVIS's.
      !["evaluate", "ratio", "data_type", "prompt", "use_nucleus_sampling"].includes(key);
    return value && isPlain ? [[key, value] as const] : [];
  });
  if (options.length === 0) return fc.constant("");
  return fc
    .subarray(options)
    .chain((chosen) => fc.record(Object.fromEntries(chosen)))
    .map((values) =>
      Object.entries(values)
        .map(([key, value]) => `${indentation}${key}: ${value}\n`)
        .join(""),
    );
};

const named = ({ name, lavisName }: Card): string => lavisName ?? name;

/** A configuration of any model, dataset and task of the catalogue, with any of their options. */
const anyConfiguration = fc
  .record({
    model: fc.constantFrom(...catalog.ofKind("model").filter(({ variants }) => variants !== undefined)),
    dataset: fc.constantFrom(...catalog.ofKind("dataset")),
    task: fc.constantFrom(...catalog.ofKind("task")),
    schedule: fc.constantFrom(...catalog.ofKind("schedule")),
  })
  .chain(({ model, dataset, task, schedule }) =>
    fc.record({
      head: fc
        .constantFrom(...Object.entries(model.variants ?? {}))
        .map(
          ([key, { lavisName }]) => `model:\n  arch: ${named(model)}\n  model_type: ${lavisName ?? key}\n`,
        ),
      model: someOptions(model, "  "),
      dataset: someOptions(dataset, "    ").map(
        (lines) => `datasets:\n  ${named(dataset)}:${lines === "" ? " {}\n" : `\n${lines}`}`,
      ),
      names: fc.constant(`run:\n  task: ${named(task)}\n  lr_sched: ${named(schedule)}\n  max_epoch: 2\n`),
      run: fc
        .tuple(
          ...[task, schedule, ...catalog.ofKind("optimizer"), ...catalog.ofKind("run")].map((card) =>
            someOptions(card, "  "),
          ),
        )
        .map((parts) => withoutTwins(parts.join(""))),
    }),
  )
  .map((parts) => Object.values(parts).join(""));

/** `run` holds the options of several sections, and some of the same name. */
const withoutTwins = (lines: string): string => {
  const seen = new Set<string>();
  return lines
    .split("\n")
    .filter((line) => {
      const [key = ""] = line.trim().split(":");
      return !seen.has(key) && seen.add(key);
    })
    .join("\n");
};

/** Differences of defaults are the catalogue's, which the corpus tests; none of these files writes a processor. */
const isWritten = (difference: string, yaml: string): boolean => {
  if (difference.includes("_processor.")) return false;
  const key = /\.(\w+)(?:\[\d+\])?: /.exec(difference)?.[1];
  return key === undefined || new RegExp(`^ +${key}:`, "m").test(yaml);
};

describe("any configuration over the catalogue", () => {
  it("resolves to LAVIS's own merge of it", () => {
    fc.assert(
      fc.property(anyConfiguration, (yaml) => {
        const { text, refusals, check } = importText(yaml);
        expect(refusals).toEqual([]);
        expect(format(text)).toBe(text);
        const [recipe] = check.partial;
        const found = recipe ? differences(yaml, recipe) : ["no recipe"];
        expect(found.filter((difference) => isWritten(difference, yaml))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it("means the same in brackets", () => {
    fc.assert(
      fc.property(anyConfiguration, (yaml) => {
        const values = (text: string) =>
          importText(text).check.partial.flatMap((recipe) =>
            sectionsOf(recipe).map(({ card, options }) => [card.name, plainOptions(options)]),
          );
        expect(values(JSON.stringify(yamlData(yaml)))).toEqual(values(yaml));
      }),
      { numRuns: 50 },
    );
  });
});
