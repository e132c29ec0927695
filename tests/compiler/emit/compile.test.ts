import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "@jridgewell/sourcemap-codec";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { transpile, typeCheck } from "../../../compiler/emit/compile.ts";
import { EmitError, emitProgram } from "../../../compiler/emit/emit.ts";
import { resolveFixture } from "./recipes.ts";

let folder: string;
let types: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lavis-compile-"));
  types = join(folder, "index.d.ts");
  writeFileSync(
    types,
    "export declare function launch(recipe: { seed: number }, url: string): Promise<void>;\n",
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const check = (text: string) => typeCheck(text, join(folder, "out/run.ts"), types);

describe("the type check of a program", () => {
  it("finds nothing wrong with a right one", () => {
    const text = 'import { launch } from "lavis/runtime";\nawait launch({ seed: 1 }, import.meta.url);\n';
    expect(check(text)).toEqual([]);
  });

  it("finds wrong types, unknown names and unused imports, each with its line", () => {
    const text =
      'import { launch, adamw } from "lavis/runtime";\n\nawait launch({ seed: "1" }, import.meta.url);\n';
    expect(check(text)).toEqual([
      expect.stringMatching(/^line 1: .*adamw/),
      expect.stringMatching(/^line 1: 'adamw' is declared/),
      expect.stringMatching(/^line 3: Type 'string' is not assignable to type 'number'/),
    ]);
  });

  it("says so when the runtime is not built", () => {
    expect(typeCheck("", join(folder, "run.ts"), join(folder, "none.d.ts"))).toEqual([
      expect.stringContaining("the runtime's types are not built"),
    ]);
  });

  it("stops a program that does not fit the runtime, and keeps its text for the report", () => {
    const locations = { outputFolder: join(folder, "out"), workingFolder: "/" };
    const emit = () => emitProgram(resolveFixture(), locations, types);
    expect(emit).toThrow(EmitError);
    expect(emit).toThrow(expect.objectContaining({ program: expect.stringContaining("satisfies Recipe") }));
  });
});

describe("the JavaScript of a program", () => {
  it("is the TypeScript without types, with the map beside it", () => {
    const { text, mappings } = transpile("// why\nexport const a = 1 satisfies number;\n", "run.ts");
    expect(text).toBe("// why\nexport const a = 1;\n//# sourceMappingURL=run.js.map\n");
    expect(decode(mappings)).toHaveLength(2);
  });
});
