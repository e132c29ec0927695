import { expectTypeOf, test } from "vitest";
import {
  block,
  bool,
  type ComponentValue,
  component,
  count,
  defineCard,
  type GivenOptions,
  listOf,
  mapOf,
  number,
  type OptionsOf,
  oneOf,
  string,
} from "../../runtime/card.ts";

const card = defineCard({
  kind: "task",
  name: "sample",
  doc: "A card with an option of each shape.",
  options: {
    required: count({ doc: "No default." }),
    given: number({ doc: "Default.", default: { value: 1 } }),
    follower: number({ doc: "Follows.", default: { follows: "run.seed", map: { "1": 2 } } }),
    maybe: string({ doc: "Nullable.", nullable: true, default: { value: null } }),
    choice: oneOf(["a", "b"], { doc: "Enum.", default: { value: "a" } }),
    list: listOf(bool({ doc: "Each." }), { doc: "List.", default: { value: [true] } }),
    files: mapOf(block({ url: string({ doc: "One." }) }, { doc: "Entry." }), { doc: "Map." }),
    part: component("vis_processor", { doc: "Call.", nullable: true, default: { value: null } }),
    nested: block(
      { inner: count({ doc: "In.", default: { value: 1 } }), needed: count({ doc: "In." }) },
      { doc: "Block." },
    ),
    optional: block({ inner: count({ doc: "In.", default: { value: 1 } }) }, { doc: "Block." }),
  },
});

test("OptionsOf gives every option with its type", () => {
  expectTypeOf<OptionsOf<typeof card>>().toEqualTypeOf<{
    required: number;
    given: number;
    follower: number;
    maybe: string | null;
    choice: "a" | "b";
    list: readonly boolean[];
    files: Readonly<Record<string, { url: string }>>;
    part: ComponentValue | null;
    nested: { inner: number; needed: number };
    optional: { inner: number };
  }>();
});

test("GivenOptions lets defaults be left out, in nested blocks too, and nothing else", () => {
  type Given = GivenOptions<typeof card>;
  const files = { train: { url: "u" } };
  const nested = { needed: 1 };
  const least: Given = { required: 1, files, nested };
  [
    { ...least, nested: { needed: 1, inner: 2 }, optional: {} } satisfies Given,
    // @ts-expect-error `nested.needed` has no default
    { required: 1, files } satisfies Given,
    // @ts-expect-error `required` has no default
    { files, nested } satisfies Given,
    // @ts-expect-error `nested.needed` is not there
    { ...least, nested: { inner: 1 } } satisfies Given,
    // @ts-expect-error a string is no count
    { ...least, required: "1" } satisfies Given,
    // @ts-expect-error "c" is no member
    { ...least, choice: "c" } satisfies Given,
  ];
});

test("a default of the wrong type does not compile", () => {
  // @ts-expect-error a string is no number
  number({ doc: "", default: { value: "1" } });
  // @ts-expect-error none is a value only of nullable options
  number({ doc: "", default: { value: null } }) satisfies { default: { value: number } };
  // @ts-expect-error "c" is no member
  oneOf(["a", "b"], { doc: "", default: { value: "c" } });
});
