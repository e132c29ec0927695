import { Box, Text } from "ink";
import { drawChart } from "../chart.card.ts";
import { formatNumber } from "../format.ts";
import type { Curve, RunView } from "../view.ts";
import { Title } from "./title.tsx";

interface CurvesProps {
  readonly view: RunView;
  readonly width: number;
  /** Lines of a curve; 0 shows none. */
  readonly height: number;
  readonly gap: number;
}

/** The loss and the learning rate since the run (or its resumption) began. */
export function Curves({ view, width, height, gap }: CurvesProps) {
  if (view.step === undefined || height === 0) return null;
  const { losses, lr } = view.step;
  const shared = { width: Math.floor((width - 4) / 2), height };
  return (
    <Box paddingX={1} gap={2} marginTop={gap}>
      <Chart title="loss" curve={view.loss} now={losses.loss} color="yellow" {...shared} />
      <Chart title="learning rate" curve={view.lr} now={lr} color="magenta" {...shared} />
    </Box>
  );
}

interface ChartProps {
  readonly title: string;
  readonly curve: Curve;
  readonly now: number | undefined;
  readonly width: number;
  readonly height: number;
  readonly color: string;
}

const labelWidth = 8;

function Chart({ title, curve: { points }, now, width, height, color }: ChartProps) {
  const lines = drawChart(points, width - labelWidth - 1, height);
  const labels = labelsOf(points, height);
  return (
    <Box flexDirection="column" width={width}>
      <Text wrap="truncate-end">
        <Title>{title}</Title>
        {now === undefined ? "" : ` ${formatNumber(now)}`}
      </Text>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a chart's lines have no identity but their place
        <Text key={index}>
          <Text dimColor>{`${(labels.get(index) ?? "").padStart(labelWidth)} `}</Text>
          <Text color={color}>{line}</Text>
        </Text>
      ))}
    </Box>
  );
}

/** The highest value beside the first line and the lowest beside the last; where all are one, it stands beside its line. */
function labelsOf(points: readonly number[], height: number): ReadonlyMap<number, string> {
  if (points.length === 0) return new Map();
  const [low, high] = [Math.min(...points), Math.max(...points)];
  if (low === high) return new Map([[Math.floor(height / 2), formatNumber(low)]]);
  return new Map([
    [0, formatNumber(high)],
    [height - 1, formatNumber(low)],
  ]);
}
