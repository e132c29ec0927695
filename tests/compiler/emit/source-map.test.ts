import { decode } from "@jridgewell/sourcemap-codec";
import { describe, expect, it } from "vitest";
import { transpile } from "../../../compiler/emit/compile.ts";
import { programText } from "../../../compiler/emit/program-text.ts";
import { composeSourceMap } from "../../../compiler/emit/source-map.ts";
import { resolveFixture } from "./recipes.ts";

const locations = { outputFolder: "/project/out", workingFolder: "/" };

describe("the source map of a program", () => {
  const program = programText(resolveFixture(), locations);
  const { text, mappings } = transpile(program.text, "run.ts");
  const map = JSON.parse(composeSourceMap(program, mappings, locations));
  const lines = decode(map.mappings);

  /** Where the first mapping at or before a piece of the JavaScript leads, as `source:line`. */
  const origin = (piece: string): string => {
    const before = text.slice(0, text.indexOf(piece)).split("\n");
    const line = lines[before.length - 1] ?? [];
    const column = before.at(-1)?.length ?? 0;
    const segment = line.findLast(([start]) => start <= column);
    return `${map.sources[segment?.[1] ?? -1]}:${(segment?.[2] ?? -1) + 1}`;
  };

  it("leads options to the recipe and the rest to the program", () => {
    expect(map.sources).toEqual(["run.ts", "../recipes/caption.lavis"]);
    expect(origin("max_len:")).toBe("../recipes/caption.lavis:15");
    expect(origin("init_lr:")).toBe("../recipes/caption.lavis:28");
    expect(origin("linear_warmup_cosine_lr({")).toBe("../recipes/caption.lavis:27");
    expect(origin("await launch")).toMatch(/^run\.ts:\d+$/);
    expect(origin("weight_decay:")).toMatch(/^run\.ts:\d+$/);
  });

  it("names no folder of this machine", () => {
    expect(JSON.stringify(map)).not.toContain("/project");
  });
});
