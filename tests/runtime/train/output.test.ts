import { mkdtempSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRunFolder } from "../../../runtime/train/output.ts";

const now = new Date(2026, 0, 31, 23, 59, 58);
const temporary = () => mkdtempSync(join(tmpdir(), "lavis-output-"));

describe("a run's folder", () => {
  it("is new for every run, even of the same second, and `latest` points at the last", () => {
    const outputDir = join(temporary(), "a", "b");
    const first = createRunFolder(outputDir, now);
    const second = createRunFolder(outputDir, now);
    expect(first.path).toBe(join(outputDir, "20260131-235958"));
    expect(second.path).toBe(join(outputDir, "20260131-235958-2"));
    expect(readlinkSync(join(outputDir, "latest"))).toBe("20260131-235958-2");
  });

  it("keeps full-precision numbers, and names those that JSON lacks", () => {
    const folder = createRunFolder(temporary(), now);
    folder.log({ type: "message", level: "info", text: "one", time: 0.1 + 0.2 });
    folder.log({ type: "message", level: "info", text: "two", time: Number.NaN });
    folder.close();
    const lines = readFileSync(join(folder.path, "log.jsonl"), "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).time)).toEqual([0.30000000000000004, "NaN"]);
    const file = folder.writeJson("result/val.json", { loss: Number.POSITIVE_INFINITY });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ loss: "Infinity" });
  });

  it("says what to do when it cannot be made", () => {
    const file = join(temporary(), "file");
    writeFileSync(file, "");
    expect(() => createRunFolder(join(file, "run"))).toThrow(/cannot be made.*ENOTDIR/);
  });
});
