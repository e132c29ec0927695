import { drawChart } from "../../runtime/ui/chart.card.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { isUnknown, type Known } from "./known.ts";
import type { Length } from "./length.ts";
import type { Memory } from "./memory.ts";
import type { Mixed } from "./mixture.ts";
import type { Plan, TrainingFigures, TrainingTime } from "./plan.ts";
import type { Rates } from "./rates.ts";
import type { ParameterCount } from "./size.ts";

/** A line of a plan: what it is about, and what it says of it. */
type Row = readonly [label: string, ...columns: string[]];

const chart = { width: 48, height: 4 } as const;

/** A plan for people. */
export function planText(plan: Plan): string {
  const { recipe, model, parameters, training } = plan;
  const title = `recipe ${recipe}${model === undefined ? "" : `, model ${model}`}`;
  const sections = [
    section("parameters", parameters, parameterRows),
    ...(isUnknown(training) ? [`training\n  none: ${training.unknown}`] : trainingSections(training)),
  ];
  return `${[title, ...sections].join("\n\n")}\n`;
}

function trainingSections({ length, rates, memory, checkpoints, time }: TrainingFigures): readonly string[] {
  return [
    section("training", length, lengthRows),
    section("learning rate", rates, rateRows, rateChart),
    section("memory of a process", memory, memoryRows),
    section("disk", checkpoints, checkpointRows),
    section("time", time, timeRows),
  ];
}

/** A section: its figures in columns, or why there are none. */
function section<T>(
  title: string,
  figures: Known<T>,
  rowsOf: (figures: T) => readonly Row[],
  chartOf?: (figures: T) => readonly string[],
): string {
  if (isUnknown(figures)) return `${title}\n  unknown: ${figures.unknown}`;
  const rows = rowsOf(figures);
  const labels = Math.max(...rows.map(([label]) => label.length));
  const values = Math.max(...rows.map(([, value = ""]) => value.length));
  const lines = rows.map(([label, value = "", ...rest]) =>
    `  ${label.padEnd(labels)}  ${value.padStart(values)}  ${rest.join("  ")}`.trimEnd(),
  );
  return [title, ...lines, ...(chartOf?.(figures) ?? []).map((line) => `  ${line}`.trimEnd())].join("\n");
}

function parameterRows({ parts, total, trained }: ParameterCount): readonly Row[] {
  return [
    ...parts.map((part): Row => [part.name, formatCount(part.parameters), trainedText(part)]),
    ["all", formatCount(total), trainedText({ parameters: total, trained })],
  ];
}

function trainedText({ parameters, trained }: { readonly parameters: number; readonly trained: number }) {
  if (trained === parameters) return "trained";
  return trained === 0 ? "frozen" : `${formatCount(trained)} trained`;
}

function lengthRows(length: Length): readonly Row[] {
  const { samples, batch, processes, accumulation, epochs, stepsPerEpoch, totalSteps } = length;
  const factors = [
    `${batch} a process`,
    ...(processes > 1 ? [`${processes} processes`] : []),
    ...(accumulation > 1 ? [`${accumulation} batches accumulated`] : []),
  ];
  return [
    ["samples of a pass", isUnknown(samples) ? "unknown" : formatCount(samples)],
    ["samples of a step", formatCount(batch * processes * accumulation), factors.join(" × ")],
    ["steps of an epoch", formatCount(stepsPerEpoch)],
    ["epochs", formatCount(epochs)],
    ["steps", formatCount(totalSteps)],
    ["samples seen", formatCount(length.samplesSeen)],
    ...(isUnknown(length.mixture)
      ? [["of each data set", "unknown", length.mixture.unknown] as const]
      : length.mixture.map(mixedRow)),
  ];
}

function mixedRow({ dataset, share, samplesSeen, timesEach }: Mixed): Row {
  const percent = `${(100 * share).toFixed(1)} %`;
  const times = isUnknown(timesEach) ? "" : `, each sample ${Number(timesEach.toPrecision(3))} times`;
  return [`of ${dataset}`, formatCount(samplesSeen), `${percent}${times}`];
}

const rateRows = ({ points, schedule }: Rates): readonly Row[] =>
  points.map(({ when, step, rate }, i) => [
    when,
    formatRate(rate),
    `step ${formatCount(step + 1)}${i === 0 ? `, ${schedule}` : ""}`,
  ]);

const rateChart = ({ curve }: Rates): readonly string[] => drawChart(curve, chart.width, chart.height);

function memoryRows(memory: Memory): readonly Row[] {
  const { gradients, accuracy } = memory;
  const bytes = (label: string, amount: number, ...rest: string[]): Row => [
    label,
    formatBytes(amount),
    ...rest,
  ];
  const ifAny = (label: string, amount: number): readonly Row[] => (amount > 0 ? [bytes(label, amount)] : []);
  const measured = accuracy === undefined ? "not measured" : `within ${Math.round(100 * accuracy)} %`;
  return [
    bytes("weights", memory.weights),
    ...ifAny("weights in mixed precision", memory.convertedWeights),
    bytes("gradients", gradients, ...(gradients === 0 ? ["none yet"] : [])),
    ...ifAny("exchange of gradients", memory.exchange),
    bytes("optimizer's moments", memory.moments),
    bytes("activations", memory.activations),
    bytes("engine", memory.overhead, `${memory.engine} on ${memory.device}`),
    bytes("estimated peak", memory.total, `when ${memory.when}; ${measured}`),
  ];
}

const checkpointRows = ({ kept, bytesEach, bytes }: Checkpoints): readonly Row[] => [
  ["a checkpoint", formatBytes(bytesEach), "weights and the optimizer's moments"],
  ["checkpoints kept", String(kept), "at most"],
  ["needed", formatBytes(bytes), "with the one that is being written"],
];

const timeRows = ({ seconds, source, total }: TrainingTime): readonly Row[] => [
  ["a step", formatSeconds(seconds), source],
  ["all steps", formatSeconds(total), "validation and tests come on top"],
];

/** `1,234,567` */
const formatCount = (count: number): string => count.toLocaleString("en-US");

/** `1.5e-5` */
function formatRate(rate: number): string {
  const rounded = Number(rate.toPrecision(3));
  return rounded !== 0 && rounded < 1e-3 ? rounded.toExponential() : String(rounded);
}

/** `1.5 GB`, in powers of 1,000 as `GB` is in recipes. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${units[power] ?? ""}`;
}

/** `350 ms`, `12 s`, `5 min`, `3 h 20 min`, `2 d 4 h` */
function formatSeconds(seconds: number): string {
  if (seconds < 1) return `${(1000 * seconds).toFixed(0)} ms`;
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(seconds / 3600);
  if (hours < 48) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
