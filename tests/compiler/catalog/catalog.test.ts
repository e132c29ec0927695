import { describe, expect, it } from "vitest";
import { Catalog, catalog, describeType, isSectionKind, lavisKeys } from "../../../compiler/catalog/index.ts";
import { statementWords } from "../../../grammar/index.ts";
import type { Card, Option, Options, OptionType } from "../../../runtime/card.ts";

/** Whether plain data has a type: what the resolver relies on when it takes a card's default as it is. */
function fits(value: unknown, option: Option, type: OptionType = option.type): boolean {
  if (value === null) return option.nullable ?? false;
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } = option.range ?? {};
  const inRange = (one: number) => one >= min && one <= max && one > above && one < below;
  switch (type.is) {
    case "number":
      return typeof value === "number" && inRange(value);
    case "count":
      return typeof value === "number" && Number.isInteger(value) && value >= 0 && inRange(value);
    case "ratio":
      return typeof value === "number" && value >= 0 && value <= 1 && inRange(value);
    case "bool":
      return typeof value === "boolean";
    case "enum":
      return typeof value === "string" && type.members.includes(value);
    case "list":
      return Array.isArray(value) && value.every((one) => fits(one, { type: type.of, doc: "" }));
    case "component": {
      const { name, options } = value as { name: string; options: Record<string, unknown> };
      const card = catalog.get(type.of, name);
      return (
        card !== undefined && Object.entries(options).every(([key, one]) => fitsKey(card.options, key, one))
      );
    }
    case "block":
      return Object.entries(value as object).every(([key, one]) => fitsKey(type.options, key, one));
    case "map":
      return Object.values(value as object).every((one) => fits(one, { type: type.of, doc: "" }));
    default:
      return typeof value === "string";
  }
}

const fitsKey = (options: Options, key: string, value: unknown): boolean => {
  const option = options[key];
  return option !== undefined && fits(value, option);
};

/** The option at a path such as `dataset.vis_processor.train`, in any card of the section. */
function optionsAt(path: string): readonly Option[] {
  const [kind = "", ...keys] = path.split(".");
  const cards = catalog.all().filter((card) => card.kind === kind);
  return cards.flatMap((card) => {
    let options: Options = card.options;
    let option: Option | undefined;
    for (const key of keys) {
      option = options[key];
      options = option?.type.is === "block" ? option.type.options : {};
    }
    return option ? [option] : [];
  });
}

function everyOption(options: Options): readonly (readonly [string, Option])[] {
  return Object.entries(options).flatMap(([name, option]) => [
    [name, option] as const,
    ...(option.type.is === "block" ? everyOption(option.type.options) : []),
  ]);
}

describe.each(catalog.all().map((card) => [`${card.kind} ${card.name}`, card] as const))(
  "%s",
  (_, card: Card) => {
    const options = everyOption(card.options);

    it("documents itself and each option in sentences", () => {
      const docs = [
        card.doc,
        ...options.map(([, { doc }]) => doc),
        ...variantsOf(card).map(({ doc }) => doc),
      ];
      for (const doc of docs) expect(doc).toMatch(/^\S.*[.)]$/s);
    });

    it("has defaults of its options' types, within their ranges", () => {
      for (const [name, option] of options)
        if (option.default && "value" in option.default)
          expect([name, fits(option.default.value, option)]).toEqual([name, true]);
    });

    it("has bare names as values: none is a reserved word", () => {
      const names = options.flatMap(([, { type }]) => {
        const element = type.is === "list" ? type.of : type;
        return element.is === "enum" ? element.members : [];
      });
      for (const name of [card.name, ...names]) {
        expect(name).toMatch(/^[A-Za-z_]\w*$/);
        expect(statementWords).not.toContain(name);
      }
    });

    it("follows options that there are, and maps each of their values", () => {
      for (const [name, option] of options) {
        if (!option.default || !("follows" in option.default)) continue;
        const { follows, map, otherwise } = option.default;
        // A dataset's options follow its own, not those of another dataset.
        const own = follows.startsWith(`${card.kind}.`)
          ? card.options[follows.split(".")[1] ?? ""]
          : undefined;
        const followed = own ? [own] : optionsAt(follows);
        expect([name, follows, followed.length > 0]).toEqual([name, follows, true]);
        if (otherwise !== undefined) expect(fits(otherwise, option)).toBe(true);
        for (const { type } of map ? followed : [])
          expect(Object.keys(map ?? {})).toEqual(type.is === "enum" ? type.members : []);
        for (const value of Object.values(map ?? {})) expect(fits(value, option)).toBe(true);
      }
    });

    it("names other options of its own where it excludes or depends", () => {
      for (const [, { excludes = [], idleWhile }] of options)
        for (const other of [...excludes, ...(idleWhile ? [idleWhile.option] : [])])
          expect(Object.keys(card.options)).toContain(other);
    });

    it("gives defaults to options of other sections that take them", () => {
      const layers = [card.defaults ?? {}, ...variantsOf(card).map(({ defaults }) => defaults ?? {})];
      for (const [path, value] of layers.flatMap((layer) => Object.entries(layer))) {
        const found = optionsAt(path);
        expect([path, found.length > 0]).toEqual([path, true]);
        for (const option of found) expect([path, fits(value, option)]).toEqual([path, true]);
      }
    });

    it("has variants that set its options to values that they take", () => {
      for (const variant of variantsOf(card))
        for (const [key, value] of Object.entries(variant.options))
          expect([key, fitsKey(card.options, key, value)]).toEqual([key, true]);
    });
  },
);

const variantsOf = (card: Card) => Object.values(card.variants ?? {});

describe("the catalogue", () => {
  it("finds cards by kind and name, and does not mix kinds that share a name", () => {
    expect(catalog.get("model", "blip_caption")?.kind).toBe("model");
    expect(catalog.get("text_processor", "blip_caption")?.kind).toBe("text_processor");
    expect(catalog.get("task", "blip_caption")).toBeUndefined();
    expect(catalog.names("schedule")).toEqual([
      "linear_warmup_cosine_lr",
      "linear_warmup_step_lr",
      "constant_lr",
    ]);
  });

  it("refuses two cards of one name", () => {
    const [card] = catalog.all();
    expect(() => new Catalog(card ? [card, card] : [])).toThrow(
      /two cards of kind task are called captioning/,
    );
  });

  it("spells in LAVIS's way only what is no option here", () => {
    for (const [section, keys] of Object.entries(lavisKeys))
      for (const [key, { rename }] of Object.entries(keys)) {
        const options = section === "" ? [] : catalog.all().filter(({ kind }) => kind === section);
        expect([section === "" || section === "format" || isSectionKind(section), key]).toEqual([true, key]);
        expect(options.some((card) => Object.hasOwn(card.options, key))).toBe(false);
        if (rename !== undefined)
          expect([rename, options.some((card) => Object.hasOwn(card.options, rename))]).toEqual([
            rename,
            true,
          ]);
      }
  });

  it("describes types in words", () => {
    expect(describeType({ is: "list", of: { is: "enum", members: ["a", "b"] } })).toBe(
      "a list, each `a` or `b`",
    );
    expect(describeType({ is: "component", of: "vis_processor" })).toBe("a vis_processor");
  });
});
