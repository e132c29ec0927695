import { Box, useInput } from "ink";
import { useState } from "react";
import type { UiActions } from "../open.ts";
import type { RunView } from "../view.ts";
import { Curves } from "./curves.tsx";
import { Header } from "./header.tsx";
import { Help, KeyLine } from "./keys.tsx";
import { fitLayout } from "./layout.ts";
import { Output } from "./output.tsx";
import { Processes, rankLines } from "./processes.tsx";
import { Progress } from "./progress.tsx";
import { useTerminalSize } from "./terminal-size.ts";
import { Validation } from "./validation.tsx";

/** Wider screens are harder to read, not easier. */
const mostColumns = 140;

/** The whole screen: what runs, how far it is, its curves, its last validation, its output, and the keys. */
export function App({ view, actions }: { readonly view: RunView; readonly actions: UiActions }) {
  const [isHelpShown, showHelp] = useState(false);
  const { columns, rows } = useTerminalSize();
  const width = Math.min(columns, mostColumns);
  useInput((input, key) => {
    if (key.ctrl && input === "c") {
      actions.interrupt();
      return;
    }
    if (input === "p") actions.send({ type: view.phase === "paused" ? "resume" : "pause" });
    if (input === "c") actions.send({ type: "checkpoint" });
    if (input === "q") actions.send({ type: "stop" });
    if (input === "?" || input === "h") showHelp((shown) => !shown);
    if (key.escape) showHelp(false);
  });
  const layout = fitLayout(rows, {
    hasCurves: view.step !== undefined,
    hasEvaluation: view.evaluated !== undefined,
    numSamples: view.evaluated?.samples.length ?? 0,
    numLines: view.lines.length,
    numRankLines: view.ranks === undefined ? 0 : rankLines(view.ranks.length, width),
  });
  return (
    <Box flexDirection="column" width={width}>
      <Header view={view} isBordered={layout.isBordered} />
      {isHelpShown ? (
        <Help />
      ) : (
        <>
          <Progress view={view} width={width} />
          <Processes view={view} width={width} height={layout.ranks} />
          <Curves view={view} width={width} height={layout.curve} gap={layout.gap} />
          <Validation view={view} width={width} layout={layout} />
          <Output lines={view.lines} height={layout.log} gap={layout.gap} />
        </>
      )}
      <KeyLine isPaused={view.phase === "paused"} gap={layout.gap} />
    </Box>
  );
}
