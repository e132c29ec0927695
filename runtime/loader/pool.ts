import { Worker } from "node:worker_threads";
import type { ComponentValue } from "../card.ts";
import { openVisionProcessor } from "../processors/registry.ts";
import { workerEntry } from "../worker-entry.ts";
import { processSample, type SampleJob, type SampleOutcome } from "./sample.ts";
import type { WorkerAnswer, WorkerRequest } from "./worker.ts";

/** Does samples' jobs, in whatever order and thread. */
export interface SamplePool {
  /** Does the job; undefined when `signal` was aborted before its turn. */
  run(job: SampleJob, signal: AbortSignal): Promise<SampleOutcome | undefined>;
  /** Ends the threads; jobs that are not done are rejected. */
  close(): Promise<void>;
}

/** Does jobs in this thread, one after the other. */
export async function inProcessPool(processor: ComponentValue): Promise<SamplePool> {
  const process = await openVisionProcessor(processor);
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(job, signal) {
      const work = async () =>
        signal.aborted
          ? undefined
          : processSample(job, process).catch((cause: unknown) => {
              throw new Error(`processing ${job.path} failed: ${String(cause)}`, { cause });
            });
      const done = last.then(work, work);
      last = done;
      return done;
    },
    async close() {},
  };
}

/** Jobs that a thread holds at once: the next one is there when it ends one. */
const JOBS_PER_WORKER = 2;

interface Task {
  readonly job: SampleJob;
  readonly signal: AbortSignal;
  readonly resolve: (outcome: SampleOutcome | undefined) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  /** Jobs sent and not answered, the oldest first: it is the one being done. */
  readonly tasks: Map<number, Task>;
}

/**
 * Does jobs in `numWorkers` threads. A thread that ends by itself fails its jobs, and names the sample that
 * it was at. Idle threads keep no process alive.
 *
 * @param module the worker's source module; tests give others
 */
export async function threadPool(
  processor: ComponentValue,
  numWorkers: number,
  module: URL = new URL("./worker.ts", import.meta.url),
): Promise<SamplePool> {
  await openVisionProcessor(processor); // A wrong option is the user's error here, a crash over there.
  return new ThreadPool(workerEntry(module), processor, numWorkers);
}

class ThreadPool implements SamplePool {
  readonly #threads: readonly Thread[];
  readonly #queue: Task[] = [];
  #nextId = 0;
  #failure: Error | undefined;

  constructor(entry: URL, processor: ComponentValue, numWorkers: number) {
    this.#threads = Array.from({ length: numWorkers }, () => this.#start(entry, processor));
  }

  run(job: SampleJob, signal: AbortSignal): Promise<SampleOutcome | undefined> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, signal, resolve, reject });
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#fail(new Error("the loader was closed"));
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #start(entry: URL, processor: ComponentValue): Thread {
    // The component that a program made has functions beside these, which no thread can be sent.
    const { name, options, module } = processor;
    const value: ComponentValue = { name, options, ...(module !== undefined && { module }) };
    const worker = new Worker(entry, { workerData: value });
    const thread: Thread = { worker, tasks: new Map() };
    worker.on("message", (answer: WorkerAnswer) => this.#answered(thread, answer));
    worker.on("error", (error) => this.#crashed(thread, String(error), error));
    worker.on("exit", (code) => this.#crashed(thread, `it ended with code ${code}`));
    worker.unref();
    return thread;
  }

  #dispatch(): void {
    for (;;) {
      const thread = this.#threads.reduce((least, one) => (one.tasks.size < least.tasks.size ? one : least));
      if (thread.tasks.size >= JOBS_PER_WORKER) return;
      const task = this.#queue.shift();
      if (!task) return;
      if (task.signal.aborted) {
        task.resolve(undefined);
        continue;
      }
      const id = this.#nextId++;
      if (thread.tasks.size === 0) thread.worker.ref();
      thread.tasks.set(id, task);
      thread.worker.postMessage({ id, job: task.job } satisfies WorkerRequest);
    }
  }

  #answered(thread: Thread, answer: WorkerAnswer): void {
    const task = thread.tasks.get(answer.id);
    if (!task) return; // The pool has failed meanwhile and told the task so.
    thread.tasks.delete(answer.id);
    if (thread.tasks.size === 0) thread.worker.unref();
    if ("failed" in answer) task.reject(new Error(`processing ${task.job.path} failed: ${answer.failed}`));
    else task.resolve({ bad: answer.bad });
    this.#dispatch();
  }

  #crashed(thread: Thread, reason: string, cause?: Error): void {
    if (this.#failure) return;
    const [current] = thread.tasks.values();
    const at = current ? `at ${current.job.path}` : "while idle";
    this.#fail(new Error(`a loader thread crashed ${at}: ${reason}`, { cause }));
  }

  #fail(failure: Error): void {
    this.#failure ??= failure;
    const tasks = [...this.#threads.flatMap(({ tasks }) => [...tasks.values()]), ...this.#queue];
    for (const { tasks } of this.#threads) tasks.clear();
    for (const { worker } of this.#threads) worker.unref();
    this.#queue.length = 0;
    for (const task of tasks) task.reject(this.#failure);
  }
}
