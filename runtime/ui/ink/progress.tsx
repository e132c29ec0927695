import { ProgressBar } from "@inkjs/ui";
import { Box, Text } from "ink";
import { formatBytes, formatDuration, formatNumber } from "../format.ts";
import { type RunView, timeLeft } from "../view.ts";

/** How far the epoch, the run and a running evaluation are, and how fast it goes. */
export function Progress({ view, width }: { readonly view: RunView; readonly width: number }) {
  const { start, step, evaluating } = view;
  const left = timeLeft(view);
  const barWidth = Math.max(10, width - 52);
  return (
    <Box flexDirection="column" paddingX={1}>
      <Text>
        <Text bold color={view.phase === "paused" ? "yellow" : "green"}>
          {view.phase}
        </Text>
        {view.phaseDetail === undefined ? "" : ` ${view.phaseDetail}`}
      </Text>
      {start !== undefined && step !== undefined && (
        <>
          <Bar
            label={`epoch ${step.epoch}/${start.numEpochs}`}
            done={step.stepInEpoch}
            total={start.stepsPerEpoch}
            detail={left === undefined ? "" : `${formatDuration(left.epoch)} left`}
            width={barWidth}
          />
          <Bar
            label={`step ${step.step}/${start.totalSteps}`}
            done={step.step}
            total={start.totalSteps}
            detail={left === undefined ? "" : `${formatDuration(left.run)} left`}
            width={barWidth}
          />
        </>
      )}
      {evaluating !== undefined && (
        <Bar
          label={`${evaluating.split} ${evaluating.done}/${evaluating.total}`}
          done={evaluating.done}
          total={evaluating.total}
          detail=""
          width={barWidth}
        />
      )}
      {step !== undefined && (
        <Text wrap="truncate-end">
          {[
            `${formatNumber(view.samplesPerSecond ?? 0)} samples/s`,
            `${formatDuration(view.secondsPerStep ?? 0)} a step`,
            `loader ${Math.round(100 * (view.loaderShare ?? 0))} %`,
            `memory ${formatBytes(step.memory.engine)} tensors, ${formatBytes(step.memory.rss)} process`,
          ].join(" · ")}
        </Text>
      )}
    </Box>
  );
}

interface BarProps {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly detail: string;
  readonly width: number;
}

function Bar({ label, done, total, detail, width }: BarProps) {
  const percent = total === 0 ? 0 : Math.min(100, (100 * done) / total);
  return (
    <Box>
      <Box width={20}>
        <Text wrap="truncate-end">{label}</Text>
      </Box>
      <Box width={width}>
        <ProgressBar value={percent} />
      </Box>
      <Text>{` ${percent.toFixed(0).padStart(3)} %  ${detail}`}</Text>
    </Box>
  );
}
