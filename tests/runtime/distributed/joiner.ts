// A process that joins the job its environment describes and sums 1, 2, 3, … with the others: `joiner.ts DIST_URL`.
// It prints a line of JSON: what came of it. JOINER_ENDS=N ends rank 1 at once in the first N attempts.
import { decodeEnvironment } from "../../../runtime/distributed/environment/decode.ts";
import { joinJob } from "../../../runtime/distributed/join.ts";
import type { Backend } from "../../../runtime/distributed/transport.ts";

/** What the line has. */
export interface Joined {
  readonly rank: number;
  readonly restartCount: number;
  readonly sum: number;
  readonly description: string;
  readonly warnings: readonly string[];
}

/** What it has where joining came to nothing. */
export interface NotJoined {
  readonly rank: number | undefined;
  readonly name: string;
  readonly message: string;
  readonly hint: string | undefined;
}

const print = (line: Joined | NotJoined): void => console.log(JSON.stringify(line));

const { JOINER_BACKEND = "socket", JOINER_ENDS = "0", JOINER_TIMEOUT = "60" } = process.env;
const warnings: string[] = [];
let rank: number | undefined;
try {
  const topology = decodeEnvironment(process.env);
  if (topology === undefined) throw new Error("nobody has started this process as one of several");
  rank = topology.rank;
  if (rank === 1 && topology.restartCount < Number(JOINER_ENDS)) process.exit(7);
  const { processes, description } = await joinJob(topology, {
    backend: JOINER_BACKEND as Backend | "auto",
    device: "cpu",
    distUrl: process.argv[2] ?? "env://",
    timeout: Number(JOINER_TIMEOUT),
    onWarning: (text) => warnings.push(text),
    signal: new AbortController().signal,
  });
  const data = Float32Array.of(rank + 1);
  processes.allReduce(data, "sum", "numbers");
  await processes.close();
  print({ rank, restartCount: topology.restartCount, sum: data[0] as number, description, warnings });
} catch (error) {
  const { name, message, hint } = error as Error & { hint?: string };
  print({ rank, name, message, hint });
  process.exitCode = 1;
}
