import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { openSocketTransport } from "../../../../runtime/distributed/socket/transport.ts";
import type { Transport, TransportOptions } from "../../../../runtime/distributed/transport.ts";
import { UserError } from "../../../../runtime/errors.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lavis-sockets-"));
  vi.stubEnv("TMPDIR", folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
});

/** A rendezvous within this process. */
function meeting() {
  const left = new Map<string, PromiseWithResolvers<string>>();
  const at = (key: string): PromiseWithResolvers<string> => {
    const found = left.get(key) ?? withResolvers<string>();
    left.set(key, found);
    return found;
  };
  return {
    async set(key: string, value: string) {
      at(key).resolve(value);
    },
    get: (key: string) => at(key).promise,
  };
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function open(
  rank: number,
  rendezvous: TransportOptions["rendezvous"],
  changed: Partial<TransportOptions> = {},
): Promise<Transport> {
  const { signal } = new AbortController();
  const topology = { rank, worldSize: 2, localRank: rank };
  return openSocketTransport({ topology, rendezvous, device: "cpu", timeout: 20, signal, ...changed });
}

describe("a socket transport that opens", () => {
  it("listens where only this user can, and nowhere once all are connected", async () => {
    const rendezvous = meeting();
    const first = open(0, rendezvous);
    const { address } = JSON.parse(await rendezvous.get("socket/0")) as { address: { path: string } };
    expect(statSync(join(address.path, "..")).mode & 0o777).toBe(0o700);
    const both = await Promise.all([first, open(1, rendezvous)]);
    expect(readdirSync(folder)).toEqual([]);
    await Promise.all(both.map((one) => one.close()));
  });

  it("hangs up on one who does not know its secret", async () => {
    const rendezvous = meeting();
    const first = open(0, rendezvous);
    const { address } = JSON.parse(await rendezvous.get("socket/0")) as { address: { path: string } };
    const stranger = connect(address).on("error", () => {});
    stranger.write(`${JSON.stringify({ secret: "guessed", rank: 1, purpose: "words" })}\n`);
    await once(stranger, "close");
    const both = await Promise.all([first, open(1, rendezvous)]);
    await Promise.all(both.map((one) => one.close()));
  });

  it("leaves nothing when it is to stop before the others come", async () => {
    const ending = new AbortController();
    const rendezvous = meeting();
    const opening = open(
      0,
      { ...rendezvous, get: (key) => Promise.race([rendezvous.get(key), aborted(ending.signal)]) },
      { signal: ending.signal },
    );
    await rendezvous.get("socket/0");
    ending.abort(new Error("a stop was asked for"));
    await expect(opening).rejects.toThrow("a stop was asked for");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("leaves nothing when another cannot be reached, and says so", async () => {
    const rendezvous = meeting();
    await rendezvous.set(
      "socket/1",
      JSON.stringify({ address: { path: join(folder, "nobody") }, secret: "" }),
    );
    const failed = await open(0, rendezvous).catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: "CollectiveError", failure: "peer-lost", ranks: [1] });
    expect(failed).toMatchObject({ message: expect.stringMatching(/^rank 1 cannot be reached: .*ENOENT/) });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("needs a folder for temporary files whose name is not too long", async () => {
    const long = join(folder, "x".repeat(100));
    mkdirSync(long);
    vi.stubEnv("TMPDIR", long);
    const failed = await open(0, meeting()).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(UserError);
    expect(failed).toMatchObject({
      message: expect.stringContaining(long),
      hint: expect.stringContaining("TMPDIR"),
    });
    expect(readdirSync(long)).toEqual([]);
  });

  it("keeps no process alive", async () => {
    const module = new URL("../../../../runtime/distributed/socket/transport.ts", import.meta.url).href;
    const program = `
      import { openSocketTransport } from "${module}";
      const topology = { rank: 0, worldSize: 1, localRank: 0 };
      const rendezvous = { set: async () => {}, get: async () => "" };
      const { signal } = new AbortController();
      await openSocketTransport({ topology, rendezvous, device: "cpu", timeout: 20, signal });
      console.log("open");`;
    const path = join(folder, "program.mts");
    writeFileSync(path, program);
    const child = spawn(process.execPath, ["--import", "tsx", path]);
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk;
    });
    const [code] = await once(child, "close");
    expect({ code, output }).toEqual({ code: 0, output: "open\n" });
  });
});

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end);
  });
}
