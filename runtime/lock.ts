import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 100;
/** The holder touches its lock this often, */
const HEARTBEAT_MS = 5_000;
/** and one that was not touched for this long has lost its holder: a stopped container, another host. */
const ABANDONED_MS = 60_000;

/**
 * Runs `work` while holding the lock file `path`, so that one process at a time makes a cached thing.
 *
 * Another holder is waited for; a lock whose holder has died is taken over. Callers look again for the
 * finished thing inside `work`: the holder before may have made it.
 *
 * @param signal ends the wait: its reason is thrown
 */
export async function withLock<T>(path: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  while (!(await take(path))) {
    signal?.throwIfAborted();
    if (await isAbandoned(path)) await remove(path);
    else await sleep(POLL_MS);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined); // A lock that others removed cannot be kept alive.
  }, HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { force: true });
  }
}

function uniqueName(path: string): string {
  return `${path}.${hostname()}-${process.pid}-${Math.random().toString(36).slice(2)}`;
}

/** A link, unlike a new file, has its text from the first moment on. */
async function take(path: string): Promise<boolean> {
  const mine = uniqueName(path);
  await writeFile(mine, JSON.stringify({ pid: process.pid, host: hostname() }));
  try {
    await link(mine, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(mine, { force: true });
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    if (Date.now() - (await stat(path)).mtimeMs > ABANDONED_MS) return true;
    const { pid, host } = JSON.parse(await readFile(path, "utf8")) as { pid: number; host: string };
    return host === hostname() && !isRunning(pid);
  } catch {
    return false; // Released between our two looks.
  }
}

/** Moved away first and looked at again: between our look and now another process may have taken it over. */
async function remove(path: string): Promise<void> {
  const moved = uniqueName(path);
  try {
    await rename(path, moved);
  } catch {
    return; // Another process was faster.
  }
  if (await isAbandoned(moved)) await rm(moved, { force: true });
  else await rename(moved, path);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
