import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished } from "vitest";
import { joinTcpRendezvous, type TcpOptions } from "../../../../runtime/distributed/rendezvous/client.ts";
import { type HostOptions, hostRendezvous } from "../../../../runtime/distributed/rendezvous/server.ts";
import { UserError } from "../../../../runtime/errors.ts";
import { freePort } from "../launched.ts";

const usual = { secret: "s3cret", generation: 1, timeout: 5, rank: 0, host: "127.0.0.1" };

const join = (port: number, changed: Partial<TcpOptions> = {}) =>
  joinTcpRendezvous({ ...usual, signal: new AbortController().signal, port, ...changed });

async function host(changed: Partial<HostOptions> = {}): Promise<number> {
  const hosted = await hostRendezvous({ token: usual.secret, generation: usual.generation, ...changed });
  onTestFinished(() => hosted.close());
  return Number(hosted.address.split(":")[1]);
}

/** What a server says to one who speaks for himself. */
async function speak(port: number): Promise<{ socket: Socket; lines: string[]; closed: Promise<unknown> }> {
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  onTestFinished(() => void socket.destroy());
  const lines: string[] = [];
  const closed = once(socket, "close");
  const reader = createInterface({ input: socket }).on("line", (line) => lines.push(line));
  await once(reader, "line");
  return { socket, lines, closed };
}

describe("a meeting point over TCP", () => {
  it("is waited for while nobody listens", async () => {
    const port = await freePort();
    const joining = join(port);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await host({ port });
    await (await joining).set("key", "value");
  });

  it("is given up after the timeout, with where it should have been", async () => {
    const port = await freePort();
    const failed = await join(port, { timeout: 0.3 }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(UserError);
    expect(failed).toMatchObject({
      message: expect.stringMatching(
        new RegExp(`^the other processes could not be met at 127.0.0.1:${port} within 0.3 s: .*ECONNREFUSED`),
      ),
      hint: expect.stringContaining("rank 0"),
    });
  });

  it("waits for the end of an earlier attempt's", async () => {
    const earlier = await hostRendezvous({ token: usual.secret, generation: 0 });
    const port = Number(earlier.address.split(":")[1]);
    const joining = join(port);
    const later = hostRendezvous({ token: usual.secret, generation: 1, port, patience: 5000 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await earlier.close();
    onTestFinished((await later).close);
    await (await joining).set("key", "value");
  });

  it("says that its port is taken", async () => {
    const port = await host();
    const failed = await hostRendezvous({ token: "x", generation: 0, port }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(UserError);
    expect(failed).toMatchObject({
      message: `the processes cannot meet at 127.0.0.1:${port} of this host: another program has taken it`,
      hint: expect.stringContaining("MASTER_PORT"),
    });
  });

  // On Linux all of 127.0.0.0/8 is this host, and all but one are other addresses than the one that is listened on.
  it.runIf(process.platform === "linux")(
    "listens on the loopback address only, unless told otherwise",
    async () => {
      const port = await host();
      const [error] = (await once(connect(port, "127.0.0.2"), "error")) as [NodeJS.ErrnoException];
      expect(error.code).toBe("ECONNREFUSED");
      const open = await host({ host: undefined });
      await once(connect(open, "127.0.0.2"), "connect");
    },
  );

  it("lets nobody in without the secret, which never goes over the wire", async () => {
    const port = await host();
    await expect(join(port, { secret: "guessed" })).rejects.toThrow("it has another secret than the job");
    const { socket, lines, closed } = await speak(port);
    const forged = { rank: 0, generation: 1, challenge: "00", proof: "f".repeat(64) };
    socket.write(`${JSON.stringify(forged)}\n${JSON.stringify({ id: 1, get: "key" })}\n`);
    await closed;
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { protocol: "lavis-rendezvous-1", challenge: expect.stringMatching(/^[0-9a-f]{32}$/) },
      { refused: "stranger", generation: 1 },
    ]);
    expect(lines.join()).not.toContain(usual.secret);
  });

  it("cannot be played by one who does not know the secret", async () => {
    const impostor = createServer((socket) => {
      socket.on("error", () => {}).write(`{"protocol":"lavis-rendezvous-1","challenge":"00"}\n`);
      socket.once("data", () => socket.write(`{"proof":"${"0".repeat(64)}"}\n`));
    }).listen(0, "127.0.0.1");
    onTestFinished(() => void impostor.close());
    await once(impostor, "listening");
    const { port } = impostor.address() as { port: number };
    await expect(join(port)).rejects.toThrow("is no meeting point of this job's processes");
  });

  it("knows another program that has the port", async () => {
    const other = createServer((socket) => socket.on("error", () => {}).write("220 mail ready\r\n")).listen(
      0,
      "127.0.0.1",
    );
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    await expect(join(port)).rejects.toThrow(`what listens at 127.0.0.1:${port} is no meeting point`);
  });

  it.each([
    ["a line without end", "x".repeat(5000)],
    ["no JSON", "hello\n"],
    ["JSON that is no object", "null\n"],
  ])("hangs up on %s, and goes on with others", async (_, text) => {
    const port = await host();
    const { socket, closed } = await speak(port);
    socket.write(text);
    await closed;
    const guest = await join(port);
    await guest.set("key", "value");
    expect(await guest.get("key")).toBe("value");
  });

  it("takes no text beyond its limit", async () => {
    const guest = await join(await host());
    await expect(guest.set("key", "x".repeat(2 << 20))).rejects.toThrow("has ended");
  });

  it("tells the others that a process was cut off, and which", async () => {
    const port = await host();
    const guest = await join(port);
    const program = `
      import { joinTcpRendezvous } from ${JSON.stringify(new URL("../../../../runtime/distributed/rendezvous/client.ts", import.meta.url).href)};
      const { signal } = new AbortController();
      const guest = await joinTcpRendezvous({ ...${JSON.stringify({ ...usual, rank: 3, port })}, signal });
      await guest.set("here", "");
      await guest.get("nothing");`;
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program]);
    await guest.get("here");
    const waiting = guest.get("nothing").catch((error: unknown) => error);
    child.kill("SIGKILL");
    expect(await waiting).toMatchObject({
      failure: "peer-lost",
      ranks: [3],
      message: "rank 3 ended while the processes were joining",
    });
  });

  it("keeps no process alive that has nothing to wait for", async () => {
    const folder = new URL("../../../../runtime/distributed/rendezvous/", import.meta.url).href;
    const program = `
      import { joinTcpRendezvous } from "${folder}client.ts";
      import { hostRendezvous } from "${folder}server.ts";
      const hosted = await hostRendezvous({ token: "s3cret", generation: 1 });
      const port = Number(hosted.address.split(":")[1]);
      const { signal } = new AbortController();
      const guest = await joinTcpRendezvous({ ...${JSON.stringify(usual)}, port, signal });
      await guest.set("key", "value");
      console.log(await guest.get("key"));`;
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program]);
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk;
    });
    const [code] = await once(child, "close");
    expect({ code, output }).toEqual({ code: 0, output: "value\n" });
  });
});
