import type { StepEvent } from "../train/events.ts";
import { formatDuration, formatNumber } from "./format.ts";
import { smooth } from "./smooth.ts";

/** How one process of several does: smoothed. */
export interface RankView {
  /** Its own seconds a step, without waiting for the others. */
  readonly seconds: number;
  /** What it would do if it never waited. */
  readonly samplesPerSecond: number;
  /** The part of a step's wall time that it is blocked in communication. */
  readonly communicationShare: number;
}

/** How the processes do after one more step, `count` steps into the run. */
export function foldRanks(
  before: readonly RankView[] | undefined,
  { ranks, seconds: wall }: StepEvent,
  count: number,
): readonly RankView[] | undefined {
  return ranks?.map(({ seconds, communicationSeconds, samples }, rank) => {
    const old = before?.[rank];
    return {
      seconds: smooth(old?.seconds, seconds, count),
      samplesPerSecond: smooth(old?.samplesPerSecond, samples / seconds, count),
      communicationShare: smooth(old?.communicationShare, communicationSeconds / wall, count),
    };
  });
}

/** The process that the others wait for, and how the processes compare. */
export interface RanksSummary {
  readonly slowest: number;
  /** How much longer the slowest takes than the mean: 0.1 is a tenth. */
  readonly excess: number;
  readonly seconds: number;
  readonly fewestSamples: number;
  readonly mostSamples: number;
  /** Mean over the processes. */
  readonly communicationShare: number;
}

/** Compares the processes; undefined where there is none. */
export function summarizeRanks(ranks: readonly RankView[] | undefined): RanksSummary | undefined {
  if (ranks === undefined || ranks.length === 0) return undefined;
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, one) => sum + one, 0) / values.length;
  const seconds = ranks.map((rank) => rank.seconds);
  const rates = ranks.map((rank) => rank.samplesPerSecond);
  const longest = Math.max(...seconds);
  const average = mean(seconds);
  return {
    slowest: seconds.indexOf(longest),
    excess: average > 0 ? longest / average - 1 : 0,
    seconds: longest,
    fewestSamples: Math.min(...rates),
    mostSamples: Math.max(...rates),
    communicationShare: mean(ranks.map((rank) => rank.communicationShare)),
  };
}

/** `ranks 11.8–12.4 samples/s, slowest 2 (0.5 s, +4 %), communication 8 %`. */
export function formatRanks(summary: RanksSummary): string {
  const { fewestSamples, mostSamples } = summary;
  const rates = [...new Set([fewestSamples, mostSamples].map(formatNumber))].join("–");
  return `ranks ${rates} samples/s, ${formatSlowest(summary)}, ${formatCommunication(summary)}`;
}

/** `slowest 2 (0.5 s, +4 %)`. */
export function formatSlowest({ slowest, seconds, excess }: RanksSummary): string {
  return `slowest ${slowest} (${formatDuration(seconds)}, +${formatShare(excess)})`;
}

/** `communication 8 %`. */
export function formatCommunication({
  communicationShare,
}: Pick<RanksSummary, "communicationShare">): string {
  return `communication ${formatShare(communicationShare)}`;
}

/** `8 %`. */
export function formatShare(share: number): string {
  return `${Math.round(100 * share)} %`;
}
