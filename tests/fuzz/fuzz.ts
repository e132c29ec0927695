// Sends mutations of recipes through everything that recipes go through, and says which promise one breaks:
// `npm run fuzz -- [mutations] [seed]`, 100,000 from a seed of its own, which it prints, unless told. Ends with 1 if
// there was one.
import { corpus } from "./corpus.ts";
import { mutate, Random } from "./mutate.ts";
import { throughEverything } from "./pipeline.ts";

const numMutations = Number(process.argv[2] ?? 100_000);
const firstSeed = Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 31));
if (!Number.isSafeInteger(numMutations) || !Number.isSafeInteger(firstSeed)) {
  process.stderr.write("usage: npm run fuzz -- [mutations] [seed]\n");
  process.exit(2);
}

const texts = corpus();
const broken = new Map<string, number>();
for (let seed = firstSeed; seed < firstSeed + numMutations; seed++) {
  const text = mutate(texts, new Random(seed));
  const problem = problemOf(text);
  if (problem === undefined) continue;
  const kind = kindOf(problem);
  broken.set(kind, (broken.get(kind) ?? 0) + 1);
  // One of a kind is enough to look at.
  if ((broken.get(kind) ?? 0) > 1) continue;
  const shortest = shrink(text, kind);
  process.stdout.write(
    `seed ${seed}: ${problem}\n--- shortened:\n${shortest}\n---\n${JSON.stringify(shortest)}\n\n`,
  );
}
const numBroken = [...broken.values()].reduce((sum, count) => sum + count, 0);
process.stdout.write(`${numMutations} mutations from seed ${firstSeed}, ${numBroken} broken promises\n`);
for (const [kind, count] of broken) process.stdout.write(`${count} × ${kind}\n`);
process.exitCode = numBroken > 0 ? 1 : 0;

/** What two breaches of one promise have in common: what it says but for numbers. */
function kindOf(problem = ""): string {
  return problem.split("\n")[0]?.replace(/\d+/g, "#").slice(0, 60) ?? "";
}

function problemOf(text: string): string | undefined {
  try {
    throughEverything(text);
    return undefined;
  } catch (error) {
    return error instanceof Error
      ? `${error.message}\n${error.stack?.split("\n").slice(1, 5).join("\n")}`
      : String(error);
  }
}

/** The text with as many stretches taken out as can be, so that it still breaks the same promise. */
function shrink(text: string, kind: string): string {
  let current = text;
  for (let size = Math.ceil(current.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < current.length; ) {
      const shorter = current.slice(0, at) + current.slice(at + size);
      if (kindOf(problemOf(shorter)) === kind) current = shorter;
      else at += size;
    }
  }
  return current;
}
