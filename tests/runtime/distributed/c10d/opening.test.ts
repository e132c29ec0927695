import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { missingBackend, openC10d } from "../../../../runtime/distributed/c10d/transport.ts";
import type { TransportOptions } from "../../../../runtime/distributed/transport.ts";
import { UserError } from "../../../../runtime/errors.ts";
import { missingHere } from "./reason.ts";

/** A meeting point for the processes of a test, which are all this one. */
function meetingPoint(): TransportOptions["rendezvous"] & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    async set(key, value) {
      texts.set(key, value);
    },
    async get(key) {
      for (;;) {
        const value = texts.get(key);
        if (value !== undefined) return value;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

function options(rank: number, more: Partial<TransportOptions> = {}): TransportOptions {
  return {
    topology: { rank, worldSize: 2, localRank: rank },
    rendezvous: meetingPoint(),
    device: "cpu",
    timeout: 20,
    signal: new AbortController().signal,
    ...more,
  };
}

describe.skipIf(missingHere !== undefined)("opening a group of c10d", { timeout: 60_000 }, () => {
  it("joins those that meet, and leaves nothing running when all have left", async () => {
    const rendezvous = meetingPoint();
    const both = await Promise.all([0, 1].map((rank) => openC10d(options(rank, { rendezvous }))));
    const call = { kind: "allReduce", sequence: 1, tag: "numbers", bytes: 8, reduction: "sum" } as const;
    const numbers = [Float32Array.of(1, 2), Float32Array.of(10, 20)];
    const works = both.map((transport, rank) =>
      transport.start(call, { data: new Uint8Array((numbers[rank] as Float32Array).buffer) }),
    );
    for (const work of works) while (!work.wait(100));
    expect(numbers.map((part) => [...part])).toEqual([
      [11, 22],
      [11, 22],
    ]);
    await Promise.all(both.map((transport) => transport.close()));
  });

  it("gives up after the timeout, with the ranks that did not come", async () => {
    const opening = openC10d(options(0, { timeout: 0.5, topology: { rank: 0, worldSize: 3, localRank: 0 } }));
    await expect(opening).rejects.toThrow(
      "backend c10d: the processes could not join: rank 1, rank 2 did not come in time",
    );
  });

  it("ends with the signal's reason", async () => {
    const control = new AbortController();
    const opening = openC10d(options(0, { signal: control.signal }));
    const reason = new Error("a stop was asked for");
    const ended = expect(opening).rejects.toBe(reason);
    setTimeout(() => control.abort(reason), 100);
    await ended;
  });

  it("says that rank 0 is not where it was said to be", async () => {
    const rendezvous = meetingPoint();
    rendezvous.texts.set(
      "c10d/meeting",
      JSON.stringify({ host: "127.0.0.1", secret: "s", watchPort: 1, storePort: 1 }),
    );
    await expect(openC10d(options(1, { rendezvous }))).rejects.toThrow(
      "backend c10d: the processes could not join: cannot connect to rank 0 at 127.0.0.1, port 1: Connection refused",
    );
  });

  it("lets nobody in who does not know the secret, nor chokes on what they say", async () => {
    const rendezvous = meetingPoint();
    const first = openC10d(options(0, { rendezvous }));
    const { watchPort, secret, ...meeting } = JSON.parse(await rendezvous.get("c10d/meeting"));
    const noise = connect(watchPort, "127.0.0.1");
    noise.on("error", () => {});
    noise.write(Buffer.alloc(100, 0xff));
    const closed = new Promise((resolve) => noise.once("close", resolve));
    const stranger = meetingPoint();
    stranger.texts.set("c10d/meeting", JSON.stringify({ ...meeting, watchPort, secret: "another" }));
    const refused = openC10d(options(1, { rendezvous: stranger, timeout: 3 }));
    await expect(refused).rejects.toThrow(/rank 0 has ended|could not join/);
    await closed;
    const both = await Promise.all([first, openC10d(options(1, { rendezvous }))]);
    await Promise.all(both.map((transport) => transport.close()));
  });

  it("needs an address of this host for rank 0 of several hosts", async () => {
    const several = (host: string | undefined) =>
      openC10d(
        options(0, {
          topology: {
            rank: 0,
            worldSize: 2,
            localRank: 0,
            numNodes: 2,
            master: host === undefined ? undefined : { host, port: 1 },
          },
        }),
      );
    await expect(several(undefined)).rejects.toThrow(/the launcher names no address of rank 0/);
    const elsewhere = several("192.0.2.1");
    await expect(elsewhere).rejects.toThrow(UserError);
    await expect(elsewhere).rejects.toThrow(
      "backend c10d: cannot listen at 192.0.2.1: Cannot assign requested address",
    );
  });

  it("says what a libtorch lacks", () => {
    expect(missingBackend({ c10dBackends: [] }, "cpu")).toMatch(/built without gloo/);
    expect(missingBackend({ c10dBackends: ["gloo"] }, "cpu")).toBeUndefined();
    expect(missingBackend({ c10dBackends: ["gloo"] }, "cuda")).toMatch(/has no NCCL, or nccl\.h/);
    expect(missingBackend({ c10dBackends: ["gloo", "nccl"] }, "cuda")).toBeUndefined();
  });
});
