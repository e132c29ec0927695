import { describe, expect, it } from "vitest";
import { check, model, said, using } from "./mine.ts";

describe("what a file exports as `create`", () => {
  it("has one signature: a second is refused where it stands", () => {
    const create = `export function create(_: Options, __: Build): Mine;
export function create(_: { wide: boolean }, __: Build): Mine;
export function create(): Mine { return new Mine(); }`;
    const result = check(using(), { "/mine.ts": model("", "", create) });
    expect(said(result)).toEqual(["LV2312 mine.ts:14: `create` of mine.ts has a second signature"]);
  });

  it("has one signature also where a type gives it several", () => {
    const head = `interface Create {
  (options: Options, build: Build): Mine;
  (options: { wide: boolean }, build: Build): Mine;
}`;
    const create = "export const create: Create = () => new Mine();";
    const result = check(using(), { "/mine.ts": model("", head, create) });
    expect(said(result)).toEqual(["LV2312 mine.ts:7: `create` of mine.ts has a second signature"]);
  });

  it("may have an implementation beside its one signature", () => {
    const create = `export function create(_: Options, __: Build): Mine;
export function create(): Mine { return new Mine(); }`;
    expect(said(check(using(), { "/mine.ts": model("", "", create) }))).toEqual([]);
  });
});

describe("a file without a function `create`", () => {
  const notes = (file: string) => {
    const { diagnostics } = check(using(), { "/mine.ts": file });
    const [one] = diagnostics.filter(({ code }) => code === "LV2303");
    return one?.notes;
  };

  it.each([
    [
      "a class as its default",
      "export default class Mine {}\n",
      "Add `export function create(options: Options, build: Build): Mine { return new Mine(build, options); }`.",
    ],
    [
      "a class under another name",
      "class Inner {}\nexport { Inner as Outer };\n",
      "Add `export function create(options: Options, build: Build): Inner { return new Inner(build, options); }`.",
    ],
    [
      "a class without a name",
      "export default class {}\n",
      "Give the class a name, and add `export function create(options: Options, build: Build)`, which makes one.",
    ],
    [
      "a class that is called so",
      "export class create {}\n",
      "`create` is a class: give it another name, and write `export function create(options: Options, build: Build) { return …; }`.",
    ],
    [
      "an object that is called so",
      "export const create = { width: 3 };\n",
      "`create` is of the type `{ width: number; }`: give it another name, and write `export function create(options: Options, build: Build) { return …; }`.",
    ],
    ["a function of almost the name", "export function creat() {}\n", "Did you mean `creat`?"],
    ["other things", "export const a = 1;\nexport const b = 2;\n", "It exports `a` and `b`."],
    ["nothing", "const a = 1;\n", "It exports nothing."],
  ])("exports %s", (_, file, note) => {
    expect(notes(file)).toEqual([note]);
  });

  it("is shown where its `create` stands, if it has one that is no function", () => {
    const result = check(using(), { "/mine.ts": "\n\nexport const create = 3;\n" });
    expect(said(result)).toEqual(["LV2303 mine.ts:3: mine.ts exports no function `create`"]);
  });
});
