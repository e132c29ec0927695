import { Box, Text, useApp, useInput, useStdout } from "ink";
import { useState } from "react";
import type { UiActions } from "../open.ts";
import type { RunView } from "../view.ts";
import { Curves } from "./curves.tsx";
import { Header } from "./header.tsx";
import { Help, KeyLine } from "./keys.tsx";
import { Output } from "./output.tsx";
import { Progress } from "./progress.tsx";
import { Validation } from "./validation.tsx";

/** The whole screen: what runs, how far it is, its curves, its last validation, its output, and the keys. */
export function App({ view, actions }: { readonly view: RunView; readonly actions: UiActions }) {
  const [helpShown, showHelp] = useState(false);
  const { stdout } = useStdout();
  const { exit } = useApp();
  const width = Math.min(stdout.columns ?? 80, 120);
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
    if (view.phase === "done" && key.return) exit();
  });
  return (
    <Box flexDirection="column" width={width}>
      <Header view={view} />
      {helpShown ? (
        <Help />
      ) : (
        <>
          <Progress view={view} width={width} />
          <Curves view={view} width={width} />
          <Validation view={view} width={width} />
          <Output lines={view.lines} />
        </>
      )}
      <KeyLine paused={view.phase === "paused"} />
    </Box>
  );
}

/** A heading of a part of the screen. */
export function Title({ children }: { readonly children: string }) {
  return (
    <Text bold color="cyan">
      {children}
    </Text>
  );
}
