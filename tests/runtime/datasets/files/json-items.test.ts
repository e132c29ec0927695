import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JsonItem, JsonItemReader } from "../../../../runtime/datasets/files/json-items.ts";

/** The items of a text that comes in pieces of `size` bytes. */
function itemsOf(text: string, keys: readonly string[], size: number) {
  const items: JsonItem[] = [];
  const reader = new JsonItemReader("a.json", keys, (item) => items.push(item));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) reader.read(bytes.subarray(at, at + size));
  return { ...reader.end(), items };
}

const jsonText = fc
  .tuple(fc.array(fc.jsonValue(), { maxLength: 6 }), fc.constantFrom("", "\t", "  "))
  .map(([value, indent]) => ({ value, text: JSON.stringify(value, undefined, indent) }));

describe("the items of a JSON list", () => {
  it("are those that JSON.parse gives, wherever the file is parted", () => {
    fc.assert(
      fc.property(jsonText, fc.integer({ min: 1, max: 40 }), ({ value, text }, size) => {
        const { items, form } = itemsOf(`\ufeff${text}\n`, [], size);
        expect(form).toBe("list");
        expect(items.map((item) => item.value)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(items.map(({ index }) => index)).toEqual(value.map((_, index) => index));
      }),
    );
  });

  it("are of the keys that are asked for, where the file is an object", () => {
    const keyed = fc.dictionary(fc.string(), fc.array(fc.jsonValue(), { maxLength: 4 }), { maxKeys: 5 });
    fc.assert(
      fc.property(keyed, fc.integer({ min: 1, max: 40 }), (object, size) => {
        const [wanted = "none"] = Object.keys(object);
        const { items, keys } = itemsOf(JSON.stringify(object), [wanted], size);
        expect(keys).toEqual(Object.keys(object));
        const value: unknown = JSON.parse(JSON.stringify(object[wanted] ?? []));
        expect(items.map((item) => item.value)).toEqual(value);
        for (const { key } of items) expect(key).toBe(wanted);
      }),
    );
  });

  it("take a mistake for one where JSON.parse does, wherever a list is cut off or a byte is missing", () => {
    fc.assert(
      fc.property(jsonText, fc.nat(), fc.boolean(), ({ text }, at, isCut) => {
        const where = at % text.length;
        const damaged = isCut ? text.slice(0, where) : text.slice(0, where) + text.slice(where + 1);
        let isJson = true;
        try {
          isJson = Array.isArray(JSON.parse(damaged));
        } catch {
          isJson = false;
        }
        const read = () => itemsOf(damaged, [], 7).form;
        if (isJson) expect(read()).toBe("list");
        else if (!/^\s*\{/.test(damaged)) expect(read).toThrow(/^a\.json is /);
      }),
    );
  });

  it.each([
    ["[1,]", "a comma stands behind the last of row 1"],
    ["[,1]", "there is a comma too many in row 0"],
    ["[1 2]", "a comma is missing in front of row 1"],
    ["[1]\n[2]", "line 2: something stands behind its end"],
    ['{"a" 1}', '":" is missing behind "a"'],
    ['{"a": [1}', 'it ends in the middle of "a": the file is cut off'],
    ["{a: 1}", "a key in quotes is missing"],
    ["[tru]", "line 1: row 0: "],
  ])("says what is wrong with %s", (text, message) => {
    expect(() => itemsOf(text, [], 100)).toThrow(message);
  });
});
