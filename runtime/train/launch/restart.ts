import { randomBytes, randomUUID } from "node:crypto";
import { hostRendezvous } from "../../distributed/rendezvous/server.ts";
import { UserError } from "../../errors.ts";
import type { UserInterface } from "../../ui/open.ts";
import type { TrainEvent } from "../events.ts";
import { workerEnvironment } from "./environment.ts";
import { assignGpus, countGpus } from "./gpus.ts";
import { type Failure, judge } from "./judge.ts";
import type { Requests } from "./requests.ts";
import { type AttemptEnding, superviseAttempt } from "./supervise.ts";

/** A training to run in processes of this host. */
export interface Job {
  /** The program's file, and the flags that each process gets. */
  readonly program: string;
  readonly args: readonly string[];
  readonly size: number;
  /** Whether each process needs a GPU of its own. */
  readonly hasGpuEach: boolean;
  readonly maxRestarts: number;
}

/** Restarts in a row without a single step after which another would do no better. */
const mostIdleRestarts = 3;

/**
 * Runs a job, again where it fails for a reason that may pass, and shows it; resolves to the launcher's exit code
 * ({@link judge}). The processes of a restarted job go on from its last checkpoint.
 */
export async function runJob(job: Job, requests: Requests, screen: UserInterface): Promise<number> {
  const send = (event: TrainEvent): void => screen.handle({ ...event, time: Date.now() });
  const say = (text: string): void => send({ type: "message", level: "warning", text });
  try {
    const gpus = job.hasGpuEach ? await gpusOf(job) : undefined;
    const identity = { jobId: randomUUID(), token: randomBytes(32).toString("hex") };
    let lastCheckpoint: string | undefined;
    let idleRestarts = 0;
    for (let restarts = 0; ; restarts++) {
      const ending = await attempt(job, { ...identity, restarts, gpus }, requests, screen);
      lastCheckpoint = ending.lastCheckpoint ?? lastCheckpoint;
      idleRestarts = ending.numSteps > 0 || restarts === 0 ? 0 : idleRestarts + 1;
      const { code, failure } = judge(ending, requests.firstSignal);
      if (failure === undefined) return code;
      if (mayRestart(job, failure, requests, restarts)) {
        if (idleRestarts < mostIdleRestarts) {
          say(`restart ${restarts + 1} of ${job.maxRestarts}: ${failure.cause}`);
          continue;
        }
        say(`no restart ${restarts + 1} of ${job.maxRestarts}: the last ${idleRestarts} made no step`);
      }
      send({ ...(lastCheckpoint !== undefined && { resumeFrom: lastCheckpoint }), ...failure.event });
      return code;
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, hint } = error;
    send({ type: "failed", message, ...(hint !== undefined && { hint }) });
    return 1;
  }
}

function mayRestart(job: Job, { isPassing }: Failure, requests: Requests, restarts: number): boolean {
  return isPassing && !requests.isStopAsked && restarts < job.maxRestarts;
}

async function gpusOf({ size }: Job): Promise<readonly string[]> {
  return assignGpus(size, process.env.CUDA_VISIBLE_DEVICES, await countGpus());
}

/** What the processes of an attempt are told beside their ranks. */
interface AttemptPlace {
  readonly jobId: string;
  readonly token: string;
  readonly restarts: number;
  readonly gpus: readonly string[] | undefined;
}

async function attempt(
  { program, args, size }: Job,
  { jobId, token, restarts, gpus }: AttemptPlace,
  requests: Requests,
  screen: UserInterface,
): Promise<AttemptEnding> {
  // Of an earlier attempt, a process that is still ending may knock: it does not know this one's generation.
  const rendezvous = size === 1 ? undefined : await hostRendezvous({ token, generation: restarts });
  try {
    const environments = Array.from({ length: size }, (_, rank) =>
      workerEnvironment({
        rank,
        size,
        jobId,
        token,
        restartCount: restarts,
        rendezvous: rendezvous?.address,
        gpu: gpus?.[rank],
      }),
    );
    return await superviseAttempt(program, args, environments, requests, screen);
  } finally {
    await rendezvous?.close();
  }
}
