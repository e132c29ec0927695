import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { withLock } from "../../runtime/lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lavis-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("lets one holder at a time work, and is gone afterwards", async () => {
  const path = join(folder, "a.lock");
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside);
    await new Promise((resume) => setTimeout(resume, 5));
    inside--;
  };
  await Promise.all([1, 2, 3, 4].map(() => withLock(path, work)));
  expect(most).toBe(1);
  expect(existsSync(path)).toBe(false);
});

it("is released when the work fails", async () => {
  const path = join(folder, "a.lock");
  await expect(withLock(path, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await withLock(path, async () => 1)).toBe(1);
});

it("is taken over from a process that has died", async () => {
  const path = join(folder, "a.lock");
  const noProcess = 2 ** 22 + 1; // Above Linux's largest process id.
  writeFileSync(path, JSON.stringify({ pid: noProcess, host: hostname() }));
  expect(await withLock(path, async () => "mine")).toBe("mine");
});

it("is taken over when its holder on another host has not touched it for a minute", async () => {
  const path = join(folder, "a.lock");
  writeFileSync(path, JSON.stringify({ pid: process.pid, host: "elsewhere" }));
  const longAgo = new Date(Date.now() - 120_000);
  utimesSync(path, longAgo, longAgo);
  expect(await withLock(path, async () => readdirSync(folder))).toEqual(["a.lock"]);
});

it("is not waited for any longer when the one who waits must stop", async () => {
  const path = join(folder, "a.lock");
  writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname() }));
  const stop = new AbortController();
  const waiting = withLock(path, async () => "never", stop.signal);
  stop.abort(new Error("a stop was asked for"));
  await expect(waiting).rejects.toThrow("a stop was asked for");
  expect(readdirSync(folder)).toEqual(["a.lock"]);
});
