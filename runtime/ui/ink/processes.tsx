import { Box, Text } from "ink";
import { formatNumber } from "../format.ts";
import { formatCommunication, formatShare, formatSlowest, type RankView, summarizeRanks } from "../ranks.ts";
import type { RunView } from "../view.ts";
import { Title } from "./title.tsx";

interface ProcessesProps {
  readonly view: RunView;
  readonly width: number;
  /** Lines shown: the first compares the processes, the others have something of each; 0 shows none. */
  readonly height: number;
}

/** Columns of a process that is shown in numbers: its rank, a bar, samples a second, the share of communication. */
const cellWidth = 20;
const levels = "▁▂▃▄▅▆▇█";

/** The lines that all of so many processes take in numbers. */
export function rankLines(numRanks: number, width: number): number {
  return Math.ceil(numRanks / cellsIn(width));
}

const cellsIn = (width: number): number => Math.max(1, Math.floor((width - 2) / cellWidth));

/**
 * How the processes of a run compare, and each of them: in numbers where there is room, else as a bar of its own
 * time.
 */
export function Processes({ view: { start, ranks }, width, height }: ProcessesProps) {
  const summary = summarizeRanks(ranks);
  if (ranks === undefined || summary === undefined || height === 0) return null;
  const inNumbers = rankLines(ranks.length, width) <= height - 1;
  const backend = start?.processes === undefined ? "" : ` over ${start.processes.backend}`;
  const columns = inNumbers ? "  each: samples/s, communication" : "  each: its own time";
  return (
    <Box flexDirection="column" paddingX={1}>
      <Text wrap="truncate-end">
        <Title>{`${ranks.length} processes`}</Title>
        {`${backend} · ${formatSlowest(summary)} · ${formatCommunication(summary)}`}
        {height > 1 && <Text dimColor>{columns}</Text>}
      </Text>
      {height > 1 &&
        (inNumbers ? (
          <Cells ranks={ranks} longest={summary.seconds} perLine={cellsIn(width)} />
        ) : (
          <Text wrap="truncate-end" color="green">
            {drawBars(ranks, summary.seconds, width - 2)}
          </Text>
        ))}
    </Box>
  );
}

interface CellsProps {
  readonly ranks: readonly RankView[];
  readonly longest: number;
  readonly perLine: number;
}

function Cells({ ranks, longest, perLine }: CellsProps) {
  const cells = ranks.map((view, rank) => ({ ...view, rank }));
  const lines = Array.from({ length: Math.ceil(cells.length / perLine) }, (_, line) => line * perLine);
  return lines.map((first) => (
    <Text key={first} wrap="truncate-end">
      {cells.slice(first, first + perLine).map(({ rank, seconds, samplesPerSecond, communicationShare }) => (
        <Text key={rank}>
          <Text dimColor>{`${String(rank).padStart(2)} `}</Text>
          <Text color="green">{level(seconds, longest)}</Text>
          {`${formatNumber(samplesPerSecond)}/s`.padStart(9)}
          <Text dimColor>{`${formatShare(communicationShare).padStart(6)} `}</Text>
        </Text>
      ))}
    </Text>
  ));
}

function level(seconds: number, longest: number): string {
  const share = longest > 0 ? seconds / longest : 0;
  return levels[Math.min(levels.length - 1, Math.floor(share * levels.length))] ?? " ";
}

/** One character a process, or where there are more than `width`, one for the slowest of a few neighbours. */
function drawBars(ranks: readonly RankView[], longest: number, width: number): string {
  const perBar = Math.ceil(ranks.length / Math.max(1, width));
  return Array.from({ length: Math.ceil(ranks.length / perBar) }, (_, bar) => {
    const seconds = ranks.slice(bar * perBar, (bar + 1) * perBar).map((rank) => rank.seconds);
    return level(Math.max(...seconds), longest);
  }).join("");
}
