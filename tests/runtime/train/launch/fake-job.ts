import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Stamped } from "../../../../runtime/train/events.ts";
import { Requests } from "../../../../runtime/train/launch/requests.ts";
import { type Job, runJob } from "../../../../runtime/train/launch/restart.ts";

/** What fake training processes have at hand. */
const prelude = `
import { spawn } from "node:child_process";
const rank = Number(process.env.RANK);
const restarts = Number(process.env.LAVIS_RESTART_COUNT);
const send = (event) => new Promise((sent) => process.send({ time: Date.now(), ...event }, sent));
const sleep = (seconds) => new Promise((over) => setTimeout(over, 1000 * seconds));
const asked = (type) => new Promise((heard) => process.on("message", (one) => one.type === type && heard()));
const stop = asked("stop");
const end = (code) => process.exit(code);
const step = (number) => send({ type: "step", step: number });
const finish = async () => { if (rank === 0) await send({ type: "done", outcome: "finished", step: 1, seconds: 1 }); end(0); };
const stopped = async (code = 0) => { if (rank === 0) await send({ type: "done", outcome: "stopped", step: 1, seconds: 1 }); end(code); };
const fail = async (code, event) => { await send({ type: "failed", ...event }); end(code); };
const kill = (signal) => { process.kill(process.pid, signal); return sleep(100); };
/** Fails as a process does whose peer is gone. */
const lose = (seconds = 0.1) => sleep(seconds).then(() => fail(75, { message: "another process has ended" }));
`;

export interface RunningJob {
  readonly requests: Requests;
  readonly events: readonly Stamped[];
  readonly lines: readonly string[];
  /** Resolves to the exit code. */
  readonly code: Promise<number>;
  /** Resolves when a line with this text was printed, to the first such line. */
  line(text: string): Promise<string>;
}

/** Starts a job whose processes run `body`, JavaScript that has the names of the prelude. */
export function startJob(body: string, options: Partial<Job> = {}): RunningJob {
  const folder = mkdtempSync(join(tmpdir(), "lavis-job-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, "run.mjs");
  writeFileSync(program, `${prelude}${body}`);
  const requests = new Requests();
  const events: Stamped[] = [];
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  const code = runJob(
    { program, args: [], size: 3, hasGpuEach: false, maxRestarts: 0, ...options },
    requests,
    {
      handle: (event) => void events.push(event),
      log(line) {
        lines.push(line);
        for (const look of listeners) look();
      },
      close: async () => {},
    },
  );
  const line = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = lines.find((one) => one.includes(text));
        if (found !== undefined) resolve(found);
      };
      listeners.add(look);
      look();
      code.then(() => reject(new Error(`it ended first: ${JSON.stringify({ events, lines })}`)), reject);
    });
  return { requests, events, lines, code, line };
}

/** Runs a job to its end. */
export async function runToEnd(body: string, options: Partial<Job> = {}) {
  const job = startJob(body, options);
  const code = await job.code;
  const of = <T extends Stamped["type"]>(type: T) =>
    job.events.filter((event): event is Extract<Stamped, { readonly type: T }> => event.type === type);
  return { ...job, code, of, messages: of("message").map(({ text }) => text) };
}
