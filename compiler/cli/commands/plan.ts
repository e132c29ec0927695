import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { find, textOf } from "../../check/rule.ts";
import { type MeasuredStep, type Plan, planRecipe, planText, type ReadVocabulary } from "../../plan/index.ts";
import { machineWorld } from "../../probe/index.ts";
import type { PartialRecipe } from "../../resolve/resolved.ts";
import { chosenRecipes, type RecipeFlags, resolveFiles } from "../checking.ts";
import { type ExitCode, UsageError } from "../exit.ts";
import { showReport, type Terminal } from "../terminal.ts";

export interface PlanFlags extends RecipeFlags {
  readonly format: "text" | "json";
  /** Samples of a pass over the training data. */
  readonly samples?: number;
  readonly stepSeconds?: number;
  /** The folder of a run whose steps were measured. */
  readonly from?: string;
}

/** Says what the recipes of a file will do and need: parameters, steps, rates, memory, disk, time. */
export async function plan(file: string, flags: PlanFlags, terminal: Terminal): Promise<ExitCode> {
  const step = measuredStep(flags, terminal);
  const resolved = await resolveFiles([file], flags, terminal);
  const { report, exitCode } = resolved;
  if (report.diagnostics.length > 0) showReport(report, "pretty", terminal);
  const recipes = chosenRecipes(resolved, flags);
  const readVocabulary = await vocabularies(recipes, terminal);
  const plans = recipes.map((recipe) => planRecipe(recipe, { samples: flags.samples, step, readVocabulary }));
  terminal.out(flags.format === "json" ? plansJson(plans) : plans.map(planText).join("\n"));
  return exitCode;
}

/** The plans for programs: one JSON object, `version` 1. Bytes, seconds, and samples are whole units. */
const plansJson = (plans: readonly Plan[]): string =>
  `${JSON.stringify({ version: 1, plans }, undefined, 2)}\n`;

/** Reads the vocabularies that recipes name. The runtime knows where its cache is, and is loaded where one is named. */
async function vocabularies(
  recipes: readonly PartialRecipe[],
  { workingFolder }: Terminal,
): Promise<ReadVocabulary> {
  if (recipes.every(({ model }) => textOf(find(model, "vocab_file")) === undefined)) return () => undefined;
  const { vocabulary } = machineWorld(await import("lavis/runtime/engine"), workingFolder);
  return vocabulary;
}

function measuredStep({ stepSeconds, from }: PlanFlags, terminal: Terminal): MeasuredStep | undefined {
  if (stepSeconds !== undefined && from !== undefined)
    throw new UsageError("--step-seconds and --from both say how long a step takes", "give one of them");
  if (stepSeconds !== undefined) return { seconds: stepSeconds, source: "--step-seconds" };
  return from === undefined ? undefined : stepOfRun(from, terminal);
}

/** The median step of a run, as its log has it. Throws {@link UsageError} where there is none. */
function stepOfRun(folder: string, { workingFolder }: Terminal): MeasuredStep {
  const path = join(folder, "log.jsonl");
  let log: string;
  try {
    log = readFileSync(resolve(workingFolder, path), "utf8");
  } catch (error) {
    throw new UsageError(
      `${folder} is no folder of a run: ${(error as Error).message}`,
      "--from takes the folder that a run wrote its log.jsonl into, such as output/RECIPE/latest",
    );
  }
  const events = log.split("\n").flatMap(eventOf);
  const seconds = events
    .flatMap(({ type, seconds: taken }) => (type === "step" && typeof taken === "number" ? [taken] : []))
    .sort((a, b) => a - b);
  const median = seconds[Math.floor(seconds.length / 2)];
  if (median === undefined)
    throw new UsageError(`${path} has no step`, "take the folder of a run that trained");
  const batch = events.find(({ type }) => type === "start")?.batchSize;
  const sized = typeof batch === "number" ? `, ${batch} samples each` : "";
  return { seconds: median, source: `median of ${seconds.length} steps of ${folder}${sized}` };
}

/** An event of a log; none where a line was cut off. */
function eventOf(line: string): readonly Readonly<Record<string, unknown>>[] {
  try {
    const event: unknown = JSON.parse(line);
    return typeof event === "object" && event !== null ? [event as Record<string, unknown>] : [];
  } catch {
    return [];
  }
}
