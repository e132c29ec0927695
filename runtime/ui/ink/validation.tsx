import { Box, Text } from "ink";
import { formatMetrics, formatNumber } from "../format.ts";
import type { RunView } from "../view.ts";
import type { Layout } from "./layout.ts";
import { Title } from "./title.tsx";

interface ValidationProps {
  readonly view: RunView;
  readonly width: number;
  readonly layout: Layout;
}

/** The last evaluation's metrics, the best one so far, and a few predictions beside their references. */
export function Validation({ view, width, layout }: ValidationProps) {
  const { evaluated, best, select } = view;
  if (evaluated === undefined || !layout.showsEvaluation) return null;
  const when =
    typeof evaluated.epoch === "number"
      ? `after epoch ${evaluated.epoch}`
      : `with the ${evaluated.epoch} weights`;
  const predictionWidth = Math.floor(width * 0.4);
  return (
    <Box flexDirection="column" paddingX={1} marginTop={layout.gap}>
      <Text wrap="truncate-end">
        <Title>{`${evaluated.split} ${when}`}</Title>
        {`  ${formatMetrics(selectedFirst(evaluated.metrics, select))}`}
      </Text>
      <Text color="green" wrap="truncate-end">
        {best === undefined || select === undefined
          ? " "
          : `best so far: epoch ${best.epoch}, ${select} ${formatNumber(best.metrics[select] ?? Number.NaN)}`}
      </Text>
      {evaluated.samples.slice(0, layout.samples).map(({ id, prediction, references }) => (
        <Box key={id}>
          <Box width={predictionWidth} flexShrink={0} paddingRight={2}>
            <Text wrap="truncate-end">{prediction === "" ? "(nothing)" : prediction}</Text>
          </Box>
          <Text wrap="truncate-end" dimColor>
            {references.join(" · ")}
          </Text>
        </Box>
      ))}
    </Box>
  );
}

/** The metrics with the one that picks the best checkpoint at their head: a narrow screen cuts the others off. */
function selectedFirst(metrics: Readonly<Record<string, number>>, select: string | undefined) {
  const { [select ?? ""]: selected, ...others } = metrics;
  const rest = Object.fromEntries(Object.entries(others).reverse());
  return select === undefined || selected === undefined ? metrics : { [select]: selected, ...rest };
}
