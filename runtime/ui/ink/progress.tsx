import { Box, Text } from "ink";
import { formatBytes, formatDuration, formatNumber } from "../format.ts";
import { evaluationLeft, type Request, type RunView, timeLeft } from "../view.ts";

const labelWidth = 17;
const detailWidth = 22;

const colours: Partial<Record<RunView["phase"], string>> = {
  paused: "yellow",
  stopping: "yellow",
  validating: "blue",
  testing: "blue",
  failed: "red",
};

/** What the training process will do as soon as its step is over. */
const promises: Record<Request, string> = {
  pause: "pausing after this step",
  resume: "going on",
  checkpoint: "checkpoint after this step",
  stop: "stopping after this step, with a checkpoint",
};

/** How far the epoch (or the evaluation that runs) and the run are, and how fast it goes: four lines. */
export function Progress({ view, width }: { readonly view: RunView; readonly width: number }) {
  const { start, step, evaluating } = view;
  if (start === undefined) return null;
  const left = timeLeft(view);
  const evaluation = evaluationLeft(view);
  const bar = Math.max(8, width - labelWidth - detailWidth - 2);
  return (
    <Box flexDirection="column" paddingX={1}>
      <Status view={view} />
      {evaluating !== undefined ? (
        <Bar
          label={`${evaluating.split} ${evaluating.done}/${evaluating.total}`}
          done={evaluating.done}
          total={evaluating.total}
          left={evaluation}
          width={bar}
          color="blue"
        />
      ) : (
        step !== undefined && (
          <Bar
            label={`epoch ${step.epoch}/${start.numEpochs}`}
            done={step.stepInEpoch}
            total={Math.min(start.stepsPerEpoch, start.totalSteps - step.step + step.stepInEpoch)}
            left={left?.epoch}
            width={bar}
          />
        )
      )}
      {step !== undefined && (
        <Bar
          label={`step ${step.step}/${start.totalSteps}`}
          done={step.step}
          total={start.totalSteps}
          left={left?.run}
          width={bar}
        />
      )}
      {step !== undefined && (
        <Text wrap="truncate-end" dimColor>
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

/** The phase, what was asked for, and the time that has gone by. */
function Status({ view }: { readonly view: RunView }) {
  const { phase, phaseDetail, asked, startedAt, now } = view;
  const elapsed = startedAt === undefined || now === undefined ? undefined : (now - startedAt) / 1000;
  const isRunning = phase !== "done" && phase !== "failed";
  return (
    <Box justifyContent="space-between">
      <Text wrap="truncate-end">
        <Text bold color={colours[phase] ?? "green"}>
          {phase}
        </Text>
        {phaseDetail === undefined ? "" : ` ${phaseDetail}`}
        {asked !== undefined && isRunning && <Text color="yellow">{`  ${promises[asked]}…`}</Text>}
      </Text>
      <Text dimColor wrap="truncate-end">
        {elapsed === undefined ? "" : `${formatDuration(elapsed)} elapsed`}
      </Text>
    </Box>
  );
}

interface BarProps {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** Estimated seconds to its end. */
  readonly left: number | undefined;
  readonly width: number;
  readonly color?: string;
}

function Bar({ label, done, total, left, width, color = "green" }: BarProps) {
  const share = total === 0 ? 0 : Math.min(1, done / total);
  const filled = Math.floor(share * width);
  const detail = left === undefined || share === 1 ? "" : `${formatDuration(left)} left`;
  return (
    <Box>
      <Box width={labelWidth} flexShrink={0} marginRight={1}>
        <Text wrap="truncate-end">{label}</Text>
      </Box>
      <Text wrap="truncate-end">
        <Text color={color}>{"━".repeat(filled)}</Text>
        <Text dimColor>{"─".repeat(width - filled)}</Text>
      </Text>
      <Text wrap="truncate-end">{` ${Math.floor(100 * share)
        .toString()
        .padStart(3)} %  ${detail}`}</Text>
    </Box>
  );
}
