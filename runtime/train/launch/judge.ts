import { constants } from "node:os";
import { nameRanks } from "../../distributed/errors.ts";
import { exitCodes } from "../../distributed/exit-codes.ts";
import { exitCodeOf, isStopCode, type StopSignal } from "../control.ts";
import type { FailedEvent } from "../events.ts";
import type { AttemptEnding } from "./supervise.ts";
import type { WorkerEnding } from "./worker-process.ts";

/** What an attempt's ending means. */
export interface Verdict {
  /** The launcher's exit code. */
  readonly code: number;
  /** What went wrong, where something did. */
  readonly failure?: Failure;
}

export interface Failure {
  readonly event: FailedEvent;
  /** What happened in a few words, as a restart names it: `rank 1 was ended by SIGKILL`. */
  readonly cause: string;
  /** Whether another attempt may fare better: not with a mistake of the user's, nor when a stop was asked for. */
  readonly isPassing: boolean;
}

/**
 * What to say of an attempt that has ended, and the exit code: 0 it finished or was stopped by a key, 128 + n it was
 * stopped by signal n or a process was killed by it, 124 a process hung, 1 it failed otherwise.
 */
export function judge(ending: AttemptEnding, firstSignal: StopSignal | undefined): Verdict {
  const asked = firstSignal === undefined ? undefined : exitCodeOf(firstSignal);
  const clean = codeWhenClean(ending);
  if (clean !== undefined) return { code: ending.outcome === "stopped" ? (asked ?? clean) : clean };
  const askedAndFailed = (message: string, code: number): Verdict => ({
    code,
    failure: { event: { type: "failed", message }, cause: message, isPassing: false },
  });
  if (asked !== undefined && ending.isEndedAtOnce) {
    return askedAndFailed("ended at once, as asked twice; the steps since are lost", asked);
  }
  if (asked !== undefined) {
    const isStarting = ending.numSteps === 0;
    // The signal reached a process too: before it could listen, or once more while it was stopping.
    const isSignalled = ending.workers.some(({ signal }) => signal === firstSignal);
    if (isStarting && (isSignalled || haveAllLeft(ending))) {
      return askedAndFailed("stopped before training began", asked);
    }
    if (isSignalled) {
      return askedAndFailed(`ended at once by a second ${firstSignal}; the steps since are lost`, asked);
    }
  }
  const failure = describe(ending);
  return { code: codeOf(firstCause(ending)), failure };
}

/** The exit code where all processes ended as they should; undefined where one did not. */
function codeWhenClean({ outcome, workers }: AttemptEnding): number | undefined {
  const codes = workers.map(({ code }) => code);
  if (outcome === undefined || workers.some(({ failed }) => failed !== undefined)) return undefined;
  if (!codes.every(outcome === "finished" ? (code) => code === 0 : isStopCode)) return undefined;
  return codes.find((code) => code !== 0) ?? 0;
}

/** Whether each process stopped, or lost those that did before it: what they do at the start is not agreed. */
function haveAllLeft({ workers }: AttemptEnding): boolean {
  return workers.every(({ code }) => isStopCode(code) || code === exitCodes.peerLost);
}

/**
 * The process that failed first, by its own doing: one that crashed or was killed, else one that gave up waiting,
 * else one that hung after it had failed, else one that left early, and only then those that ended because another had.
 */
function firstCause({ workers }: AttemptEnding): WorkerEnding {
  const byThemselves = workers.filter(({ isEndedByLauncher }) => !isEndedByLauncher);
  const first =
    byThemselves.find(hasCrashed) ??
    byThemselves.find(({ code }) => code === exitCodes.timeout) ??
    workers.find(({ failed, isEndedByLauncher }) => isEndedByLauncher && failed !== undefined) ??
    byThemselves.find(({ code }) => isStopCode(code)) ??
    workers[0];
  if (first === undefined) throw new Error("an attempt without processes has ended");
  return first;
}

function hasCrashed({ code, signal, failed, startError }: WorkerEnding): boolean {
  if (startError !== undefined || signal !== null) return true;
  if (code === exitCodes.peerLost || code === exitCodes.timeout) return false;
  return failed !== undefined || !isStopCode(code);
}

/** The launcher's exit code for what a process did. */
function codeOf({ code, signal, isEndedByLauncher }: WorkerEnding): number {
  if (signal !== null && !isEndedByLauncher) return 128 + constants.signals[signal];
  return code === exitCodes.timeout ? exitCodes.timeout : exitCodes.failed;
}

/** Those that were killed as they hung; the others may not know which ones they waited for. */
function describeHung(workers: readonly WorkerEnding[]): string | undefined {
  const hung = workers.filter(({ isEndedByLauncher }) => isEndedByLauncher).map(({ rank }) => rank);
  if (hung.length === 0) return undefined;
  const [them, were] = hung.length === 1 ? ["itself", "was"] : ["themselves", "were"];
  return `${nameRanks(hung.toSorted((a, b) => a - b))} did not end by ${them} and ${were} killed`;
}

function describe(ending: AttemptEnding): Failure {
  const worker = firstCause(ending);
  const { rank, code, failed, signal, startError } = worker;
  const isOne = ending.workers.length === 1;
  const who = isOne ? "the training process" : `rank ${rank}`;
  const isPassing = ending.outcome === undefined && startError === undefined;
  const resume = failed?.resumeFrom ?? ending.lastCheckpoint;
  const common = { type: "failed", ...(resume !== undefined && { resumeFrom: resume }) } as const;
  if (failed !== undefined) {
    // The one that gave up waiting names those that it waited for.
    const isWitness = code === exitCodes.timeout || code === exitCodes.peerLost;
    const { message, stack } = failed;
    const hint = failed.hint ?? describeHung(ending.workers);
    const event = {
      ...common,
      message,
      ...(hint !== undefined && { hint }),
      ...(stack !== undefined && { stack }),
      ...(!isOne && !isWitness && { rank }),
    };
    const cause = isOne || isWitness ? message : `rank ${rank} failed: ${message}`;
    return { event, cause, isPassing: isPassing && (isWitness || stack !== undefined) };
  }
  const whole = isOne ? "it" : "the run";
  if (startError !== undefined) {
    const cause = `${who} cannot be started: ${startError.message}`;
    return { event: { ...common, message: cause }, cause, isPassing };
  }
  const cause = signal === null ? `${who} ended with exit code ${code}` : `${who} was ended by ${signal}`;
  const when =
    ending.outcome === undefined
      ? `before ${whole} was done`
      : `after ${isOne ? "its work" : whole} was done`;
  const hint =
    signal === "SIGKILL"
      ? "the system may have run out of memory: lower run.batch_size_train"
      : "the lines above say more";
  return { event: { ...common, message: `${cause} ${when}`, hint }, cause, isPassing };
}
