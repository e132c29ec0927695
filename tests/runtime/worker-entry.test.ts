import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { workerEntry } from "../../runtime/worker-entry.ts";

describe("the module to start a worker thread from", () => {
  it("is the built one of a source module", () => {
    const entry = workerEntry(new URL("../../runtime/loader/worker.ts", import.meta.url));
    expect(entry.href).toMatch(/\/dist\/runtime\/loader\/worker\.js$/);
    expect(existsSync(entry)).toBe(true);
  });

  it("is the module itself where that is JavaScript", () => {
    const built = workerEntry(new URL("../../runtime/loader/worker.ts", import.meta.url));
    expect(workerEntry(built)).toEqual(built);
    expect(workerEntry(pathToFileURL(fileURLToPath(built).replace(/\.js$/, ".ts")))).toEqual(built);
  });

  it("says what to do when the build is missing", () => {
    expect(() => workerEntry(new URL("../../runtime/loader/no-such-worker.ts", import.meta.url))).toThrow(
      'worker module dist/runtime/loader/no-such-worker.js is not built: run "npm run build" first',
    );
  });
});
