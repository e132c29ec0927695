import { Box, Text } from "ink";
import { formatCount } from "../format.ts";
import type { RunView } from "../view.ts";

/** The recipe, its model and data, and the device that runs it. */
export function Header({ view: { start } }: { readonly view: RunView }) {
  if (start === undefined) {
    return (
      <Box borderStyle="round" borderColor="cyan" paddingX={1}>
        <Text>starting: loading the engine, the model and the data…</Text>
      </Box>
    );
  }
  return (
    <Box borderStyle="round" borderColor="cyan" paddingX={1} flexDirection="column">
      <Text wrap="truncate-end">
        <Text bold>{start.recipe}</Text>
        {`  ${start.task} · ${start.model} · ${formatCount(start.numParameters)} parameters`}
      </Text>
      <Text wrap="truncate-end" dimColor>
        {`${start.engine} on ${start.device}, ${start.threads} thread${start.threads === 1 ? "" : "s"} · ${formatCount(start.numTrainSamples)} samples, batch ${start.batchSize} · ${start.outputDir}`}
      </Text>
    </Box>
  );
}
