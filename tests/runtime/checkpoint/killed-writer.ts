import { CheckpointStore } from "../../../runtime/checkpoint/store.ts";
import { sampleCheckpoint } from "./sample-checkpoint.ts";

/** Rewrites one checkpoint for ever: a process for a test to kill. */
const store = new CheckpointStore(process.argv[2] as string);
for (let step = 1; ; step++) {
  store.write("checkpoint_last", sampleCheckpoint(step, 200_000));
  process.stdout.write(`${step}\n`);
}
