import { Spinner } from "@inkjs/ui";
import { Box, Text } from "ink";
import { formatCount, formatPath } from "../format.ts";
import type { RunView } from "../view.ts";

interface HeaderProps {
  readonly view: RunView;
  readonly isBordered: boolean;
}

/** The recipe, its model and data, and the device that runs it; before these are known, what the start is at. */
export function Header({ view, isBordered }: HeaderProps) {
  return (
    <Box
      {...(isBordered && { borderStyle: "round", borderColor: "cyan" })}
      paddingX={1}
      flexDirection="column"
      height={isBordered ? 4 : 2}
    >
      <Lines view={view} />
    </Box>
  );
}

function Lines({ view: { start, phase, phaseDetail } }: { readonly view: RunView }) {
  if (start === undefined) {
    const what = phaseDetail ?? "loading the program";
    return phase === "starting" ? <Spinner label={`starting: ${what}`} /> : <Text>{phase}</Text>;
  }
  const { engine, device, threads, amp, processes, numTrainSamples, batchSize } = start;
  const computing = `${engine} on ${device}, ${threads} thread${threads === 1 ? "" : "s"}${amp === undefined ? "" : `, ${amp}`}`;
  const place = processes === undefined ? computing : `${processes.size} × ${computing}`;
  const samples = numTrainSamples > 0 ? `${formatCount(numTrainSamples)} samples, ` : "";
  return (
    <>
      <Text wrap="truncate-end">
        <Text bold>{start.recipe}</Text>
        {`  ${start.task} · ${start.model} · ${formatCount(start.numParameters)} parameters`}
      </Text>
      <Text wrap="truncate-middle" dimColor>
        {`${place} · ${samples}batch ${batchSize} · ${formatPath(start.outputDir)}`}
      </Text>
    </>
  );
}
