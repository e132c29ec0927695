// What the processes of transport.test.ts do.
import { readdirSync, readlinkSync } from "node:fs";
import type { Failure, Member } from "../processes.ts";

/** The shared memory that this process has open or mapped, as Linux tells. */
function openFiles(): string[] {
  const names = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ""; // The one by which the folder is read.
    }
  });
  return names.filter((name) => name.includes("memfd:lavis"));
}

export async function allocations(member: Member, { sizes }: { sizes: readonly number[] }) {
  const collectives = await member.join();
  const before = openFiles().length;
  const buffers = sizes.map((bytes) => collectives.allocate(bytes, `${bytes} bytes`));
  const areZeros = buffers.every((buffer) => new Uint8Array(buffer).every((byte) => byte === 0));
  for (const buffer of buffers) new Uint8Array(buffer).fill(member.rank + 1);
  collectives.barrier("filled");
  const areApart = buffers.every((buffer) =>
    new Uint8Array(buffer).every((byte) => byte === member.rank + 1),
  );
  const opened = openFiles().length - before;
  await collectives.close();
  return {
    lengths: buffers.map(({ byteLength }) => byteLength),
    areZeros,
    areApart,
    opened,
    left: openFiles().length,
    // What was allocated stays for those who have it, also when the group is gone.
    sum: buffers.reduce((sum, buffer) => sum + (new Uint8Array(buffer).at(-1) ?? 0), 0),
  };
}

export async function tooMuch(member: Member, { bytes }: { bytes: number }): Promise<Failure | undefined> {
  const collectives = await member.join();
  return member.attempt(() => collectives.allocate(bytes, "gradients"));
}

/** Memory that nobody but the running call holds is not collected under it. */
export async function unheld(member: Member, { calls }: { calls: number }): Promise<number> {
  const collectives = await member.join();
  for (let i = 0; i < calls; i++) {
    collectives.startAllReduce(new Float32Array(100_000).fill(1), "sum", `numbers ${i}`);
    if (i % 10 === 0) gc?.();
  }
  const last = Float32Array.of(1);
  collectives.allReduce(last, "sum", "last");
  return last[0] as number;
}

/** Leaves while a call of its own is waiting for the others. */
export async function leaves(member: Member): Promise<Failure | undefined> {
  const collectives = await member.join();
  collectives.barrier("start");
  const data = new Float32Array(10);
  if (member.rank === 0) {
    collectives.startAllReduce(data, "sum", "never");
    await collectives.close();
    return member.attempt(() => collectives.barrier("after close"));
  }
  return member.attempt(() => collectives.barrier("something else"));
}
