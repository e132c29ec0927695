/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when a process has ended; rejects after `seconds`. */
export async function gone(pid: number, seconds = 10): Promise<void> {
  for (const end = Date.now() + 1000 * seconds; isAlive(pid); ) {
    if (Date.now() > end) throw new Error(`process ${pid} is still there after ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
