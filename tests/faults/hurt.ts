import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { StepEvent } from "../../runtime/train/events.ts";
import { isAlive } from "../runtime/train/alive.ts";
import { logOf } from "../runtime/train/fixture.ts";
import { type Printed, type Started, startProgram, writeProgram } from "../runtime/train/program.ts";

/** Writes a program that trains some epochs of two or three steps in `size` processes, with a checkpoint after each. */
export function writeFinite(folder: string, size: number, numEpochs = 30): string {
  return writeProgram(folder, `finite-${size}.mjs`, "", "wasm", {
    schedule: { init_lr: 1e-3, max_epoch: numEpochs },
    run: { world_size: size, batch_size_train: 2, num_workers: 0 },
  });
}

/** Of an attempt: the process to kill, and when. */
export interface Blow {
  readonly rank: number;
  /** The step that must have been done; 0 when all processes are there. */
  readonly step: number;
  /** Milliseconds from then. */
  readonly after: number;
}

/** What a run came to. */
export interface HurtRun {
  readonly code: number | string | null;
  readonly failed: string | undefined;
  /** What each step learned, as the run's log has it at last. */
  readonly learned: ReadonlyMap<number, string>;
  /** Blows that met a process; the others came when the run was done. */
  readonly landed: number;
  readonly restarts: readonly string[];
  /** Milliseconds from when all processes of the first attempt were there. */
  readonly duration: number;
  /** Whatever was not there before. */
  readonly leftBehind: readonly string[];
}

/**
 * Trains to the end, killing a process of each attempt as `blows` say, one after the other; at most three, as a run is
 * given up that three restarts in a row bring no step further.
 */
export async function trainHurt(
  program: string,
  size: number,
  blows: readonly Blow[],
  args: readonly string[] = [],
): Promise<HurtRun> {
  const temporary = `${program}-temporary`;
  mkdirSync(temporary, { recursive: true });
  const flags = ["--ui", "json", "--max-restarts", String(blows.length), ...args];
  const run = startProgram(program, flags, { TMPDIR: temporary });
  const pids: number[] = [];
  let landed = 0;
  let began = performance.now();
  const hurt = async (): Promise<void> => {
    for (const [attempt, blow] of [...blows, undefined].entries()) {
      const current = await pidsOf(run, size, attempt);
      pids.push(...current);
      if (attempt === 0) began = performance.now();
      if (blow === undefined) return;
      if (blow.step > 0) await run.step(blow.step);
      await new Promise((resolve) => setTimeout(resolve, blow.after));
      const pid = current[blow.rank];
      if (pid === undefined) throw new Error(`there is no rank ${blow.rank} of ${size}`);
      if (!isAlive(pid)) return;
      process.kill(pid, "SIGKILL");
      landed++;
    }
  };
  const end = run.end();
  // It ends with an error where the program ends before all blows have fallen.
  await Promise.race([hurt().catch(() => {}), end]);
  const { code, error } = await end;
  const duration = performance.now() - began;
  const find = <T extends Printed["type"]>(type: T) =>
    run.printed.filter((line): line is Extract<Printed, { type: T }> => line.type === type);
  const folder = find("start")[0]?.outputDir;
  return {
    code,
    failed: find("failed")[0]?.message ?? (error === "" ? undefined : error),
    learned: folder === undefined ? new Map() : learnedIn(folder),
    landed,
    restarts: find("message").flatMap(({ text }) => (text.startsWith("restart ") ? [text] : [])),
    duration,
    leftBehind: [...pids.filter(isAlive).map((pid) => `process ${pid}`), ...filesOf(pids, temporary)],
  };
}

/** The processes of an attempt, once all of them have said that they are there. */
export async function pidsOf(run: Started, size: number, attempt = 0): Promise<readonly number[]> {
  const prefix = (rank: number) => (size === 1 ? "" : `[${rank}] `);
  const ofRank = (rank: number) =>
    run.printed.filter((line) => line.type === "output" && line.text.startsWith(`${prefix(rank)}worker `));
  const places = Array.from({ length: size }, (_, rank) => rank);
  await run.until((_line): _line is Printed => places.every((rank) => ofRank(rank).length > attempt));
  return places.map((rank) => {
    const line = ofRank(rank)[attempt];
    return Number(line?.type === "output" ? line.text.split(" ").at(-1) : Number.NaN);
  });
}

/** Files that processes left, in the folder for temporary ones or as memory that they shared by name. */
export function filesOf(pids: readonly number[], temporary: string): readonly string[] {
  const shared = "/dev/shm";
  const names = existsSync(shared) ? readdirSync(shared) : [];
  const ours = pids.map((pid) => new RegExp(`(?<!\\d)${pid}(?!\\d)`));
  return [
    ...readdirSync(temporary).map((name) => join(temporary, name)),
    ...names.filter((name) => ours.some((pid) => pid.test(name))).map((name) => join(shared, name)),
  ];
}

/** What each step learned; of those that a restarted run took again, what they learned at last. */
function learnedIn(folder: string): ReadonlyMap<number, string> {
  const steps = logOf(folder).filter((event) => event.type === "step") as unknown as StepEvent[];
  return new Map(
    steps.map(({ step, epoch, stepInEpoch, lr, losses, gradNorm, samples }) => [
      step,
      JSON.stringify({ epoch, stepInEpoch, lr, losses, gradNorm, samples }),
    ]),
  );
}
