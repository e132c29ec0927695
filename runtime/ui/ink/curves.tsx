import { Box, Text } from "ink";
import { drawChart } from "../chart.ts";
import { formatNumber } from "../format.ts";
import type { Curve, RunView } from "../view.ts";
import { Title } from "./app.tsx";

const height = 5;

/** The loss and the learning rate since the run (or its resumption) began. */
export function Curves({ view, width }: { readonly view: RunView; readonly width: number }) {
  if (view.step === undefined) return null;
  const half = Math.floor((width - 4) / 2);
  return (
    <Box paddingX={1} gap={2} marginTop={1}>
      <Chart
        title="loss"
        curve={view.loss}
        now={view.step.losses.loss ?? Number.NaN}
        width={half}
        color="yellow"
      />
      <Chart title="learning rate" curve={view.lr} now={view.step.lr} width={half} color="magenta" />
    </Box>
  );
}

interface ChartProps {
  readonly title: string;
  readonly curve: Curve;
  readonly now: number;
  readonly width: number;
  readonly color: string;
}

function Chart({ title, curve, now, width, color }: ChartProps) {
  const labelWidth = 9;
  const lines = drawChart(curve.points, width - labelWidth - 1, height);
  const top = formatNumber(Math.max(...curve.points));
  const bottom = formatNumber(Math.min(...curve.points));
  return (
    <Box flexDirection="column" width={width}>
      <Text wrap="truncate-end">
        <Title>{title}</Title>
        {` ${formatNumber(now)}`}
      </Text>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a chart's lines have no identity but their place
        <Text key={index}>
          <Text dimColor>
            {(index === 0 ? top : index === height - 1 ? bottom : "").padStart(labelWidth)}{" "}
          </Text>
          <Text color={color}>{line}</Text>
        </Text>
      ))}
    </Box>
  );
}
