// What each process of `processes.ts` runs: it takes its orders over IPC, runs its cases, and tells what came of them.

import { Collectives } from "../../../runtime/distributed/collectives.ts";
import { CollectiveError } from "../../../runtime/distributed/errors.ts";
import type { OpenTransport, TransportOptions } from "../../../runtime/distributed/transport.ts";
import type { Case, Failure, FromMember, Orders, ToMember } from "./processes.ts";

// A process whose test is gone has nothing to do.
process.once("disconnect", () => process.exit(1));

/** Small messages are in the pipe when `send` returns: they arrive although this thread blocks at once. */
const tell = (message: FromMember): void => void process.send?.(message);

const waiting = new Map<string, (value: string) => void>();
const rendezvous = (group: string): TransportOptions["rendezvous"] => ({
  async set(key, value) {
    tell({ type: "set", key: `${group}/${key}`, value });
  },
  get: (key) =>
    new Promise((resolve) => {
      waiting.set(`${group}/${key}`, resolve);
      tell({ type: "get", key: `${group}/${key}` });
    }),
});

function failureOf(error: unknown): Failure {
  const at = Date.now();
  if (!(error instanceof Error)) return { name: "thrown", message: String(error), stack: "", at };
  const { name, message, stack = "" } = error;
  const failed = { name, message, stack, at };
  return error instanceof CollectiveError
    ? { ...failed, failure: error.failure, ranks: error.ranks }
    : failed;
}

async function run({ rank, size, call, open, cases, name, args, timeout, warnAfter }: Orders): Promise<void> {
  const { openTransport } = (await import(open)) as { openTransport: OpenTransport };
  const chosen = ((await import(cases)) as Record<string, Case<unknown, unknown>>)[name];
  if (chosen === undefined) throw new Error(`${cases} has no case ${name}`);
  const joined: Collectives[] = [];
  const value = await chosen(
    {
      rank,
      size,
      report: (event) => tell({ type: "report", event, at: Date.now() }),
      attempt: (body) => {
        try {
          body();
        } catch (error) {
          return failureOf(error);
        }
        return undefined;
      },
      async join(group = "main") {
        const transport = await openTransport({
          topology: { rank, worldSize: size, localRank: rank },
          rendezvous: rendezvous(`${call}/${group}`),
          device: "cpu",
          timeout: 30, // Opening is not what cases with a short timeout are about.
          signal: new AbortController().signal,
        });
        const onWarning = (event: string): void => tell({ type: "report", event, at: Date.now() });
        const collectives = Collectives.over(transport, { timeout, warnAfter, onWarning });
        joined.push(collectives);
        return collectives;
      },
    },
    args,
  );
  tell({ type: "value", value });
  for (const collectives of joined) await collectives.close();
}

/** What this process does now; a case waits for the one before to have left its groups. */
let work: Promise<void> = Promise.resolve();

process.on("message", (message: ToMember) => {
  if (message.type === "value") {
    waiting.get(message.key)?.(message.value);
    return;
  }
  if (message.type === "end") {
    work.then(() => process.exit(0));
    return;
  }
  work = work
    .then(() => run(message.orders))
    .catch((error: unknown) => {
      tell({ type: "failed", failure: failureOf(error) });
      process.exit(1);
    });
});
