import { Box, Text } from "ink";
import { Title } from "./app.tsx";

/** The keys, in one line. */
export function KeyLine({ paused }: { readonly paused: boolean }) {
  return (
    <Box paddingX={1} marginTop={1}>
      <Text dimColor>{`p ${paused ? "resume" : "pause"} · c checkpoint now · q stop cleanly · ? help`}</Text>
    </Box>
  );
}

const help = [
  ["p", "pause after the running step; again to go on"],
  ["c", "write a checkpoint after the running step"],
  ["q", "finish the step, write a checkpoint, end; resume_ckpt_path goes on from it"],
  ["ctrl-c", "the same as q with exit code 130; a second one ends at once, without a checkpoint"],
  ["?", "show or hide this page"],
] as const;

/** What each key does. */
export function Help() {
  return (
    <Box flexDirection="column" paddingX={1} marginTop={1}>
      <Title>keys</Title>
      {help.map(([key, meaning]) => (
        <Box key={key}>
          <Box width={10}>
            <Text bold>{key}</Text>
          </Box>
          <Text>{meaning}</Text>
        </Box>
      ))}
    </Box>
  );
}
