import { Box, Text } from "ink";
import { formatMetrics } from "../format.ts";
import type { RunView } from "../view.ts";
import { Title } from "./app.tsx";

const numSamples = 4;

/** The last evaluation's metrics, the best one so far, and a few predictions beside their references. */
export function Validation({ view, width }: { readonly view: RunView; readonly width: number }) {
  const { evaluated, best } = view;
  if (evaluated === undefined) return null;
  const when =
    typeof evaluated.epoch === "number" ? `epoch ${evaluated.epoch}` : `${evaluated.epoch} weights`;
  return (
    <Box flexDirection="column" paddingX={1} marginTop={1}>
      <Text wrap="truncate-end">
        <Title>{`${evaluated.split} after ${when}`}</Title>
        {`  ${formatMetrics(evaluated.metrics)}`}
        {evaluated.isBest && <Text color="green"> best</Text>}
      </Text>
      {best !== undefined && best !== evaluated && (
        <Text
          dimColor
          wrap="truncate-end"
        >{`best: epoch ${best.epoch}  ${formatMetrics(best.metrics)}`}</Text>
      )}
      {evaluated.samples.slice(0, numSamples).map(({ id, prediction, references }) => (
        <Box key={id}>
          <Box width={Math.floor(width * 0.4)}>
            <Text wrap="truncate-end">{prediction === "" ? "(nothing)" : prediction}</Text>
          </Box>
          <Box flexGrow={1}>
            <Text wrap="truncate-end" dimColor>
              {references.join(" · ")}
            </Text>
          </Box>
        </Box>
      ))}
    </Box>
  );
}
