import { Worker } from "node:worker_threads";

/** The functions of an assembled kernel module. The first three arguments are begin, end, and scratch memory. */
export type KernelFunctions = Readonly<Record<string, (...args: readonly number[]) => void>>;

// Words of the control block. A ticket is the job's number (upper 16 bits) and the next piece (lower 16 bits).
const ticket = 0;
const kernel = 1;
const pieces = 2;
const pieceSize = 3;
const itemCount = 4;
const argumentCount = 5;
const finished = 6;
const stopped = 7;
const controlWords = 8;
const maximumArguments = 32;
/** The piece number of a job that is over: larger than any number of pieces. */
const closed = 0xffff;

/**
 * What a thread runs: it takes pieces of the current job until none is left, then waits for the next. A piece
 * is taken by advancing the ticket that was read before the job's words: when that succeeds, the job was not
 * over when they were read, so they belong together.
 */
const threadSource = `
const { workerData: { module, memory, control, args, names, scratch } } = require("node:worker_threads");
const { exports: functions } = new WebAssembly.Instance(module, { env: { memory } });
const kernels = names.map((name) => functions[name]);
function takePieces() {
  let worked = false;
  for (;;) {
    const seen = Atomics.load(control, ${ticket});
    const piece = seen & 0xffff;
    if (piece >= Atomics.load(control, ${pieces})) return worked;
    const size = control[${pieceSize}];
    const end = Math.min(control[${itemCount}], (piece + 1) * size);
    const run = kernels[control[${kernel}]];
    const list = args.slice(0, control[${argumentCount}]);
    if (Atomics.compareExchange(control, ${ticket}, seen, seen + 1) !== seen) continue;
    run(piece * size, end, scratch, ...list);
    Atomics.add(control, ${finished}, 1);
    Atomics.notify(control, ${finished});
    worked = true;
  }
}
for (let idle = 0; Atomics.load(control, ${stopped}) === 0; ) {
  const seen = Atomics.load(control, ${ticket});
  if (takePieces()) idle = 0;
  else if (++idle > 500) Atomics.wait(control, ${ticket}, seen, 1000);
}
`;

/** Runs kernels in pieces on several threads over one memory; the calling thread is one of them. */
export class ThreadPool {
  readonly threads: number;
  readonly #functions: KernelFunctions;
  readonly #indices: ReadonlyMap<string, number>;
  readonly #scratch: number;
  readonly #workers: readonly Worker[];
  readonly #control = new Int32Array(new SharedArrayBuffer(4 * controlWords));
  readonly #arguments = new Float64Array(new SharedArrayBuffer(8 * maximumArguments));
  #job = 0;

  /** `scratch` are the addresses of one piece of scratch memory for each thread. */
  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, scratch: readonly number[]) {
    const [own, ...others] = scratch as readonly [number, ...number[]];
    const names = WebAssembly.Module.exports(module).map(({ name }) => name);
    this.threads = scratch.length;
    this.#functions = new WebAssembly.Instance(module, { env: { memory } }).exports as KernelFunctions;
    this.#indices = new Map(names.map((name, index) => [name, index]));
    this.#scratch = own;
    this.#control[ticket] = closed;
    this.#workers = others.map((address) => {
      const worker = new Worker(threadSource, {
        eval: true,
        workerData: {
          module,
          memory,
          control: this.#control,
          args: this.#arguments,
          names,
          scratch: address,
        },
      });
      worker.unref();
      return worker;
    });
  }

  /**
   * Runs a kernel over the items 0 … count−1, at least `grain` of them a piece. Which thread takes which piece
   * varies, so a kernel's results must not depend on how the items are cut.
   */
  run(name: string, count: number, grain: number, ...args: readonly number[]): void {
    const index = this.#indices.get(name);
    const run = this.#functions[name];
    if (index === undefined || run === undefined) throw new Error(`kernel ${name} is not in the module`);
    const size = Math.max(grain, Math.ceil(count / Math.min(this.threads * 4, closed - 1)));
    const total = Math.ceil(count / size);
    if (this.#workers.length === 0 || total <= 1) {
      if (count > 0) run(0, count, this.#scratch, ...args);
      return;
    }
    const control = this.#control;
    this.#job = (this.#job + 1) & 0x7fff;
    const job = this.#job << 16;
    Atomics.store(control, ticket, job | closed);
    control[kernel] = index;
    control[pieceSize] = size;
    control[itemCount] = count;
    control[argumentCount] = args.length;
    this.#arguments.set(args);
    Atomics.store(control, finished, 0);
    Atomics.store(control, pieces, total);
    Atomics.store(control, ticket, job);
    Atomics.notify(control, ticket);
    for (;;) {
      const seen = Atomics.load(control, ticket);
      const piece = seen & 0xffff;
      if (piece >= total) break;
      if (Atomics.compareExchange(control, ticket, seen, seen + 1) !== seen) continue;
      run(piece * size, Math.min(count, (piece + 1) * size), this.#scratch, ...args);
      Atomics.add(control, finished, 1);
    }
    this.#awaitPieces(total);
    Atomics.store(control, ticket, job | closed);
  }

  #awaitPieces(total: number): void {
    for (let spins = 0; ; spins++) {
      const done = Atomics.load(this.#control, finished);
      if (done === total) return;
      if (spins > 1000) Atomics.wait(this.#control, finished, done, 100);
    }
  }

  /** Stops the threads. */
  dispose(): void {
    Atomics.store(this.#control, stopped, 1);
    Atomics.add(this.#control, ticket, 1);
    Atomics.notify(this.#control, ticket);
    for (const worker of this.#workers) void worker.terminate();
  }
}
