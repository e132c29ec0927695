import { median } from "./contender.ts";
import { type Format, formatTable } from "./table.ts";

/** What matrix products are computed in. */
export type Precision = "float32" | "bfloat16" | "float16";

/** What a contender did at a size. */
export interface Result {
  readonly name: string;
  readonly precision: Precision;
  readonly version: string;
  readonly parameters: number;
  /** Seconds of each round's step. */
  readonly seconds: readonly number[];
  /** Most memory that it took, bytes. */
  readonly peak: number;
}

/** A bound that a ratio of two contenders is to keep. */
export interface Goal {
  readonly text: string;
  readonly bound: number;
  /** The measured ratio; undefined where one of the two did not run. */
  readonly ratio: number | undefined;
}

/** The names of contenders that goals and columns speak of. */
export const lavisStyle = "pytorch-lavis";
export const tunedStyle = "pytorch-tuned";

/**
 * How much longer `one` takes than `other`: of each round by itself, as the machine's other work changes.
 * @throws Error when they did not take part in the same rounds
 */
export function timeRatio(one: Result | undefined, other: Result | undefined): number | undefined {
  if (one === undefined || other === undefined) return undefined;
  if (one.seconds.length !== other.seconds.length) {
    const took = ({ name, precision, seconds }: Result) => `${name} in ${precision} took ${seconds.length}`;
    throw new Error(`a ratio of times needs the same rounds: ${took(one)}, ${took(other)}`);
  }
  return median(one.seconds.map((seconds, round) => seconds / (other.seconds[round] ?? Number.NaN)));
}

/** How much more memory `one` takes than `other`. */
export function memoryRatio(one: Result | undefined, other: Result | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one.peak / other.peak;
}

/** How far contenders' numbers of parameters may lie apart for their models to count as the same. */
const parameterTolerance = 0.001;

/** Which contenders train models of different sizes, with their numbers of parameters; undefined where none do. */
export function differentModels(
  contenders: readonly Pick<Result, "name" | "parameters">[],
): string | undefined {
  const [smallest, ...others] = [...contenders].sort((a, b) => a.parameters - b.parameters);
  const largest = others.at(-1);
  if (smallest === undefined || largest === undefined) return undefined;
  if (largest.parameters - smallest.parameters <= parameterTolerance * largest.parameters) return undefined;
  const has = ({ name, parameters }: Pick<Result, "name" | "parameters">) =>
    `${name} has ${parameters} parameters`;
  return `the contenders do not train the same model: ${has(smallest)}, ${has(largest)}`;
}

/** The contender of that name and precision. */
export function find(results: readonly Result[], name: string, precision: Precision): Result | undefined {
  return results.find((result) => result.name === name && result.precision === precision);
}

/** What the torch engine is to reach, with what it reached, in the precisions that were run. */
export function goals(results: readonly Result[]): Goal[] {
  const precisions = [...new Set(results.map(({ precision }) => precision))];
  const lavisFloat = find(results, lavisStyle, "float32");
  return precisions.flatMap((precision) => {
    const torch = find(results, "torch", precision);
    const isFloat = precision === "float32";
    const found: Goal[] = [
      {
        text: `time of torch in ${precision} beside LAVIS-style PyTorch in float32`,
        bound: isFloat ? 0.95 : 0.3,
        ratio: timeRatio(torch, lavisFloat),
      },
      {
        text: `time of torch in ${precision} beside tuned PyTorch in ${precision}`,
        bound: 1.02,
        ratio: timeRatio(torch, find(results, tunedStyle, precision)),
      },
      {
        text: `peak memory of torch in ${precision} beside LAVIS-style PyTorch in ${precision}`,
        bound: 0.85,
        ratio: memoryRatio(torch, find(results, lavisStyle, precision)),
      },
    ];
    if (isFloat) {
      const ratio = timeRatio(find(results, "tfjs-node", precision), torch);
      found.push({ text: "time of tfjs-node in float32 beside torch in float32", bound: 1.5, ratio });
    }
    return found;
  });
}

/** Whether a goal is met, and by how much it is not. */
export function verdict({ bound, ratio }: Goal): string {
  if (ratio === undefined) return "not measured";
  if (ratio <= bound) return `met: ${ratio.toFixed(3)}× (≤ ${bound}×)`;
  return `not met: ${ratio.toFixed(3)}×, ${(100 * (ratio / bound - 1)).toFixed(1)} % over ${bound}×`;
}

const columns = ["contender", "precision", "median", "min", "LAVIS-style", "tuned", "peak", "LAVIS-style"];

/** The results as rows of text under `columns`: times beside LAVIS-style float32 and tuned of the same precision. */
function rows(results: readonly Result[]): string[][] {
  const times = (ratio: number | undefined) => (ratio === undefined ? "–" : `${ratio.toFixed(2)}×`);
  const milliseconds = (seconds: number) => `${(seconds * 1000).toFixed(1)} ms`;
  return results.map((result) => [
    result.name,
    result.precision,
    milliseconds(median(result.seconds)),
    milliseconds(Math.min(...result.seconds)),
    times(timeRatio(result, find(results, lavisStyle, "float32"))),
    times(timeRatio(result, find(results, tunedStyle, result.precision))),
    `${(result.peak / 1e6).toFixed(0)} MB`,
    times(memoryRatio(result, find(results, lavisStyle, result.precision))),
  ]);
}

/** A table of the results, with the goals below. */
export function report(results: readonly Result[], format: Format): string {
  const bullet = format === "markdown" ? "- " : "";
  const reached = goals(results).map((goal) => `${bullet}${goal.text}: ${verdict(goal)}`);
  return [formatTable([columns, ...rows(results)], 2, format), "", ...reached].join("\n");
}
