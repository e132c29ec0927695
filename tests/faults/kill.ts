// `npm run faults -- [kills] [--processes 2,3] [--backend shm] [--seed 1]`: kills random processes of a training at
// random moments and requires that it ends with what a training learns that nobody hurt.

import { rmSync } from "node:fs";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { keyedRandom } from "../../runtime/processors/random.ts";
import { makeData } from "../runtime/train/fixture.ts";
import { type Blow, type HurtRun, trainHurt, writeFinite } from "./hurt.ts";

/** Blows to one run. */
const mostBlows = 3;

const usage = `npm run faults -- [kills] [--processes LIST] [--backend NAME] [--seed N]
  kills             processes to kill (50)
  --processes LIST  sizes of the runs, in turn (2,3)
  --backend NAME    auto, shm, c10d or socket (auto)
  --seed N          of the moments and processes (1)`;

function refuse(what: string): never {
  console.error(`${what}\n${usage}`);
  process.exit(2);
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      processes: { type: "string", default: "2,3" },
      backend: { type: "string", default: "auto" },
      seed: { type: "string", default: "1" },
    },
  });
  const [kills = "50", ...more] = positionals;
  if (more.length > 0) refuse(`there is nothing to do with ${more.join(" ")}`);
  const number = (name: string, text: string, least: number): number =>
    /^\d+$/.test(text) && Number(text) >= least
      ? Number(text)
      : refuse(`${name} is ${text}, expected a number from ${least}`);
  return {
    kills: number("kills", kills, 1),
    sizes: values.processes.split(",").map((text) => number("a number of processes", text, 1)),
    backend: values.backend,
    seed: number("the seed", values.seed, 0),
  };
}

/** What is wrong with a hurt run beside the one that nobody hurt. */
function problemsOf(hurt: HurtRun, whole: HurtRun): readonly string[] {
  const differing = [...whole.learned].find(([step, learned]) => hurt.learned.get(step) !== learned);
  return [
    ...(hurt.code === 0 ? [] : [`it ended with ${hurt.code}: ${hurt.failed}`]),
    ...(hurt.restarts.length === hurt.landed
      ? []
      : [`${hurt.restarts.length} restarts of ${hurt.landed} kills`]),
    ...(differing === undefined
      ? []
      : [`step ${differing[0]} learned ${hurt.learned.get(differing[0])}, not ${differing[1]}`]),
    ...(hurt.learned.size === whole.learned.size
      ? []
      : [`${hurt.learned.size} steps, not ${whole.learned.size}`]),
    ...hurt.leftBehind.map((what) => `${what} is left`),
  ];
}

const { kills, sizes, backend, seed } = readArguments();
const random = keyedRandom(seed);
const draw = (below: number): number => Math.floor(random.uniform() * below);
const folder = await makeData();
const flags = ["--backend", backend, "--timeout", "60s"];
let numKilled = 0;
let numFailed = 0;
try {
  const programs = await Promise.all(sizes.map((size) => ({ size, path: writeFinite(folder, size) })));
  const wholes: HurtRun[] = [];
  for (const { size, path } of programs) {
    const [whole, again] = [await trainHurt(path, size, [], flags), await trainHurt(path, size, [], flags)];
    if (whole.code !== 0)
      throw new Error(`a run of ${size} that nobody hurt ended with ${whole.code}: ${whole.failed}`);
    if (!isDeepStrictEqual(whole.learned, again.learned))
      throw new Error(`two runs of ${size} that nobody hurt differ`);
    console.log(
      `${size} processes, unhurt: ${whole.learned.size} steps in ${(whole.duration / 1000).toFixed(1)} s`,
    );
    wholes.push(whole);
  }
  for (let turn = 0; numKilled < kills; turn++) {
    const index = turn % programs.length;
    const [program, whole] = [programs[index], wholes[index]];
    if (program === undefined || whole === undefined) throw new Error("there are no programs");
    const { size, path } = program;
    const count = Math.min(1 + draw(mostBlows), kills - numKilled);
    const blows: Blow[] = Array.from({ length: count }, () => ({
      rank: draw(size),
      step: 0,
      after: draw(whole.duration),
    }));
    const hurt = await trainHurt(path, size, blows, flags);
    numKilled += hurt.landed;
    const problems = problemsOf(hurt, whole);
    if (problems.length > 0) numFailed++;
    const how = blows.map(({ rank, after }) => `rank ${rank} after ${after} ms`).join(", ");
    console.log(`${size} processes, ${how}: ${problems.length === 0 ? "as if unhurt" : problems.join("; ")}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${numKilled} processes killed, ${numFailed} runs not as if unhurt`);
process.exitCode = numFailed === 0 ? 0 : 1;
