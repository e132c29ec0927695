import { describe, expect, it } from "vitest";
import { gone, isAlive } from "../alive.ts";
import { runToEnd, startJob } from "./fake-job.ts";

describe("the processes of a job", () => {
  it("know their places, where to meet, and a secret that they share", async () => {
    const names = [
      ...["RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE"],
      ...["LAVIS_JOB_ID", "LAVIS_JOB_TOKEN", "LAVIS_RENDEZVOUS", "LAVIS_RESTART_COUNT"],
    ];
    const { code, lines } = await runToEnd(
      `console.log(JSON.stringify(${JSON.stringify(names)}.map((name) => process.env[name]))); await finish();`,
    );
    expect(code).toBe(0);
    const places = lines.map((line) => [line.slice(0, 4), ...JSON.parse(line.slice(4))]).toSorted();
    const [[, , , , , id, token, address] = []] = places;
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(id).toMatch(/./);
    expect(places).toEqual(
      ["0", "1", "2"].map((rank) => [`[${rank}] `, rank, rank, "3", "3", id, token, address, "0"]),
    );
  });

  it("speak through the first one, which alone prints without its rank where there is no other", async () => {
    const body = `
      console.log("hello");
      await send({ type: "message", level: "info", text: "an image is blurred" });
      await send({ type: "message", level: "warning", text: "an image is damaged" });
      await step(1);
      await finish();`;
    const { code, events, lines, of } = await runToEnd(body, { size: 2 });
    expect(code).toBe(0);
    expect(lines.toSorted()).toEqual(["[0] hello", "[1] hello"]);
    expect(events.filter(({ type }) => type !== "message").map(({ type }) => type)).toEqual(["step", "done"]);
    expect(of("message").map(({ text, rank }) => [rank, text])).toEqual(
      expect.arrayContaining([
        [undefined, "an image is blurred"],
        [undefined, "an image is damaged"],
        [1, "an image is damaged"],
      ]),
    );
    expect(of("message")).toHaveLength(3);
    expect((await runToEnd(body, { size: 1 })).lines).toEqual(["hello"]);
  });

  it("leave nothing behind that they started", async () => {
    const { code, lines } = await runToEnd(`
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
      console.log("started", child.pid);
      await finish();`);
    expect(code).toBe(0);
    expect(lines).toHaveLength(3);
    for (const line of lines) await gone(Number(line.split(" ").at(-1)));
  });
});

describe("a job of which one process fails", () => {
  it("says which one was killed, not what became of the others", async () => {
    const { code, of } = await runToEnd(
      `if (rank === 0) await send({ type: "checkpoint", path: "run/epoch_1", step: 3, reason: "epoch", seconds: 1 });
       await (rank === 1 ? sleep(0.3).then(() => kill("SIGKILL")) : lose(0.6));`,
    );
    expect(code).toBe(137);
    expect(of("failed")).toMatchObject([
      {
        message: "rank 1 was ended by SIGKILL before the run was done",
        hint: expect.stringContaining("out of memory"),
        resumeFrom: "run/epoch_1",
      },
    ]);
  });

  it("shows what the one said that failed by itself, also where the others ended before it", async () => {
    const { code, of } = await runToEnd(
      `await (rank === 2
         ? fail(1, { message: "internal error: no luck", stack: "Error: no luck" }).then(() => sleep(0.3))
         : lose(0));`,
    );
    expect(code).toBe(1);
    expect(of("failed")).toMatchObject([
      { rank: 2, message: "internal error: no luck", stack: "Error: no luck" },
    ]);
  });

  it("says so where a process leaves early as if all were well", async () => {
    const { code, of } = await runToEnd(`await (rank === 1 ? end(0) : lose(0.2));`);
    expect(code).toBe(1);
    expect(of("failed")[0]?.message).toBe("rank 1 ended with exit code 0 before the run was done");
  });

  it("shows the output of one that crashed at its start", async () => {
    const { code, of, lines } = await runToEnd(`
      if (rank === 1) throw new Error("no luck today");
      await lose(0.3);`);
    expect(code).toBe(1);
    expect(lines).toContain("[1] Error: no luck today");
    expect(of("failed")[0]).toMatchObject({
      message: "rank 1 ended with exit code 1 before the run was done",
      hint: "the lines above say more",
    });
  });

  it("kills those that hang, five seconds after one gave up waiting for them", async () => {
    const started = performance.now();
    const job = startJob(`
      console.log("worker", process.pid);
      await (rank === 1 ? kill("SIGSTOP") : rank === 0
        ? sleep(0.5).then(() => fail(124, { message: "rank 1 has not come to a barrier within 2 s" }))
        : lose(0.6));`);
    const pid = Number((await job.line("[1] worker")).split(" ").at(-1));
    expect(await job.code).toBe(124);
    expect(performance.now() - started).toBeGreaterThan(5000);
    expect(isAlive(pid)).toBe(false);
    const told = job.events.map((event) => ("text" in event ? event.text : event.type));
    expect(told).toEqual(["rank 1 has not ended 5 s after the run failed, and is killed", "failed"]);
    expect(job.events.at(-1)).toMatchObject({
      message: "rank 1 has not come to a barrier within 2 s",
      hint: "rank 1 did not end by itself and was killed",
    });
  });

  it("asks those to stop that have not joined yet, and does not call that a stop", async () => {
    const started = performance.now();
    const { code, of } = await runToEnd(`
      if (rank === 1) end(9);
      await stop;
      await stopped();`);
    expect(code).toBe(1);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(of("done")).toEqual([]);
    expect(of("failed")[0]?.message).toBe("rank 1 ended with exit code 9 before the run was done");
  });

  it("says so where that happens after the run was done", async () => {
    const { code, of, messages } = await runToEnd(
      `await (rank === 0 ? finish() : sleep(0.3).then(() => kill("SIGABRT")));`,
      { maxRestarts: 3 },
    );
    expect(code).toBe(134);
    expect(of("failed")[0]?.message).toMatch(/^rank [12] was ended by SIGABRT after the run was done$/);
    expect(messages).toEqual([]);
  });
});

describe("a job that may be restarted", () => {
  it("starts again with the same identity and goes on", async () => {
    const { code, of, messages, lines } = await runToEnd(
      `console.log(process.env.LAVIS_JOB_ID, restarts);
       if (restarts === 2) await finish();
       await step(1);
       await (rank !== 1 ? lose(0.2) : restarts === 0 ? sleep(0.1).then(() => kill("SIGKILL"))
         : fail(1, { message: "internal error: no luck", stack: "Error: no luck" }));`,
      { maxRestarts: 3 },
    );
    expect(code).toBe(0);
    expect(messages).toEqual([
      "restart 1 of 3: rank 1 was ended by SIGKILL",
      "restart 2 of 3: rank 1 failed: internal error: no luck",
    ]);
    expect(of("failed")).toEqual([]);
    expect(of("done")).toHaveLength(1);
    const identities = new Set(lines.map((line) => line.split(" ")[1]));
    expect(identities.size).toBe(1);
    expect(lines.map((line) => line.split(" ")[2])).toEqual([..."000111222"]);
  });

  it("is restarted where a process hung, or all lost each other", async () => {
    const { code, messages } = await runToEnd(
      `await (restarts === 0 && rank === 0 ? fail(124, { message: "rank 1 has not come within 2 s" })
         : restarts < 2 ? lose(0.2) : finish());`,
      { maxRestarts: 2 },
    );
    expect(code).toBe(0);
    expect(messages).toEqual([
      "restart 1 of 2: rank 1 has not come within 2 s",
      "restart 2 of 2: another process has ended",
    ]);
  });

  it("fails when it has been restarted as often as it may be, naming its last checkpoint", async () => {
    const { code, of, messages } = await runToEnd(
      `if (restarts === 0) await send({ type: "checkpoint", path: "run/epoch_1", step: 3, reason: "epoch", seconds: 1 });
       await step(1); await kill("SIGKILL");`,
      { size: 1, maxRestarts: 2 },
    );
    expect(code).toBe(137);
    expect(messages).toEqual([
      "restart 1 of 2: the training process was ended by SIGKILL",
      "restart 2 of 2: the training process was ended by SIGKILL",
    ]);
    expect(of("failed")).toMatchObject([{ resumeFrom: "run/epoch_1" }]);
  });

  it("is given up after three restarts in a row that made no step", async () => {
    const { code, messages } = await runToEnd(`if (restarts === 1) await step(1); await kill("SIGKILL");`, {
      size: 1,
      maxRestarts: 9,
    });
    expect(code).toBe(137);
    expect(messages.map((text) => text.split(":")[0])).toEqual([
      ...["restart 1 of 9", "restart 2 of 9", "restart 3 of 9", "restart 4 of 9"],
      "no restart 5 of 9",
    ]);
  });

  it("is not restarted for a mistake of its user", async () => {
    const { code, of, messages } = await runToEnd(
      `await (rank === 0 ? fail(1, { message: "there is no such file", hint: "name another" }) : lose(0.2));`,
      { maxRestarts: 3 },
    );
    expect({ code, messages }).toEqual({ code: 1, messages: [] });
    expect(of("failed")).toMatchObject([{ rank: 0, message: "there is no such file", hint: "name another" }]);
  });

  it("is not restarted when a stop was asked for", async () => {
    const job = startJob(`console.log("ready"); await stop; await kill("SIGKILL");`, { maxRestarts: 3 });
    await job.line("ready");
    job.requests.send({ type: "stop" });
    expect(await job.code).toBe(137);
    expect(job.events.map(({ type }) => type)).toEqual(["failed"]);
  });
});

describe("a job that is asked for something", () => {
  it("passes it on to each process", async () => {
    const job = startJob(`
      const both = Promise.all([asked("pause"), asked("checkpoint")]);
      console.log("ready", rank);
      await both;
      console.log("heard", rank);
      await stop; await stopped();`);
    for (const rank of [0, 1, 2]) await job.line(`ready ${rank}`);
    job.requests.send({ type: "pause" });
    job.requests.send({ type: "checkpoint" });
    for (const rank of [0, 1, 2]) await job.line(`heard ${rank}`);
    job.requests.send({ type: "stop" });
    expect(await job.code).toBe(0);
    expect(job.events.map(({ type }) => type)).toEqual(["done"]);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGUSR1", 143],
  ] as const)("stops on %s with exit code %i, also where no process was there yet", async (signal, code) => {
    const job = startJob(`await stop; await stopped();`);
    job.requests.interrupt(signal);
    expect(await job.code).toBe(code);
  });

  it.each([
    ["where the one that speaks for all lost another that had stopped", "rank === 0 ? lose() : stopped()"],
    ["where all lost each other", "lose()"],
    ["where others had got the signal too", "rank === 0 ? lose() : end(143)"],
  ])("has stopped before training began %s", async (_, body) => {
    const job = startJob(`console.log("ready", rank); await stop; await (${body});`, { maxRestarts: 3 });
    for (const rank of [0, 1, 2]) await job.line(`ready ${rank}`);
    job.requests.interrupt("SIGTERM");
    expect(await job.code).toBe(143);
    expect(job.events).toMatchObject([{ type: "failed", message: "stopped before training began" }]);
  });

  it.each([
    ["one failed by itself", `rank === 1 ? fail(1, { message: "no luck" }) : lose(0.3)`, "", "no luck"],
    ["one was killed", `rank === 1 ? kill("SIGABRT") : lose(0.3)`, "", "rank 1 was ended by SIGABRT"],
    [
      "training had begun",
      "rank === 1 ? end(0) : lose(0.3)",
      "await step(1);",
      "rank 1 ended with exit code 0",
    ],
  ])("has failed where it was asked to stop and %s", async (_, body, before, message) => {
    const job = startJob(`${before} console.log("ready", rank); await stop; await (${body});`);
    for (const rank of [0, 1, 2]) await job.line(`ready ${rank}`);
    job.requests.interrupt("SIGINT");
    expect(await job.code).not.toBe(130);
    expect(job.events.at(-1)).toMatchObject({ type: "failed", message: expect.stringContaining(message) });
  });

  it("ends with the code of a signal that only one process got", async () => {
    expect((await runToEnd(`await stopped(rank === 1 ? 143 : 0);`)).code).toBe(143);
  });

  it("ends all at once on a second signal", async () => {
    const job = startJob(`console.log("worker", process.pid); for (;;);`, { maxRestarts: 3 });
    const pids = [];
    for (const rank of [0, 1, 2]) pids.push(Number((await job.line(`[${rank}] worker`)).split(" ").at(-1)));
    job.requests.interrupt("SIGTERM");
    job.requests.interrupt("SIGINT");
    expect(await job.code).toBe(143);
    expect(job.events).toMatchObject([
      { type: "failed", message: "ended at once, as asked twice; the steps since are lost" },
    ]);
    for (const pid of pids) expect(isAlive(pid)).toBe(false);
  });
});
