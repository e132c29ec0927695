import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isSystemError, UserError } from "../../errors.ts";
import { CollectiveError } from "../errors.ts";
import { describeStale, KeyTakenError, type MeetingOptions, type Rendezvous } from "./rendezvous.ts";

export interface FolderOptions extends MeetingOptions {
  /** A folder that all hosts see under this path; it is made where there is none. */
  readonly path: string;
  /** The job: others may meet in the same folder. */
  readonly jobId: string;
}

/** Milliseconds between two looks for what is waited for. */
const pollEvery = 50;

/**
 * Meets in a folder of a shared file system: a text is a file, an attempt of a job is a folder. Who may write there
 * may join.
 * @throws UserError where the folder cannot be used, or a later attempt has met there
 */
export async function joinFolderRendezvous(options: FolderOptions): Promise<Rendezvous> {
  const { path, jobId, generation, rank, signal } = options;
  signal.throwIfAborted();
  const job = join(path, `lavis-${encodeURIComponent(jobId)}`);
  const meeting = join(job, String(generation));
  try {
    await mkdir(meeting, { recursive: true, mode: 0o700 });
    const latest = Math.max(...(await readdir(job)).map(Number).filter(Number.isSafeInteger));
    if (latest > generation) {
      throw new UserError(
        `${describeStale(generation, latest)}: it is refused`,
        "end it: a newer one has taken its place",
      );
    }
    if (rank === 0) await removeEarlier(job, generation);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UserError(
      `the processes cannot meet in ${path}: ${error.message}`,
      "run.dist_url needs a folder that every process can write to",
      { cause: error },
    );
  }
  return new FolderRendezvous(meeting, options);
}

async function removeEarlier(job: string, generation: number): Promise<void> {
  for (const name of await readdir(job)) {
    if (Number(name) < generation) await rm(join(job, name), { recursive: true, force: true });
  }
}

async function removeFiles(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { force: true });
}

/** The file in which a process says why it gave up; no key is written like it. */
const failureFile = "failed";

class FolderRendezvous implements Rendezvous {
  readonly #folder: string;
  readonly #options: FolderOptions;
  #isLeft = false;

  constructor(folder: string, options: FolderOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  async set(key: string, value: string): Promise<void> {
    const path = this.#pathOf(key);
    if (!(await writeOnce(path, value))) throw new KeyTakenError(key, await readFile(path, "utf8"));
  }

  async get(key: string): Promise<string> {
    const { timeout, signal } = this.#options;
    const until = performance.now() + 1000 * timeout;
    for (;;) {
      signal.throwIfAborted();
      if (this.#isLeft) throw new Error("the rendezvous was left");
      await this.#throwIfOtherFailed();
      const value = await readIfThere(this.#pathOf(key));
      if (value !== undefined) return value;
      if (performance.now() > until) {
        throw new CollectiveError(
          "timeout",
          `nobody has left "${key}" at the rendezvous within ${timeout} s`,
          [],
        );
      }
      await sleep(pollEvery, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  async close(failure?: string): Promise<void> {
    this.#isLeft = true;
    const { rank } = this.#options;
    // All texts have been read when rank 0 leaves in peace. The empty folder tells processes of earlier attempts.
    if (failure === undefined && rank === 0) await removeFiles(this.#folder);
    // A later attempt may have removed the folder.
    if (failure !== undefined) {
      await writeOnce(join(this.#folder, failureFile), JSON.stringify({ rank, failure })).catch(() => false);
    }
  }

  async #throwIfOtherFailed(): Promise<void> {
    const text = await readIfThere(join(this.#folder, failureFile));
    if (text === undefined) return;
    const { rank, failure } = JSON.parse(text) as { rank: number; failure: string };
    throw new CollectiveError("aborted", `rank ${rank} gave up: ${failure}`, [rank]);
  }

  #pathOf(key: string): string {
    return join(this.#folder, `key-${encodeURIComponent(key)}`);
  }
}

/** Writes a file that is there whole or not at all, and that is nobody's yet; whether it was nobody's. */
async function writeOnce(path: string, text: string): Promise<boolean> {
  const whole = `${path}.${randomUUID()}`;
  await writeFile(whole, text, { mode: 0o600 });
  try {
    await link(whole, path);
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(whole, { force: true });
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return undefined;
    throw error;
  }
}
