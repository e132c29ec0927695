import { describe, expect, it } from "vitest";
import { catalog } from "../../compiler/catalog/index.ts";
import { checkRecipe } from "../../compiler/check-recipe.ts";
import { memoryHost } from "../../compiler/program/index.ts";

/** How often a check asks the catalogue and its host, which stands for its work: seconds would differ by machine. */
function workOf(text: string): number {
  let numAsked = 0;
  const counting = <T extends object>(asked: T): T =>
    new Proxy(asked, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        return (...given: readonly unknown[]): unknown => {
          numAsked++;
          return Reflect.apply(value, target, given);
        };
      },
    });
  const host = counting(memoryHost({ "/r.lavis": text }));
  checkRecipe(host, "/r.lavis", { catalog: counting(catalog) });
  return numAsked;
}

const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join("\n");

const sections =
  "task captioning  model blip_caption.tiny  schedule linear_warmup_cosine_lr { init_lr = 1e-5 }";

describe("twice the lines are at most twice the work", () => {
  it.each<readonly [string, (count: number) => string]>([
    ["of recipes", (n) => times(n, (at) => `recipe r${at} { ${sections} dataset emoji_caption }`)],
    [
      "of recipes that extend one",
      (n) =>
        `recipe base { ${sections} }\n${times(n, (at) => `recipe r${at} extends base { dataset emoji_caption }`)}`,
    ],
    [
      "of data sets",
      (n) =>
        `recipe r { ${sections}\n${times(n, (at) => `dataset d${at} from jsonl { annotations { train = "a${at}.jsonl" } }`)}\n}`,
    ],
    [
      "of unknown options",
      (n) => `recipe r { ${sections} run {\n${times(n, (at) => `option_${at} = 1`)}\n} }`,
    ],
    ["of unknown sections", (n) => `recipe r {\n${times(n, (at) => `section_${at} { }`)}\n}`],
    ["of lets", (n) => `let v0 = file("a")\n${times(n, (at) => `let v${at + 1} = v${at}`)}`],
    ["of imports", (n) => times(n, (at) => `import { a${at} } from "none_${at}.lavis"`)],
  ])("%s", (_, make) => {
    const [half, whole] = [workOf(make(40)), workOf(make(80))];
    expect(half).toBeGreaterThan(0);
    expect(whole).toBeLessThanOrEqual(2 * half);
  });
});
