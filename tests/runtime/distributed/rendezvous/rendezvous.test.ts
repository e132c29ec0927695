import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { CollectiveError } from "../../../../runtime/distributed/errors.ts";
import { joinTcpRendezvous } from "../../../../runtime/distributed/rendezvous/client.ts";
import { joinFolderRendezvous } from "../../../../runtime/distributed/rendezvous/folder.ts";
import {
  KeyTakenError,
  type MeetingOptions,
  type Rendezvous,
} from "../../../../runtime/distributed/rendezvous/rendezvous.ts";
import { hostRendezvous } from "../../../../runtime/distributed/rendezvous/server.ts";
import { UserError } from "../../../../runtime/errors.ts";

type Join = (rank: number, changed?: Partial<MeetingOptions>) => Promise<Rendezvous>;

const usual = { secret: "s3cret", generation: 1, timeout: 5 };

function options(rank: number, changed: Partial<MeetingOptions>): MeetingOptions {
  return { ...usual, rank, signal: new AbortController().signal, ...changed };
}

async function overTcp(): Promise<Join> {
  const hosted = await hostRendezvous({ token: usual.secret, generation: usual.generation });
  onTestFinished(() => hosted.close());
  const port = Number(hosted.address.split(":")[1]);
  return (rank, changed = {}) => joinTcpRendezvous({ ...options(rank, changed), host: "127.0.0.1", port });
}

async function inFolder(): Promise<Join> {
  const path = mkdtempSync(join(tmpdir(), "lavis-meeting-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return (rank, changed = {}) => joinFolderRendezvous({ ...options(rank, changed), path, jobId: "a job/1" });
}

describe.each([
  ["over TCP", overTcp],
  ["in a folder", inFolder],
])("processes that meet %s", (_, open) => {
  it("find what others have left, and wait for what they have not yet", async () => {
    const meet = await open();
    const [one, other] = await Promise.all([meet(0), meet(1)]);
    await one.set("key with /\\ and ü", "first\nsecond 💬");
    expect(await other.get("key with /\\ and ü")).toBe("first\nsecond 💬");
    const late = Promise.all([one.get("late"), other.get("late")]);
    await other.set("late", "");
    expect(await late).toEqual(["", ""]);
    await Promise.all([one.close(), other.close()]);
  });

  it("cannot leave two texts under one key: the second learns of the first", async () => {
    const meet = await open();
    const [one, other] = await Promise.all([meet(0), meet(0)]);
    await one.set("member/0", "one");
    const refused = await other.set("member/0", "other").catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(KeyTakenError);
    expect(refused).toMatchObject({ value: "one" });
    expect(await other.get("member/0")).toBe("one");
  });

  it("fail when nobody leaves a text in time", async () => {
    const meet = await open();
    const alone = await meet(0, { timeout: 0.2 });
    await expect(alone.get("nothing")).rejects.toThrow(
      'nobody has left "nothing" at the rendezvous within 0.2 s',
    );
    await expect(alone.get("nothing")).rejects.toMatchObject({ failure: "timeout" });
  });

  it("fail with the words of one that gives up, also when they come later", async () => {
    const meet = await open();
    const [one, other] = await Promise.all([meet(0), meet(1)]);
    const waiting = one.get("nothing").catch((error: unknown) => error);
    await other.close("it has another version");
    expect(await waiting).toBeInstanceOf(CollectiveError);
    expect(await waiting).toMatchObject({
      failure: "aborted",
      ranks: [1],
      message: "rank 1 gave up: it has another version",
    });
    const later = await meet(2);
    await expect(later.get("nothing")).rejects.toThrow("rank 1 gave up: it has another version");
  });

  it("stop waiting when they are to end", async () => {
    const meet = await open();
    const ending = new AbortController();
    const alone = await meet(0, { signal: ending.signal });
    const waiting = alone.get("nothing").catch((error: unknown) => error);
    ending.abort(new Error("a stop was asked for"));
    expect(await waiting).toMatchObject({ message: "a stop was asked for" });
    await expect(meet(1, { signal: ending.signal })).rejects.toThrow("a stop was asked for");
  });

  it("are refused when they are of an earlier attempt", async () => {
    const meet = await open();
    await meet(0);
    const stale = await meet(1, { generation: 0 }).catch((error: unknown) => error);
    expect(stale).toBeInstanceOf(UserError);
    expect(stale).toMatchObject({
      message: "this process belongs to attempt 0 of its job, which is at attempt 1 by now: it is refused",
      hint: expect.stringContaining("end it"),
    });
  });
});

describe("a folder to meet in", () => {
  it("is empty but for the attempt when rank 0 has left in peace", async () => {
    const path = mkdtempSync(join(tmpdir(), "lavis-meeting-"));
    onTestFinished(() => rmSync(path, { recursive: true }));
    for (const generation of [0, 1]) {
      const [one, other] = await Promise.all(
        [0, 1].map((rank) => joinFolderRendezvous({ ...options(rank, { generation }), path, jobId: "job" })),
      );
      await one?.set("key", "value");
      expect(await other?.get("key")).toBe("value");
      await other?.close();
      await one?.close();
      expect(readdirSync(path, { recursive: true }).sort()).toEqual([
        "lavis-job",
        join("lavis-job", String(generation)),
      ]);
    }
  });

  it("has to be one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lavis-meeting-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "file");
    writeFileSync(path, "");
    const failed = joinFolderRendezvous({ ...options(0, {}), path, jobId: "job" });
    await expect(failed).rejects.toThrow(`the processes cannot meet in ${path}`);
    await expect(failed).rejects.toBeInstanceOf(UserError);
  });
});
