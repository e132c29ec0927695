import { describe, expect, it } from "vitest";
import { catalog } from "../../../compiler/catalog/index.ts";
import { type Card, type ComponentKind, media } from "../../../runtime/card.ts";
import { lavisDatasets, lavisModels, lavisProcessors, lavisSchedules, lavisTasks } from "./lavis-names.ts";

const lavisName = ({ name, lavisName = name }: { readonly name: string; readonly lavisName?: string }) =>
  lavisName;
const namesOf = (...kinds: readonly ComponentKind[]) =>
  kinds.flatMap((kind) => catalog.ofKind(kind).map(lavisName));
const processorKinds = ["vis_processor", "text_processor", "audio_processor", "pc_processor"] as const;

describe("everything that LAVIS registers", () => {
  it("has a card: 31 models, 103 datasets, 12 tasks, 17 processors, 3 schedules", () => {
    expect(namesOf("model").sort()).toEqual(Object.keys(lavisModels).sort());
    // Emoji are this project's own.
    expect(namesOf("dataset").sort()).toEqual([...Object.keys(lavisDatasets), "emoji_caption"].sort());
    expect(namesOf("task").sort()).toEqual([...lavisTasks].sort());
    expect(namesOf(...processorKinds).sort()).toEqual([...lavisProcessors].sort());
    expect(namesOf("schedule").sort()).toEqual([...lavisSchedules].sort());
    expect([31, 103, 12, 17, 3]).toEqual([
      Object.keys(lavisModels).length,
      Object.keys(lavisDatasets).length,
      lavisTasks.length,
      lavisProcessors.length,
      lavisSchedules.length,
    ]);
  });

  it.each(Object.entries(lavisModels))("model %s has LAVIS's types as variants", (name, types) => {
    const variants = Object.entries(catalog.get("model", name)?.variants ?? {});
    const known = variants.map(([key, variant]) => variant.lavisName ?? key);
    for (const type of types) expect(known).toContain(type);
  });

  it.each(Object.entries(lavisDatasets))("dataset %s has LAVIS's splits", (name, splits) => {
    const option = catalog.get("dataset", name)?.options.build_info;
    const annotations = option?.type.is === "block" ? option.type.options.annotations : undefined;
    const standard = annotations?.default;
    const stated =
      standard && "follows" in standard
        ? standard.map?.default
        : standard && "value" in standard
          ? standard.value
          : undefined;
    expect(Object.keys((stated ?? {}) as object)).toEqual(splits);
  });
});

describe("what a card says of others", () => {
  const fields = (card: Card) => (card.reads ?? []).flat();
  const provided = new Set(catalog.ofKind("dataset").flatMap(({ provides = [] }) => provides));

  it.each(catalog.ofKind("model"))("model $name does tasks that there are", ({ tasks }) => {
    for (const task of tasks ?? []) expect(catalog.names("task")).toContain(task);
    expect(tasks).toBeDefined();
  });

  it.each(catalog.ofKind("task"))("task $name is one that some model does", ({ name }) => {
    expect(catalog.ofKind("model").some(({ tasks }) => tasks?.includes(name))).toBe(true);
  });

  it.each(catalog.all().filter((card) => card.reads))(
    "$kind $name reads what some dataset provides",
    (card) => {
      for (const field of fields(card)) expect([field, provided.has(field)]).toEqual([field, true]);
    },
  );

  it.each(catalog.ofKind("model").filter(({ tasks = [] }) => tasks.length > 0))(
    "model $name has a dataset for each of its tasks",
    (model) => {
      for (const name of model.tasks ?? []) {
        const task = catalog.get("task", name);
        const needs = [...(model.reads ?? []), ...(task?.reads ?? [])];
        const fits = catalog
          .ofKind("dataset")
          .filter(({ provides }) =>
            needs.every((need) => [need].flat().some((field) => provides?.includes(field))),
          );
        expect([name, fits.length > 0]).toEqual([name, true]);
      }
    },
  );

  it.each(catalog.ofKind("dataset"))(
    "dataset $name carries a medium that a processor prepares",
    ({ provides }) => {
      const prepared = new Set(processorKinds.flatMap((kind) => catalog.ofKind(kind)).flatMap(fields));
      const own = media.filter((medium) => provides?.includes(medium));
      expect(own.length).toBeGreaterThan(0);
      for (const medium of own) expect(prepared).toContain(medium);
    },
  );

  it.each(catalog.ofKind("task").filter(({ metrics }) => metrics))(
    "task $name selects by a metric of its own",
    (task) => {
      const { select } = task.options;
      if (!select) return;
      expect(select.type).toMatchObject({ is: "enum", members: Object.keys(task.metrics ?? {}) });
    },
  );
});
